"""The two workers of an approval, on a broker and databases of their own; the CPU that they take."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.broker import Broker
from deploy.local.nodes import free_port
from deploy.local.postgres import Postgres
from tests.broker.processes import wait_until
from tests.people import FIELD_KEYS, PUBLIC_KEY

PROCESSES = ("subsidy-worker", "notify-worker")
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def house(folder: Path, kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of processes on servers of their own."""
    broker, postgres = Broker(folder / "broker"), Postgres(folder / "postgres")
    try:
        broker.start()
        if kind == "postgresql":
            postgres.start()
        urls = {
            f"{service.upper()}_DATABASE_URL": postgres.create_database(service)
            if kind == "postgresql"
            else f"sqlite:///{folder}/{service}.db"
            for service in ("subsidy", "notify")
        }
        nodes = [broker, postgres] if kind == "postgresql" else [broker]
        yield {
            **os.environ,
            **urls,
            "SERVERS": json.dumps({node.name: node.state["process"]["pid"] for node in nodes}),
            "ENVIRONMENT": "development",
            "BROKER_URL": broker.url,
            "SESSION_PUBLIC_KEY": PUBLIC_KEY,
            "FIELD_KEYS": FIELD_KEYS,
            "BLOBS": (folder / "blobs").as_uri(),
        }
    finally:
        postgres.stop()
        broker.stop()


@contextmanager
def running(env: dict[str, str], folder: Path) -> Iterator[dict[str, int]]:
    """Yield the process ids of the workers once all of them are ready."""
    ports = {name: free_port() for name in PROCESSES}
    with (folder / "log").open("w") as log:
        started = {
            name: subprocess.Popen(
                [sys.executable, "-m", "services", "run", name],
                env={**env, "PORT": str(port)},
                stdout=log,
                stderr=log,
            )
            for name, port in ports.items()
        }
        try:
            for port in ports.values():
                wait_until(lambda port=port: _is_ready(port))
            yield {name: process.pid for name, process in started.items()}
        finally:
            for process in started.values():
                process.send_signal(signal.SIGTERM)
            for process in started.values():
                process.wait(60)
            sys.stderr.write("".join(_complaints(folder / "log")))


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process, its children and what they left."""
    total = 0
    for one in [pid, *_children(pid)]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:13])) + (sum(map(int, fields[13:15])) if one == pid else 0)
    return total / TICKS


def _children(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit():
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(process.name))
        except OSError:
            continue
    found = list(parents.get(pid, []))
    for child in found:
        found += parents.get(child, [])
    return found


def _is_ready(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200)
    except OSError:
        return False


def _complaints(log: Path) -> list[str]:
    """Return the warnings and errors of the processes; there should be none."""
    return [line for line in log.read_text().splitlines(keepends=True) if '"INFO"' not in line][:20]
