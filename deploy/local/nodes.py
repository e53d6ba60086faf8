"""What all private servers have in common: a free port, a process that is surely ours, a folder."""

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from deploy.local.terminal import Trouble, say


def is_taken(port: int) -> bool:
    """Does somebody listen on this port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port(width: int = 1) -> int:
    """Return the first of `width` free ports, below the range the kernel uses for outgoing connections."""
    for _ in range(500):
        port = random.randrange(20_000, 32_000 - width)
        if not any(is_taken(port + i) for i in range(width)):
            return port
    raise Trouble("no free port between 20000 and 32000")


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Wait for a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


@dataclass(frozen=True)
class Process:
    """A process and when it was born (clock ticks since boot): a later one with its number is another."""

    pid: int
    born: int

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Remember a process."""
        return cls(pid, _status(pid)[1])

    def is_alive(self) -> bool:
        """Does it still run?"""
        state, born = _status(self.pid)
        return born == self.born and state not in "ZX"

    def end(self, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 30) -> None:
        """Ask it to end; what is left of its process group after `seconds`, or without it, is killed."""
        if self.is_alive():
            os.kill(self.pid, with_signal)
            if not wait_until(lambda: not self.is_alive(), seconds):
                say(f"process {self.pid} did not end in {seconds:.0f} s: killed")
        if _status(self.pid)[1] in (self.born, -1):  # the number, and so the group, is not another's by now
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


def _status(pid: int) -> tuple[str, int]:
    """Return state letter and birth of a process, as the kernel tells them; ("X", -1) when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", -1
    return fields[0], int(fields[19])


class Node:
    """A private server on loopback, its data in a folder.

    keep: its data outlive a stop, and the next start takes the same port if it can; else a stop wipes all.
    port: exactly this one; None: the port of the last time, or a free one.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, home: Path, *, port: int | None = None, keep: bool = False) -> None:
        self.home, self.wanted_port, self.keep = Path(home).absolute(), port, keep
        self.data = self.home / "data"  # all that the server writes
        self.state: dict[str, Any] = {}
        self._child: subprocess.Popen[bytes] | None = None

    # what a server must say about itself
    @property
    def url(self) -> str:
        """The address for clients."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Find or fetch the programs; raises Trouble."""
        raise NotImplementedError

    def set_up(self) -> None:
        """Write into the data folder what the server reads, for the port in the state."""

    def command(self) -> tuple[Sequence[str | Path], Mapping[str, str]]:
        """Return the foreground command and its whole environment."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Does it serve its clients?"""
        raise NotImplementedError

    def clean_up(self) -> None:
        """Do what is left to do once the process has ended."""

    # the life of a server
    def start(self) -> str:
        """Start it unless it runs; return its address."""
        with self._lock():
            if not self.is_running():
                self._stop()  # what a crash left behind
                self.prepare()
                self._start()
        return self.url

    def stop(self) -> None:
        """End it, and throw its data away unless they are kept."""
        if self.home.is_dir():
            with self._lock():
                self._stop()

    def is_running(self) -> bool:
        """Does it run and answer?"""
        self._load()
        process = self._process()
        return process is not None and process.is_alive() and self.answers()

    def _start(self) -> None:
        for _ in range(3):
            self.state["port"] = self._choose_port()
            began = time.monotonic()
            if self._comes_up(self._launch()):
                say(f"{self.name} runs on port {self.state['port']} after {time.monotonic() - began:.1f} s")
                return
            self._stop()
        last = self.log.read_text(errors="replace").strip().splitlines()[-3:]
        raise Trouble("\n".join([f"{self.name} does not start; {self.log} ends with", *last]))

    def _comes_up(self, process: Process) -> bool:
        wait_until(lambda: not process.is_alive() or self.answers(), 120, pause=0.1)
        return process.is_alive() and self.answers()

    def _launch(self) -> Process:
        self.data.mkdir(parents=True, exist_ok=True)
        self.set_up()
        command, environment = self.command()
        with open(self.log, "ab") as log:
            self._child = subprocess.Popen(
                command,
                env=environment,
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C meant for the caller does not end it
                **self.identity(),
            )
        process = Process.of(self._child.pid)
        self.state["process"] = asdict(process)
        self._save()
        return process

    def identity(self) -> dict[str, Any]:
        """Return user and group for the server's process; empty: our own."""
        return {}

    def _stop(self) -> None:
        self._load()
        if process := self._process():
            process.end(self.stop_signal)
            self.clean_up()
        if self._child:
            self._child.wait()
        if self.keep or self.state.get("keep"):
            self.state.pop("process", None)
            self._save()
        else:
            shutil.rmtree(self.data, ignore_errors=True)
            (self.home / "state.json").unlink(missing_ok=True)
            self.state = {}

    def _choose_port(self) -> int:
        wanted = self.wanted_port
        if wanted and is_taken(wanted):
            raise Trouble(f"port {wanted} is busy: set {self.name.upper()}_PORT to another one")
        last = self.state.get("port")
        if not wanted and last and not is_taken(last):
            return int(last)
        return wanted or free_port()

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / f"{self.name}.log"

    def _process(self) -> Process | None:
        known = self.state.get("process")
        return Process(**known) if known else None

    def _load(self) -> None:
        path = self.home / "state.json"
        self.state = json.loads(path.read_text()) if path.exists() else {}

    def _save(self) -> None:
        path = self.home / "state.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({**self.state, "keep": self.keep}))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def command_line(node: Node, words: Sequence[str]) -> int:
    """start | stop | status: start and status print the address and nothing else on stdout."""
    match list(words):
        case ["start"]:
            print(node.start())
        case ["stop"]:
            node.stop()
        case ["status"]:
            if not node.is_running():
                say(f"{node.name} does not run")
                return 3
            print(node.url)
        case _:
            say(f"usage: {node.name} start|stop|status")
            return 2
    return 0


def settings(name: str) -> dict[str, Any]:
    """Read <NAME>_HOME, <NAME>_PORT and <NAME>_KEEP=1 from the environment."""
    port = os.environ.get(f"{name}_PORT")
    return {
        "home": Path(os.environ.get(f"{name}_HOME", f"var/{name.lower()}")),
        "port": int(port) if port else None,
        "keep": os.environ.get(f"{name}_KEEP") == "1",
    }
