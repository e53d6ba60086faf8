"""Screening: a stored snapshot → persisted verdicts with reasons, by the real worker; beside it the floor.

The floor is the least that must be done on the same data in the same run: decode the columns that count, and
write the very rows that the run wrote, ready made, into the same table and indexes, a transaction a chunk.
"""

import hashlib
import io
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import sqlalchemy as sa

from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.screening import ScreeningState, StartScreening
from services.contracts.values import ScreeningId
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.screening import handlers, jobs
from services.subsidy.screening.adapters import columns, snapshot
from services.subsidy.screening.domain import Screening, Snapshot
from services.subsidy.screening.store import VERDICT_COLUMNS, get_screening, verdicts
from tests.benchmarks.ground import Clock, Ground, Spent, cpu_seconds, in_own_process, job_on, peak_megabytes
from tests.benchmarks.made_registry import make_registry
from tests.benchmarks.report import Findings, Row
from tests.people import APPROVER

GOALS = {"postgresql": 1.5, "sqlite": 2.0}
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
MOST_MB = 300
LONGEST = 3600


def measure(ground: Ground, units: int, rounds: int = 3) -> Findings:
    """Run and floor by turns, on both databases; then the steps of one run."""
    rows, blobs = [], ground.folder / "blobs"
    for kind in GOALS:
        url = ground.database(kind)
        make_registry(Database(url), blobs, units)
        rows += compare(ground, kind, url, rounds)
        if kind == "postgresql":
            steps = in_own_process(_steps, url, blobs, report=ground.folder / "steps.json").answer
    return Findings(
        title="from stored months to persisted verdicts with reasons",
        sizes=f"{units:,} units × 24 months, {rounds} rounds, medians",
        rows=rows,
        steps=steps,
        notes=[
            "The steps are those of one process that does one after the other; writing is the database's."
        ],
        versions=ground.versions(),
    )


def compare(ground: Ground, kind: str, url: str, rounds: int) -> list[Row]:
    """Return run, floor and memory; both must have written the same rows."""
    runs, floors, name = [], [], NAMES[kind]
    for _ in range(rounds):
        run = screen(ground, url, 1)
        floor = write_again(ground, url, run.answer["chunks"])
        if digest(url) != run.answer["digest"]:
            raise RuntimeError("the floor wrote other rows")
        runs.append(run)
        floors.append(floor)
    ratio = statistics.median(run.seconds / floor.seconds for run, floor in zip(runs, floors, strict=True))
    return [
        Row(
            what=f"{name}: floor, decode and write",
            seconds=_median(floors, "seconds"),
            cpu=_median(floors, "cpu"),
        ),
        Row(
            what=f"{name}: one worker, {runs[0].answer['chunks']} chunks",
            seconds=_median(runs, "seconds"),
            cpu=_median(runs, "cpu"),
            figure=ratio,
            unit="×",
            against="floor",
            goal=GOALS[kind],
        ),
        Row(
            what=f"{name}: peak memory of the worker",
            figure=max(r.peak for r in runs),
            unit="MB",
            goal=MOST_MB,
        ),
    ]


def _median(spent: list[Spent], what: str) -> float:
    return statistics.median(getattr(each, what) for each in spent)


def screen(ground: Ground, url: str, workers: int) -> Spent:
    """Let worker processes screen; the clock runs from the command until the last verdict is there."""
    database = Database(url)
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM verdicts" if database.is_sqlite else "TRUNCATE verdicts"))
    with ground.workers(url, ground.folder / "blobs", workers) as processes:
        before = [cpu_seconds(process) for process in processes]
        command = StartScreening(id=new_id(), programme_year=2023)
        began = time.perf_counter()
        with database.write() as connection:
            handlers.start_screening(UnitOfWork(connection, utc_now(), APPROVER), command)
        run = _wait_for(database, ScreeningId(command.id))
        took = time.perf_counter() - began
        cpu = sum(cpu_seconds(process) - at for process, at in zip(processes, before, strict=True))
        peak = max(peak_megabytes(process) for process in processes)
    database.close()
    answer = {"id": run.id, "chunks": run.chunks, "eligible": run.eligible, "digest": digest(url)}
    return Spent(took, cpu, peak, answer)


def _wait_for(database: Database, screening_id: ScreeningId) -> Screening:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        with database.read() as connection:
            run = get_screening(UnitOfWork(connection, utc_now()), screening_id)
        if run.state is ScreeningState.DONE:
            return run
        if run.state is not ScreeningState.FREEZING and run.state is not ScreeningState.RUNNING:
            raise RuntimeError(f"{run.state}: {run.problem}")
        time.sleep(0.02)
    raise RuntimeError("the run does not end")


def digest(url: str) -> str:
    """Return the digest of all verdicts, whatever their run."""
    database, hashed = Database(url), hashlib.sha256()
    query = f"SELECT {', '.join(VERDICT_COLUMNS)} FROM verdicts ORDER BY unit_no"
    with database.read() as connection:
        if database.is_sqlite:
            for row in connection.exec_driver_sql(query):
                hashed.update(repr(tuple(row)).encode())
        else:
            sink = SimpleNamespace(write=hashed.update)
            connection.connection.cursor().copy_expert(f"COPY ({query}) TO STDOUT", sink)
    database.close()
    return hashed.hexdigest()


# ---- the floor


def write_again(ground: Ground, url: str, chunks: int) -> Spent:
    """Write the verdicts that are there again, as another run's, in place of them."""
    work = _copy_again if url.startswith("postgresql") else _insert_again
    return in_own_process(work, url, ground.folder, chunks, report=ground.folder / "floor.json")


def _copy_again(url: str, folder: Path, chunks: int) -> Spent:
    job, path = job_on(url, folder / "blobs"), folder / "verdicts.copy"
    names = ", ".join(f'"{name}"' for name in ("screening_id", *VERDICT_COLUMNS))
    with job.database.read() as connection, path.open("wb") as file:
        connection.connection.cursor().copy_expert(f"COPY verdicts ({names}) TO STDOUT", file)
        count = connection.scalar(sa.select(sa.func.count()).select_from(verdicts)) or 0
    with job.database.write() as connection:
        connection.execute(sa.text("TRUNCATE verdicts"))
    texts = list(_texts(path, chunks, count))
    with Clock() as clock:
        _decode(job.blobs, _snapshot(job))
        for text in texts:
            with job.database.write() as connection:
                cursor = connection.connection.cursor()
                cursor.copy_expert(f"COPY verdicts ({names}) FROM STDIN", text, size=1 << 18)
    job.database.close()
    return clock.spent()


def _texts(path: Path, chunks: int, count: int) -> Iterator[Any]:
    """Write COPY's text into a file a chunk; yield these, opened."""
    lines = path.open("rb")
    for chunk in range(chunks):
        part = path.with_suffix(f".{chunk}")
        with part.open("wb") as file:
            for _ in range(count * chunk // chunks, count * (chunk + 1) // chunks):
                file.write(lines.readline())
        yield part.open("rb")
        part.unlink()  # it is open
    lines.close()
    path.unlink()


def _insert_again(url: str, folder: Path, chunks: int) -> Spent:
    job = job_on(url, folder / "blobs")
    names = [column.name for column in verdicts.columns]
    insert = f"INSERT INTO verdicts VALUES ({', '.join('?' * len(names))})"
    with job.database.read() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM verdicts ORDER BY rowid")]
    with job.database.write() as connection:
        connection.execute(sa.text("DELETE FROM verdicts"))
    size = -(-len(rows) // chunks)
    with Clock() as clock:
        _decode(job.blobs, _snapshot(job))
        for start in range(0, len(rows), size):
            with job.database.write() as connection:
                connection.connection.cursor().executemany(insert, rows[start : start + size])
    job.database.close()
    return clock.spent()


def _snapshot(job: Any) -> Snapshot:
    with job.read() as uow:
        found = jobs._take_snapshot(uow)
    assert isinstance(found, Snapshot)
    return found


def _decode(blobs: Any, frozen: Snapshot) -> None:
    """Read what counts of every part, part by part."""
    for source, names in (
        (frozen.employers, columns.EMPLOYERS),
        *((s, columns.MONTHS) for s in frozen.contributions),
    ):
        for part in source.parts:
            with blobs.open(part.blob) as file:
                part = pl.scan_parquet(io.BytesIO(file.read()))
                there = set(part.collect_schema().names())  # older files lack a column
                part.select(name for name in names if name in there).collect()


# ---- where the time goes


def _steps(url: str, blobs: Path) -> Spent:
    """Time the steps of a run, one after the other, chunk by chunk."""
    job, policy = job_on(url, blobs), read_programme("henan_2023")
    with job.database.write() as connection:
        connection.execute(sa.text("TRUNCATE verdicts"))
    frozen, took = _snapshot(job), Stopwatch()
    for partitions in frozen.chunks():
        with took("months: decode and add up"):
            annual = pl.concat(
                snapshot._annual_facts(job.blobs, frozen, each, policy.base_year) for each in partitions
            )
        with took("employers and lists: decode and join"):
            employers = snapshot._read(job.blobs, frozen.employers, partitions, columns.EMPLOYERS)
            lists = [snapshot._read_list(job.blobs, each) for each in (frozen.dishonest, frozen.zombie)]
            facts = columns.unit_facts(employers, annual.lazy(), *lists)
        with took("decide"):
            decided = columns.decide(policy, facts)
        with took("keep the facts for what-if"):
            names = snapshot._read(job.blobs, frozen.employers, partitions, snapshot.NAMES)
            kept = snapshot.Decided(decided, names.collect().sort("unit_no"))
            ref = snapshot.put_facts(job.blobs, kept)
        with took("totals and digest"):
            jobs._count(0, decided, ref)
        with took("write"), job.unit_of_work() as uow:
            jobs.store.add_verdicts(uow, ScreeningId(new_id()), decided)
    job.database.close()
    return Clock().spent(took.seconds)


class Stopwatch:
    """Adds up seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str) -> "Stopwatch":
        self._name = name
        return self

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._began
        self.seconds[self._name] = self.seconds.get(self._name, 0) + took
