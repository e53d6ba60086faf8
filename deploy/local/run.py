"""make run: the whole house on this machine, with a sample province; make reset forgets it."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import supervise
from deploy.local.house import ROOT, House, Ports
from deploy.local.terminal import Trouble, run_command, say, step

FOLDER = ROOT / "var/run"
SAMPLE_IS_THERE = FOLDER / "sample"


def main() -> None:
    """Run until Ctrl-C, or forget everything with --reset."""
    with _alone():
        if "--reset" in sys.argv:
            _reset()
        else:
            _run(House(FOLDER, ports=ports(), replicas=replicas(), keep=True))


def _run(house: House) -> None:
    try:
        house.start()
        if not SAMPLE_IS_THERE.exists():
            _bring_in_the_sample(house)
        from deploy.local.sample.welcome import welcome

        print(welcome(house.gateway_url), flush=True)
        say(f"logs: {house.log}; Ctrl-C stops everything, the data stay (make reset forgets them)")
        while house.is_running():
            time.sleep(1)
        raise Trouble(f"the services ended by themselves; see {house.log}")
    except KeyboardInterrupt:
        pass  # the way to stop it
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not leave half of it running
        house.stop()


def _bring_in_the_sample(house: House) -> None:
    with step("bring in the sample province (the first time only)"):
        status = subprocess.run(
            [sys.executable, "-m", "deploy.local.sample", house.gateway_url],
            env=house.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ).returncode
        if status:
            raise Trouble("the sample province did not come in: `make reset`, then `make run` again")
    SAMPLE_IS_THERE.touch()


def _reset() -> None:
    House(FOLDER, keep=True).stop()  # what a crash left running
    shutil.rmtree(FOLDER)
    say("var/run is gone: the next `make run` begins anew")


def ports() -> Ports:
    """Return the fixed ports, or those that the environment names: GATEWAY_PORT, …"""
    defaults = {"gateway": 8000, "push": 8001, "broker": 5690, "health": 7000, "uk_agent": 18999, "ca": 8002}
    return Ports(
        **{name: _number(f"{name.upper()}_PORT", port, at_least=1) for name, port in defaults.items()}
    )


def replicas() -> dict[str, int]:
    """Return how many of each kind: SUBSIDY_WORKER=2."""
    return {kind: _number(kind.upper().replace("-", "_"), 1, at_least=0) for kind in supervise.kinds()}


def _number(name: str, default: int, *, at_least: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < at_least:
        raise Trouble(f"{name}={text}: a number of at least {at_least} is wanted")
    return int(text)


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(Path(f"{FOLDER}.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("the house of this checkout runs already: stop it first (Ctrl-C there)") from None
        yield


if __name__ == "__main__":
    run_command(main)
