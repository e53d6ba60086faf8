"""Words for the person at the terminal: progress, and one clear message when something cannot be had."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Ends the command with its message instead of a traceback."""


def say(text: str) -> None:
    """Tell, on stderr: what a command prints on stdout is for other programs."""
    print(f"wengang: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce what may take a while, then how long it took."""
    say(f"{text} …")
    began = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - began:.0f} s")


def run_command(command: Callable[[], int | None]) -> None:
    """Run a command to its exit status. SIGTERM and a closed terminal unwind it like Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _unwind)
    try:
        status = command()
    except Trouble as trouble:
        say(str(trouble))
        status = 1
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _unwind(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
