"""A private PostgreSQL cluster: postgres start | stop | status | psql …

The first of these that works: POSTGRES_URI, a server that is there; PostgreSQL installed on the machine (a
private cluster of it); apt-get install, as root; the Debian packages unpacked, without root.

POSTGRES_HOME  its folder (var/postgres)    POSTGRES_PORT  exactly this port
POSTGRES_KEEP=1  data outlive a stop
"""

import hashlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.local import debian
from deploy.local.nodes import Node, command_line, settings
from deploy.local.terminal import Trouble, run_command

CACHE = Path(__file__).parents[2] / "var/cache/postgresql"
NOBODY = 65534
# What a crash would lose is only a test's.
UNSAFE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Postgres(Node):
    """A cluster of our own (it refuses root, and then runs as nobody), or the server of POSTGRES_URI."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": does not wait for clients

    def __init__(self, home: Path, **wishes: Any) -> None:
        super().__init__(home, **wishes)
        self.given = os.environ.get("POSTGRES_URI", "")
        self.bin, self.root = Path(), Path("/")
        if debian.is_root() and not _nobody_reaches(self.home):
            key = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.data = Path("/var/tmp") / f"wengang-postgres-{key}"

    @property
    def server(self) -> str:
        """The server's address without a database, password included."""
        return self.given.rstrip("/") or (
            "postgresql+psycopg2://postgres:{password}@127.0.0.1:{port}".format(**self.state)
        )

    @property
    def url(self) -> str:
        """The address of the database that is always there."""
        return f"{self.server}/postgres"

    def start(self) -> str:
        """Start the cluster unless it runs."""
        return self.url if self.given else super().start()

    def stop(self) -> None:
        """End the cluster; a given server is not ours to end."""
        if not self.given:
            super().stop()

    def is_running(self) -> bool:
        """Does it accept connections?"""
        return bool(self.given) or super().is_running()

    def prepare(self) -> None:
        """Find PostgreSQL, or get it."""
        if self._find():
            return
        if debian.can_install():
            with _no_system_cluster():
                debian.install("postgresql")
        elif debian.can_unpack():
            debian.unpack(CACHE, "postgresql", absent=("postgresql",))
        if not self._find():
            raise Trouble("no PostgreSQL: install the package postgresql, or set POSTGRES_URI to a server")

    def _find(self) -> bool:
        """Look for the newest version."""
        for self.root in (Path("/"), CACHE):
            found = sorted(self.root.glob("usr/lib/postgresql/*/bin/initdb"), key=_version)
            if found:
                self.bin = found[-1].parent
                return True
        return False

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL keeps everything."""
        return self.data / "cluster"

    def set_up(self) -> None:
        """Make the cluster, the first time."""
        if debian.is_root():
            os.chown(self.data, NOBODY, NOBODY)
        if not self.cluster.exists():
            self._make_cluster()

    def command(self) -> tuple[Sequence[str | Path], Mapping[str, str]]:
        """Return the server in the foreground."""
        options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
        options += [] if self.keep else UNSAFE
        words = [word for option in options for word in ("-c", option)]
        return [
            self.bin / "postgres",
            "-D",
            self.cluster,
            "-p",
            str(self.state["port"]),
            *words,
        ], self._environment()

    def _make_cluster(self) -> None:
        self.state["password"] = secrets.token_hex(16)
        password = self.data / "password"
        password.touch(mode=0o600)
        password.write_text(self.state["password"])
        if debian.is_root():
            os.chown(password, NOBODY, NOBODY)
        words = [
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        made = self._run("initdb", "-D", self.cluster, *words, "--no-sync")
        password.unlink()
        if made.returncode:
            raise Trouble(f"PostgreSQL cannot make a cluster: {made.stderr.strip()[-300:]}")

    def identity(self) -> dict[str, Any]:
        """Nobody, if we are root."""
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if debian.is_root() else {}

    def _environment(self) -> dict[str, str]:
        environment = {"HOME": str(self.data), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        if self.root != Path("/"):
            environment["LD_LIBRARY_PATH"] = debian.library_path(self.root)
        return environment

    def _run(self, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / program, *words],
            env=self._environment(),
            cwd=self.data,
            capture_output=True,
            text=True,
            **self.identity(),
        )

    def answers(self) -> bool:
        """Does it accept connections?"""
        self._find()
        return self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.state["port"])).returncode == 0

    def create_database(self, name: str) -> str:
        """Make an empty database unless there is one; return its address."""
        self.psql("-q", "-c", f'create database "{name}"', check_only=f'database "{name}" already exists')
        return f"{self.server}/{name}"

    def psql(self, *words: str, check_only: str = "") -> None:
        """Run psql against the server; an error that says `check_only` is no error."""
        self._find()
        address = self.url.replace("+psycopg2", "")
        environment = {**os.environ, **self._environment()}
        result = subprocess.run(
            [self.bin / "psql", address, *words], env=environment, stderr=subprocess.PIPE, text=True
        )
        if result.returncode and not (check_only and check_only in result.stderr):
            raise Trouble(f"psql: {result.stderr.strip()}")


def _version(path: Path) -> int:
    return int(path.parents[1].name)


def _nobody_reaches(folder: Path) -> bool:
    """May everybody pass through all folders above? (A checkout below /root may not be.)"""
    there = (path for path in (folder, *folder.parents) if path.exists())
    return all(path.stat().st_mode & 0o001 for path in there)


def _no_system_cluster() -> Any:
    return debian.kept_file(
        Path("/etc/postgresql-common/createcluster.conf"), "create_main_cluster = false\n"
    )


def main() -> int:
    """Command line."""
    postgres = Postgres(**settings("POSTGRES"))
    if sys.argv[1:2] != ["psql"]:
        return command_line(postgres, sys.argv[1:])
    if not postgres.is_running():
        raise Trouble("no private cluster runs")
    postgres.psql(*sys.argv[2:])
    return 0


if __name__ == "__main__":
    run_command(main)
