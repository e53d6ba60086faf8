"""A house that runs: servers, secrets, environment and all processes, in one folder, on loopback.

with House(folder, clock="2023-09-14T09:00+08:00", replicas={"subsidy": 2}) as house:
    browser.goto(house.gateway_url)
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from deploy.local import supervise
from deploy.local.broker import Broker
from deploy.local.keys import keys_of
from deploy.local.nodes import Node, Process, free_port, is_taken, wait_until
from deploy.local.postgres import Postgres
from deploy.local.s3 import S3
from deploy.local.terminal import Trouble, say, step
from deploy.local.uk.provision import provision

ROOT = Path(__file__).parents[2]
SERVICES = ("identity", "subsidy", "notify", "archive")
MARK = "WENGANG_HOUSE"  # in the environment of each process of a house: its folder
READY_WITHIN = 180  # seconds
PAGES = {  # processes that answer on a port of their own: its name in Ports, their kind, the setting
    "gateway": ("gateway", "GATEWAY_PORT"),
    "push": ("push", "PUSH_PORT"),
    "uk_agent": ("uk-agent", "UK_AGENT_PORT"),
    "ca": ("development-ca", "CA_PORT"),
}


@dataclass(frozen=True)
class Ports:
    """The ports a house must have; None: a free one."""

    gateway: int | None = None
    push: int | None = None
    broker: int | None = None
    health: int | None = None
    uk_agent: int | None = None
    ca: int | None = None


@dataclass
class House:
    """All of Wengang in a folder.

    clock: the moment the calendar begins, ISO with its zone; "": the machine's time.
    replicas: processes of a kind, by its name in the Procfile.
    postgres, s3: private servers instead of SQLite files and a folder.
    keep: broker and database servers keep their data over a stop. (The folder itself is always kept.)
    settings: more environment variables.
    """

    folder: Path
    clock: str = ""
    ports: Ports = Ports()
    replicas: Mapping[str, int] = field(default_factory=dict)
    postgres: bool = False
    s3: bool = False
    keep: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = Path(self.folder).absolute()
        self.broker = Broker(self.folder / "broker", port=self.ports.broker, keep=self.keep)
        self.database_server = Postgres(self.folder / "postgres", keep=self.keep)
        self.blob_server = S3(self.folder / "s3", keep=self.keep)
        self.environment: dict[str, str] = {}
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._supervising: Process | None = None

    def __enter__(self) -> "House":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def gateway_url(self) -> str:
        """Where the portals are."""
        return self.environment["GATEWAY_URL"]

    @property
    def log(self) -> Path:
        """What all processes say."""
        return self.folder / "house.log"

    @property
    def nodes(self) -> list[Node]:
        """The servers of this house."""
        wanted = {self.broker: True, self.database_server: self.postgres, self.blob_server: self.s3}
        return [node for node, is_wanted in wanted.items() if is_wanted]

    def start(self) -> None:
        """Start everything and wait until it is ready; raises Trouble with one clear message."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._end_leftovers()  # of a crash
        pages = {name: _port(name, getattr(self.ports, name)) for name in PAGES}
        first = self._first_health_port()
        for node in self.nodes:
            node.start()
        self.environment = self.make_environment(**pages)
        trusted = provision(self.folder / "uk", ca_url=f"http://127.0.0.1:{pages['ca']}")
        for words in ("migrate", "topology", "seed"):
            self.operate(words)
        self.operate("trust-authority", *map(str, trusted))
        with step("start the services"):
            self._supervise(first)
            self._wait_until_ready(first)

    def stop(self) -> None:
        """Let everybody finish the work in hand, then end the servers; nothing is left running."""
        if self._supervisor and self._supervising:
            with step("stop the services"):
                self._supervising.end(seconds=60)
                self._supervisor.wait()
            self._supervisor = None
        self._end_leftovers()
        for node in reversed(self.nodes):
            node.stop()

    def is_running(self) -> bool:
        """Is the supervisor there?"""
        return self._supervising is not None and self._supervising.is_alive()

    def pids_of(self, kind: str) -> list[int]:
        """Return the processes that run `python -m services run KIND`, without what keeps them alive."""
        words = [b"-m", b"services", b"run", kind.encode()]
        return [process.pid for process in self._left_running() if _command_of(process.pid)[1:5] == words]

    def operate(self, *words: str) -> str:
        """Run `python -m services …` in this house and return what it says."""
        result = subprocess.run(
            [sys.executable, "-m", "services", *words],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if result.returncode:
            last = "\n".join((result.stdout + result.stderr).strip().splitlines()[-20:])
            raise Trouble(f"python -m services {' '.join(words)} failed:\n{last}")
        return result.stdout

    # the environment

    def make_environment(self, *, gateway: int, push: int, uk_agent: int, ca: int) -> dict[str, str]:
        """Return what every process of the house is told; its ports come in."""
        inherited = {name: value for name, value in os.environ.items() if name not in ("PORT", "CLOCK")}
        return {
            **inherited,
            **keys_of(self.folder),
            **{f"{name.upper()}_DATABASE_URL": self._database(name) for name in SERVICES},
            **self._clock(),
            "ENVIRONMENT": "development",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "BROKER_URL": self.broker.url,
            "BLOBS": self.blob_server.url if self.s3 else (self.folder / "blobs").as_uri(),
            "FONTS": str(ROOT / "var/fonts"),
            "GATEWAY_PORT": str(gateway),
            "GATEWAY_URL": f"http://127.0.0.1:{gateway}",
            "GATEWAY_WORKERS": str(self.replicas.get("gateway", 1)),
            "PUSH_PORT": str(push),
            "PUSH_URL": f"http://127.0.0.1:{push}",
            "PUSH_WORKERS": str(self.replicas.get("push", 1)),
            "UK_AGENT_PORT": str(uk_agent),
            "UK_AGENT_ORIGINS": f"http://127.0.0.1:{gateway},http://localhost:{gateway}",
            "UK_TOKENS": str(self.folder / "uk/tokens"),
            "GATEWAY_UK_AGENT_URL": f"http://127.0.0.1:{uk_agent}",
            "CA_PORT": str(ca),
            "UK_AUTHORITY": str(self.folder / "uk/authority"),
            MARK: str(self.folder),
            **self.settings,
        }

    def _database(self, name: str) -> str:
        if self.postgres:
            return self.database_server.create_database(name)
        return f"sqlite:///{self.folder}/{name}.db"

    def _clock(self) -> dict[str, str]:
        """Return CLOCK and when it was set: kept, so that time in this folder never runs backwards."""
        if not self.clock:
            return {}
        path = self.folder / "clock.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        if kept.get("CLOCK") != self.clock:
            kept = {"CLOCK": self.clock, "CLOCK_ORIGIN": str(time.time())}
            path.write_text(json.dumps(kept))
        return dict(kept)

    # the processes

    def _first_health_port(self) -> int:
        count = len(supervise.processes(0, self.replicas))
        first = self.ports.health or free_port(width=count)
        for port in range(first, first + count):
            if is_taken(port):
                raise Trouble(f"port {port} is busy: set HEALTH_PORT to the first of {count} free ones")
        return first

    def _supervise(self, first_port: int) -> None:
        scales = [f"{kind}={count}" for kind, count in self.replicas.items()]
        with open(self.log, "ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.supervise", str(first_port), *scales],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C meant for us does not end it
            )
        # Not Popen.poll: a Ctrl-C within it would leave its lock taken, and `wait` would wait for ever.
        self._supervising = Process.of(self._supervisor.pid)

    def _wait_until_ready(self, first_port: int) -> None:
        pages = {
            process.name: f"http://127.0.0.1:{process.env['PORT']}/readyz"
            for process in supervise.processes(first_port, self.replicas)
        }
        for process, port in PAGES.values():
            pages[f"{process}.1"] = f"http://127.0.0.1:{self.environment[port]}/readyz"
        waiting = set(pages)

        def ready() -> bool:
            waiting.difference_update([name for name in waiting if _answers(pages[name])])
            return not waiting or not self.is_running()

        wait_until(ready, READY_WITHIN, pause=0.2)
        if waiting:
            raise Trouble(f"not ready: {', '.join(sorted(waiting))}; see {self.log}")

    def _end_leftovers(self) -> None:
        """End what still runs with our mark."""
        left = self._left_running()
        if left:
            say(f"ending {len(left)} processes that were left running")
        for process in left:
            process.end(seconds=20)

    def _left_running(self) -> list[Process]:
        mark = f"{MARK}={self.folder}".encode()
        return [
            Process.of(int(entry.name))
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and int(entry.name) != os.getpid() and mark in _environment_of(entry)
        ]


def _port(name: str, wanted: int | None) -> int:
    if wanted and is_taken(wanted):
        raise Trouble(f"port {wanted} is busy: set {name.upper()}_PORT to another one")
    return wanted or free_port()


def _answers(page: str) -> bool:
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _command_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
