"""A private RabbitMQ node: broker start | stop | status | ctl …

The first of these that works: AMQP_URI, a broker that is there; RabbitMQ installed on the machine (a private
node of it, never the system's own); apt-get install, as root; the Debian packages unpacked, without root;
docker. The node has its own port, user, cookie, port mapper (epmd) and data.

BROKER_HOME  its folder (var/broker)    BROKER_PORT  exactly this port    BROKER_KEEP=1  data outlive a stop
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.local import debian
from deploy.local.nodes import Node, command_line, free_port, is_taken, settings, wait_until
from deploy.local.terminal import Trouble, run_command

CACHE = Path(__file__).parents[2] / "var/cache/rabbitmq"
CONFIGURATION = """\
listeners.tcp.default = 127.0.0.1:{port}
default_user = wengang
default_pass = {password}
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
"""
# Two schedulers that sleep when idle; the cluster port on loopback only.
ERLANG = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"


class Broker(Node):
    """A RabbitMQ node of our own, or the broker that AMQP_URI names."""

    name = "broker"

    def __init__(self, home: Path, **wishes: Any) -> None:
        super().__init__(home, **wishes)
        self.given = os.environ.get("AMQP_URI", "")
        self.root = Path("/")
        self.sbin: Path | None = None

    @property
    def url(self) -> str:
        """The AMQP address, password included."""
        return self.given or "pyamqp://wengang:{password}@127.0.0.1:{port}//".format(**self.state)

    def start(self) -> str:
        """Start the node unless it runs, or look whether the given broker is there."""
        if not self.given:
            return super().start()
        if not self.answers():
            raise Trouble("AMQP_URI is set, but no broker answers there: start it, or unset AMQP_URI")
        return self.given

    def stop(self) -> None:
        """End the node; a given broker is not ours to end."""
        if not self.given:
            super().stop()

    def is_running(self) -> bool:
        """Does it answer?"""
        return self.answers() if self.given else super().is_running()

    def prepare(self) -> None:
        """Find RabbitMQ, or get it."""
        if not self.given and not self._find():
            self._get()

    def _get(self) -> None:
        if debian.can_install():
            debian.install("rabbitmq-server")
        elif debian.can_unpack():
            debian.unpack(
                CACHE, "rabbitmq-server", absent=("erlang", "rabbitmq", "socat"), finish=_find_yourself
            )
        elif shutil.which("docker") is None:
            raise Trouble(
                "no RabbitMQ: install the package rabbitmq-server, or set AMQP_URI to a running broker"
            )
        self._find()

    def _find(self) -> bool:
        """Look for RabbitMQ's own scripts (the wrappers of Debian insist on the system's node)."""
        for self.root in (Path("/"), CACHE):
            found = self.root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin")
            self.sbin = max(found, default=None)
            if self.sbin and (self.root / "usr/lib/erlang/bin/erl").exists():
                return True
        return False

    def set_up(self) -> None:
        """Choose password and inner ports, write the configuration, start the port mapper."""
        self.state.setdefault("password", secrets.token_hex(16))
        self.state.update(epmd=free_port(), distribution=free_port())
        if self.sbin is None:
            return
        configuration = self.data / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(CONFIGURATION.format(**self.state))
        (self.data / "enabled_plugins").write_text("[].\n")
        self._port_mapper("-daemon")

    def command(self) -> tuple[Sequence[str | Path], Mapping[str, str]]:
        """Return the server's script, or docker where there is neither RabbitMQ nor a Debian."""
        if self.sbin is None:
            return self._docker(), os.environ
        return [self.sbin / "rabbitmq-server"], self._environment()

    def _environment(self) -> dict[str, str]:
        """Return all that the node knows: it reads nothing of the system, it meets none of its services."""
        erlang = self.root / "usr/lib/erlang"
        environment = {
            "HOME": self.data,  # the cookie
            "PATH": f"{erlang}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": self.state["epmd"],
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "true",  # no shell stays between us and the server
            "RABBITMQ_NODENAME": "wengang@localhost",  # always the same: the data belong to the name
            "RABBITMQ_DIST_PORT": self.state["distribution"],
            "RABBITMQ_MNESIA_BASE": self.data / "mnesia",
            "RABBITMQ_LOG_BASE": self.data / "log",
            "RABBITMQ_PID_FILE": self.data / "node.pid",
            "RABBITMQ_CONFIG_FILE": self.data / "rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": self.data / "advanced.config",
            "RABBITMQ_CONF_ENV_FILE": self.data / "rabbitmq-env.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.data / "enabled_plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": self.data / "generated",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "RABBITMQ_CTL_ERL_ARGS": "+S 1:1",
        }
        if self.root != Path("/"):
            environment["LD_LIBRARY_PATH"] = debian.library_path(self.root)
        return {name: str(value) for name, value in environment.items()}

    def _docker(self) -> list[str]:
        name = f"wengang-broker-{self.state['port']}"
        return [
            *("docker", "run", "--rm", "--name", name, "--hostname", "wengang"),
            *("-p", f"127.0.0.1:{self.state['port']}:5672", "-v", f"{self.data}:/var/lib/rabbitmq"),
            *("-e", "RABBITMQ_DEFAULT_USER=wengang", "-e", f"RABBITMQ_DEFAULT_PASS={self.state['password']}"),
            "rabbitmq:3",
        ]

    def answers(self) -> bool:
        """Does AMQP's greeting get a method frame for an answer?"""
        address = urlsplit(self.url)
        port = address.port or (5671 if address.scheme == "amqps" else 5672)
        try:
            with socket.create_connection((address.hostname or "127.0.0.1", port), timeout=3) as wire:
                if address.scheme == "amqps":
                    return True
                wire.sendall(b"AMQP\x00\x00\x09\x01")
                return wire.recv(1) == b"\x01"
        except OSError:
            return False

    def clean_up(self) -> None:
        """End the port mapper: only our node knew its port."""
        if self._find():
            wait_until(lambda: not is_taken(self.state["epmd"]) or not self._port_mapper("-kill"), 5)

    def _port_mapper(self, word: str) -> int:
        epmd = self.root / "usr/lib/erlang/bin/epmd"
        return subprocess.run([epmd, word], env=self._environment(), capture_output=True).returncode

    def control(self, *words: str) -> int:
        """Run rabbitmqctl against the node."""
        if not super().is_running() or not self._find():
            raise Trouble("no private node runs")
        return subprocess.run([f"{self.sbin}/rabbitmqctl", *words], env=self._environment()).returncode


def _find_yourself(root: Path) -> None:
    """Let Erlang's start script look where it lies; it names the folder that it was built for."""
    script = root / "usr/lib/erlang/bin/erl"
    here = '$(dirname "$(dirname "$(realpath "$0")")")'
    script.write_text(script.read_text().replace("ROOTDIR=/usr/lib/erlang", f"ROOTDIR={here}"))


def main() -> int:
    """Command line."""
    broker = Broker(**settings("BROKER"))
    if sys.argv[1:2] == ["ctl"]:
        return broker.control(*sys.argv[2:])
    return command_line(broker, sys.argv[1:])


if __name__ == "__main__":
    run_command(main)
