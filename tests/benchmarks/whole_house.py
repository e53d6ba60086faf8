"""A province through the running house: upload, import, screen, approve, tell. How long, and how much memory.

    python -m tests.benchmarks.whole_house [units] [--postgres]

Prints seconds per step and, per process, the most memory it ever held (VmHWM). Ends with status 1 when a
process held more than LIMIT_MB. Needs about 1 GB of disk per 1,000,000 units.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from deploy.local.demo.visitor import wait_for
from deploy.local.house import MARK, House
from deploy.local.sample.bring_in import Agency
from deploy.local.sample.files import FilledFile, write_province
from services.chassis.database import Database
from services.contracts.subsidy.approval import BatchState
from services.contracts.subsidy.registry import ImportState

LIMIT_MB = 400
WORTH_TELLING_MB = 20
YEAR = 2023


def main(units: int, postgres: bool) -> int:
    """Play the clerks' part of the main job on many units."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with timed(f"write the files of {units:,} units"):
            files = write_province(folder=path, programme_year=YEAR, count=units)
        with House(path / "house", clock="2023-09-14T09:00+08:00", postgres=postgres) as house:
            play(house, files)
            peaks = memory_peaks(house)
    for name, megabytes in sorted(peaks.items(), key=lambda item: -item[1]):
        if megabytes >= WORTH_TELLING_MB:
            print(f"{megabytes:5d} MB  {name}")
    return int(max(peaks.values()) > LIMIT_MB)


def play(house: House, files: Iterable[FilledFile]) -> None:
    """Import, screen, approve; wait until the last prompt is there."""
    agency = Agency(house.gateway_url, YEAR, print)
    for file in files:
        with timed(f"import {file.path.name} ({file.path.stat().st_size / 1e6:.0f} MB)"):
            done = agency.maker.wait_for_import(agency.maker.upload(file.kind, file.path).import_id)
        assert done.state is ImportState.DONE, done
        print(f"    {done.total:,} lines, {done.accepted:,} accepted, {done.rejected:,} rejected")
    with timed("screen"):
        run = agency.maker.wait_for_screening(agency.maker.start_screening(YEAR).screening_id)
    print(
        f"    {run.units:,} units, {run.eligible:,} eligible, {run.unknown:,} unknown in {run.chunks} chunks"
    )
    with timed("fill and freeze the batch"):
        batch_id = agency.maker.make_batch(run.screening_id).batch_id
        batch = agency.maker.wait_for_batch(batch_id, BatchState.MADE)
    with timed(f"approve {batch.count:,} refunds"):
        agency.checker.approve(batch)
        agency.checker.wait_for_batch(batch_id, BatchState.APPROVED)
    with timed("until the last prompt is there"):
        wait_for_prompts(house, batch.count)


def wait_for_prompts(house: House, count: int) -> None:
    """Wait until notify has raised as many prompts."""
    from services.notify.prompts.store import prompts

    database = Database(house.environment["NOTIFY_DATABASE_URL"])

    def all_there() -> bool:
        with database.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(prompts)) == count

    wait_for("the prompts", lambda: all_there() or None, seconds=600)
    database.close()


def memory_peaks(house: House) -> dict[str, int]:
    """Return the VmHWM of each process of the house, in MB."""
    mark = f"{MARK}={house.folder}".encode()
    peaks = {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and mark in (process / "environ").read_bytes().split(b"\0"):
                words = (process / "cmdline").read_text().replace("\0", " ").split("/")[-1][:60]
                status = (process / "status").read_text()
                [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
                peaks[f"{words} ({process.name})"] = int(line.split()[1]) // 1024
        except (OSError, ValueError):
            continue  # ended meanwhile, or a kernel thread
    return peaks


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:7.1f} s  {what}", flush=True)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.exit(main(numbers[0] if numbers else 100_000, "--postgres" in sys.argv))
