"""make test: everything, on private throw-away servers that end with it, whatever happens.

`make test ONLY="tests/broker tests/services"` runs these folders alone, on the same servers.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack

from deploy.local import browser
from deploy.local.broker import Broker
from deploy.local.house import ROOT
from deploy.local.postgres import Postgres
from deploy.local.s3 import S3
from deploy.local.terminal import run_command, say

FOLDER = ROOT / "var/test"
# A pytest process each: tests/containers are patched for eventlet.
GROUPS = ("tests/gateway", "tests/broker", "tests/containers", "tests/journeys")


def main() -> int:
    """Run all groups, also after a failure; the last line says which failed."""
    began = time.monotonic()
    with ExitStack() as servers:
        environment = _start_servers(servers)
        only = sys.argv[1:]
        commands = {} if only else {"check": ["make", "--no-print-directory", "check", "PYTEST=-rs"]}
        commands |= {name: [sys.executable, "-m", "pytest", "-q", "-rs", name] for name in only or GROUPS}
        failed = [name for name, command in commands.items() if not _passes(name, command, environment)]
    say(f"{'failed: ' + ', '.join(failed) if failed else 'all passed'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def _start_servers(servers: ExitStack) -> dict[str, str]:
    broker, postgres, s3 = Broker(FOLDER / "broker"), Postgres(FOLDER / "postgres"), S3(FOLDER / "s3")
    for node in (broker, postgres, s3):
        servers.callback(node.stop)
        node.start()
    return {
        **os.environ,
        "TEST_BROKER_URL": broker.url,
        "TEST_POSTGRES_SERVER": postgres.server,
        "TEST_S3_URL": s3.url,
        "TEST_CHROMIUM": str(browser.prepare()),
        "FONTS": str(ROOT / "var/fonts"),
    }


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    say(f"--- {name}")
    return subprocess.run(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    run_command(main)
