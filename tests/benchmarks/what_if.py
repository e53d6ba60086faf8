"""What-if over N units: `python -m tests.benchmarks.what_if 1000000`.

Makes the facts of that many units by chance, keeps them as a run would, and prints what a question costs:
reading the facts the first time, computing (beside a floor: all facts read and summed once), and a whole
question and a page of names through the executor, authority and all. SQLite and blobs in a temporary folder.
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.blobstore import BlobStore
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.sessions import SessionVerifier
from services.chassis.unit_of_work import Executor, UnitOfWork
from services.contracts.base import Query
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.subsidy.simulation import EffectKind, ListEffects, SimulatePolicy
from services.contracts.values import ScreeningId, SizeClass, UnitType
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import FACTS, WORD, Policy
from services.subsidy.policy.store import digest_of, put_in_force
from services.subsidy.screening.adapters.columns import decide
from services.subsidy.screening.adapters.snapshot import KEPT
from services.subsidy.screening.domain import Chunk, Screening
from services.subsidy.screening.store import add_chunk, add_screening
from services.subsidy.simulation import views
from services.subsidy.simulation.adapters import effects, facts
from services.subsidy.simulation.domain import change
from tests.people import APPROVER, FIELD_KEYS, PUBLIC_KEY, session

NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
CHUNK = 31_250  # units: 64 chunks for two million
CHANGES: dict[str, Any] = {
    "parameters": {"ratio_large": 3500, "few_people": 40},
    "region_overrides": {"410100": {"max_layoff_rate": 700}, "410300": {"ratio_other": 5500}},
}
ROUNDS = 5


def measure(units: int) -> dict[str, float]:
    """Return milliseconds and megabytes for that many units."""
    sealing.configure(FIELD_KEYS)
    with tempfile.TemporaryDirectory(prefix="what-if-") as name:
        blobs = BlobStore.at(f"{Path(name).as_uri()}/blobs")
        database = Database(f"sqlite:///{name}/subsidy.db")
        chain_of("subsidy").upgrade(database)
        policy = read_programme("henan_2023")
        screening_id, size = keep_run(database, blobs, policy, units)
        executor = Executor(database, SessionVerifier(PUBLIC_KEY, lambda: NOW), lambda: NOW, blobs=blobs)
        found = {"units": float(units), "blobs_mb": size / 1e6, **ask(executor, screening_id, policy)}
        database.close()
    return {name: round(value, 1) for name, value in found.items()}


def ask(executor: Executor, screening_id: ScreeningId, policy: Policy) -> dict[str, float]:
    """Return what the questions cost; the facts are read with the first."""
    question = SimulatePolicy(screening_id=screening_id, **CHANGES)
    page = ListEffects(screening_id=screening_id, kind=EffectKind.MORE, limit=50, **CHANGES)
    facts._runs.clear()
    before = _resident()
    first = _milliseconds(lambda: answer(executor, question))
    run = facts._runs[screening_id]
    asked = change(policy, CHANGES["parameters"], CHANGES["region_overrides"])
    with executor.database.read() as connection:
        plan = views.ask_for_effect(UnitOfWork(connection, NOW, APPROVER), question)
    assert plan.policy == asked
    return {
        "first_question_ms": first,
        "memory_mb": run.units.estimated_size() / 1e6,
        "resident_mb": _resident() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "floor_ms": _median(lambda: floor(run)),
        "compute_ms": _median(lambda: effects.effect(run, plan)),
        "compute_cpu_ms": _median(lambda: effects.effect(run, plan), time.process_time),
        "question_ms": _median(lambda: answer(executor, question)),
        "page_ms": _median(lambda: answer(executor, page)),
    }


def answer(executor: Executor, query: Query[Any]) -> Any:
    """Ask through the executor, as the door does."""
    prepare, compute = {
        SimulatePolicy: (views.ask_for_effect, effects.simulate),
        ListEffects: (views.ask_for_units, effects.list_effects),
    }[type(query)]
    token = session(APPROVER, now=NOW.timestamp())
    return executor.analysis(type(query), query.to_wire(), prepare, compute, token)


def floor(run: facts.Run) -> pl.DataFrame:
    """Read every column of facts once."""
    words = [name for name, kind in FACTS.items() if kind == WORD]
    numbers = pl.col([name for name in FACTS if name not in words])
    return run.units.select(numbers.cast(pl.Int64).sum(), pl.col(words).to_physical().cast(pl.Int64).sum())


# ---- a run that has been made


def keep_run(database: Database, blobs: BlobStore, policy: Policy, units: int) -> tuple[ScreeningId, int]:
    """Keep a finished run over units by chance; return it and the bytes of its facts."""
    starts = range(0, units, CHUNK)
    run = Screening(
        id=ScreeningId(new_id()),
        programme_year=policy.programme_year,
        policy_version=policy.version,
        policy_digest=digest_of(policy),
        by=APPROVER.id,
        by_name=APPROVER.name,
        started_at=NOW,
        state=ScreeningState.DONE,
        chunks=len(starts),
    )
    size = 0
    with database.write() as connection:
        uow = UnitOfWork(connection, NOW)
        put_in_force(uow, policy)
        add_screening(uow, replace(run, chunks_done=run.chunks, units=units))
        for number, start in enumerate(starts):
            content = io.BytesIO()
            made = make_units(start, min(start + CHUNK, units))
            judged = decide(policy, made.drop("unit_name", "credit_code")).with_columns(
                pl.col("unit_no").cast(pl.Int64)
            )
            named = judged.join(made.select("unit_no", "unit_name", "credit_code"), on="unit_no")
            named.select(KEPT).write_parquet(content, compression="zstd")
            ref, size = blobs.put("screening/facts", content.getvalue()), size + len(content.getvalue())
            counts = dict.fromkeys(("eligible", "ineligible", "unknown", "amount"), 0)
            add_chunk(
                uow, run.id, Chunk(chunk=number, digest=ref.sha256, units=made.height, facts=ref, **counts)
            )
    return run.id, size


def make_units(start: int, end: int) -> pl.DataFrame:
    """Return units by chance, the same each time, in 17 prefectures of nine districts; 2 % have gaps."""
    place = pl.col("place")
    region = 410100 + place % 17 * 100 + place // 17 % 9 + 1
    heads = _number("heads", 90) + 1
    numbers = {
        "headcount_now": heads,
        "headcount_start": heads,
        "headcount_end": (heads - _number("fall", 4)).clip(0),
        "exempt": _number("exempt", 2),
        "months_full": _number("months", 15) + 10,
        "base": heads * (_number("base", 900_000) + 1),
    }
    known = {name: numbers.get(name, _rare(name)) for name, kind in FACTS.items() if kind != WORD}
    words = {"unit_type": _word("unit_type", UnitType), "size_class": _word("size_class", SizeClass)}
    gapped = {
        name: pl.when(_number(f"gap {name}", 500) > 0).then(value)
        for name, value in {**known, **words}.items()
    }
    return pl.select(place=pl.int_range(start, end)).select(
        unit_no=region * 10**6 + place % 10**6,
        unit_name=pl.format("河南省第{}号有限公司", place),
        credit_code=pl.format("91{}{}", region, (place + 10**9).cast(pl.String)),
        region=region.cast(pl.String),
        **gapped,
    )


def _number(purpose: str, below: int) -> pl.Expr:
    """Return numbers by chance, 0 … below - 1, the same for a place and purpose."""
    return (pl.col("place").hash(sum(purpose.encode()) * len(purpose)) % below).cast(pl.Int64)


def _rare(name: str) -> pl.Expr:
    return (_number(name, 50) == 0).cast(pl.Int64)


def _word(name: str, words: type[UnitType] | type[SizeClass]) -> pl.Expr:
    values = dict(enumerate(word.value for word in words))
    return _number(name, len(values)).replace_strict(values, return_dtype=pl.String)


# ---- measuring


def _milliseconds(function: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    function()
    return (clock() - began) * 1000


def _median(function: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the median of a few rounds; by `time.process_time`, whatever else the machine does."""
    return statistics.median(_milliseconds(function, clock) for _ in range(ROUNDS))


def _resident() -> float:
    """Return the megabytes that this process has in memory (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", type=int)
    for name, value in measure(parser.parse_args().units).items():
        print(f"{name:20}{value:12,.1f}")


if __name__ == "__main__":
    main()
