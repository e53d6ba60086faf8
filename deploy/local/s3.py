"""A private S3 server (rclone, over a folder): s3 start | stop | status

S3_HOME  its folder (var/s3)    S3_PORT  exactly this port    S3_KEEP=1  data outlive a stop
"""

import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.nodes import Node, command_line, settings
from deploy.local.terminal import Trouble, run_command

RCLONE = Path(__file__).parents[2] / ".venv/bin/rclone"
BUCKET = "wengang"


class S3(Node):
    """A server with one bucket."""

    name = "s3"

    @property
    def url(self) -> str:
        """The blob store's address, as the setting BLOBS wants it."""
        endpoint = "http://127.0.0.1:{port}&key=wengang&secret={secret}".format(**self.state)
        return f"s3://{BUCKET}/?endpoint={endpoint}"

    def prepare(self) -> None:
        """Rclone comes with the tests' packages."""
        if not RCLONE.exists():
            raise Trouble("no rclone: run deploy/local/setup --tests")

    def set_up(self) -> None:
        """Make the bucket: it is a folder."""
        self.state.setdefault("secret", secrets.token_hex(16))
        (self.data / BUCKET).mkdir(exist_ok=True)

    def command(self) -> tuple[Sequence[str | Path], Mapping[str, str]]:
        """Serve the data folder."""
        address, key = f"127.0.0.1:{self.state['port']}", f"wengang,{self.state['secret']}"
        words: list[str | Path] = ["--addr", address, "--auth-key", key, "--vfs-cache-mode", "off", self.data]
        return [RCLONE, "serve", "s3", *words], {
            "HOME": str(self.data),
            "RCLONE_CONFIG": "",
            "PATH": "/usr/bin:/bin",
        }

    def answers(self) -> bool:
        """Does it listen?"""
        try:
            socket.create_connection(("127.0.0.1", self.state["port"]), timeout=3).close()
        except OSError:
            return False
        return True


def main() -> int:
    """Command line."""
    return command_line(S3(**settings("S3")), sys.argv[1:])


if __name__ == "__main__":
    run_command(main)
