"""Where the parts measure: private servers, databases of subsidy, worker processes, and what these took."""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from kombu import Connection

from deploy.local.broker import Broker
from deploy.local.nodes import Process, free_port, wait_until
from deploy.local.postgres import Postgres
from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.blobstore import BlobStore
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.unit_of_work import Job
from services.subsidy import seed
from tests.people import FIELD_KEYS, PUBLIC_KEY

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """What a process took: seconds on the clock and of its CPU, its peak of memory in MB; its answer."""

    seconds: float
    cpu: float
    peak: float
    answer: Any = None


@dataclass
class Ground:
    """Servers that start when they are first wanted and end with us; everything lies in one folder."""

    folder: Path
    servers: ExitStack
    _running: dict[str, Any] = field(default_factory=dict)

    def postgres(self) -> Postgres:
        """Return the private PostgreSQL."""
        return self._started("postgres", Postgres)

    def broker(self) -> Broker:
        """Return the private RabbitMQ."""
        return self._started("broker", Broker)

    def _started(self, name: str, kind: Any) -> Any:
        if name not in self._running:
            node = kind(self.folder / name)
            self.servers.callback(node.stop)
            node.start()
            self._running[name] = node
        return self._running[name]

    def versions(self) -> dict[str, str]:
        """Return the versions of the servers that run."""
        found = {}
        if "postgres" in self._running:
            engine = sa.create_engine(self.postgres().url)
            with engine.connect() as connection:
                found["PostgreSQL"] = connection.scalar(sa.text("show server_version")).split()[0]
            engine.dispose()
        if "broker" in self._running:
            with Connection(self.broker().url) as connection:
                found["RabbitMQ"] = connection.connection.server_properties["version"]
        return found

    def database(self, kind: str) -> str:
        """Return the address of a new database of subsidy (postgresql or sqlite), policies in force."""
        name = f"bench_{uuid4().hex[:8]}"
        sqlite = f"sqlite:///{self.folder}/{name}.db"
        url = self.postgres().create_database(name) if kind == "postgresql" else sqlite
        job = job_on(url, self.folder / "blobs")
        chain_of("subsidy").upgrade(job.database)
        seed.seed(job)
        job.database.close()
        return url

    @contextmanager
    def workers(self, url: str, blobs: Path, count: int) -> Iterator[list[Process]]:
        """Run that many processes of the real subsidy worker, ready to work."""
        environment = {
            **os.environ,
            "ENVIRONMENT": "development",
            "BROKER_URL": self.broker().url,
            "SESSION_PUBLIC_KEY": PUBLIC_KEY,
            "FIELD_KEYS": FIELD_KEYS,
            "BLOBS": blobs.as_uri(),
            "SUBSIDY_DATABASE_URL": url,
        }
        with ExitStack() as ending:
            log = ending.enter_context((self.folder / "worker.log").open("ab"))
            ports = [free_port() for _ in range(count)]
            started = [_start_worker({**environment, "PORT": str(port)}, log) for port in ports]
            for child in started:
                ending.callback(_end, child)
            for port in ports:
                if not wait_until(partial(_is_ready, port), 60):
                    raise RuntimeError(f"a worker is not ready: {self.folder}/worker.log")
            yield [Process.of(child.pid) for child in started]


def _start_worker(environment: dict[str, str], log: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "services", "run", "subsidy-worker"]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    child.wait(60)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            return True
    except OSError:
        return False


def job_on(url: str, blobs: Path) -> Job:
    """Return what a job gets; close its database."""
    sealing.configure(FIELD_KEYS)
    settings = SimpleNamespace(environment="development", units_per_chunk=50_000)
    return Job(settings, BlobStore.at(blobs.as_uri()), utc_now, Database(url))


def cpu_seconds(process: Process) -> float:
    """Return the CPU seconds a process has taken so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_megabytes(process: Process) -> float:
    """Return the most memory that a process ever held."""
    status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


class Clock:
    """Seconds and CPU seconds of this process between `with` and its end."""

    seconds = cpu = 0.0

    def __enter__(self) -> "Clock":
        self._began, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu = time.perf_counter() - self._began, time.process_time() - self._cpu

    def spent(self, answer: Any = None) -> Spent:
        """Return what was measured, with an answer that is JSON-ready."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Spent(self.seconds, self.cpu, peak, answer)


def in_own_process(function: Callable[..., Spent], *arguments: Any, report: Path) -> Spent:
    """Call function(*arguments) in a fresh process, so that its memory is nobody else's."""
    report.unlink(missing_ok=True)
    child = multiprocessing.get_context("spawn").Process(target=_call, args=(function, arguments, report))
    child.start()
    child.join()
    if child.exitcode:
        raise RuntimeError(f"{function.__name__} failed")
    return Spent(**json.loads(report.read_text()))


def _call(function: Callable[..., Spent], arguments: tuple[Any, ...], report: Path) -> None:
    sealing.configure(FIELD_KEYS)
    report.write_text(json.dumps(asdict(function(*arguments))))
