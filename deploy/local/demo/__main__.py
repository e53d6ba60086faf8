"""`python -m deploy.local.demo [CHAPTER …]`: play chapters in a house of their own, on throw-away data."""

import importlib
import pkgutil
import shutil
import sys
import tempfile
import time
from pathlib import Path

from deploy.local.demo import chapters
from deploy.local.demo.telling import Differs, heading
from deploy.local.demo.visitor import SaidNo
from deploy.local.house import House
from deploy.local.terminal import Trouble, run_command

CLOCK = "2023-09-14T09:00+08:00"


def main() -> None:
    """Play the named chapters, or all; the first thing that is not as promised ends it with status 1."""
    known = sorted(module.name for module in pkgutil.iter_modules(chapters.__path__))
    wanted = sys.argv[1:] or known
    if unknown := set(wanted) - set(known):
        raise Trouble(f"no such chapter: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in wanted:
        _play(name)


def _play(name: str) -> None:
    chapter = importlib.import_module(f"{chapters.__name__}.{name}")
    folder = Path(tempfile.mkdtemp(prefix=f"wengang-demo-{name}-"))
    began = time.monotonic()
    heading(f"== {name}: {chapter.__doc__}")
    try:
        settings = getattr(chapter, "SETTINGS", {})
        with House(folder, clock=CLOCK, settings=settings) as house:
            chapter.play(house)
    except (Differs, SaidNo, TimeoutError, RuntimeError) as trouble:
        raise Trouble(f"chapter {name}: {trouble} (logs: {folder}/house.log)") from trouble
    shutil.rmtree(folder)
    heading(f"== {name}: everything as the manual promises, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    run_command(main)
