"""A registry as the imports leave it: parts as Parquet in the blob store, and the rows that name them.

The units of tests.benchmarks.province without the way over clerks' files, partition by partition, so that ten
million take neither hours nor memory. The table of units stays empty: screening does not read it.
"""

import io
import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from services.chassis.blobstore import BlobStore
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.values import BlobRef, ImportId
from services.subsidy.registry.adapters.columns import SIZE_CLASSES
from services.subsidy.registry.domain import Import, Part
from services.subsidy.registry.store import add_import, add_part
from tests.benchmarks.province import MONTHS, complete_units, number_units
from tests.people import APPROVER

NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
LISTED = {ImportKind.DISHONEST: 97, ImportKind.ZOMBIE: 211}  # one unit in so many
STEP = 50_000
PARTITION = pl.col("unit_no") % 2**31 * 2654435761 % 2**32 // 2**26  # as registry.domain.partition_of


def make_registry(database: Database, blobs: Path, count: int) -> None:
    """Keep the parts of `count` units × 24 months, and enter four imports that made them."""
    blobs.mkdir(parents=True, exist_ok=True)
    ledger = blobs / f"made-{count}.json"
    maker = multiprocessing.get_context("spawn").Process(target=_write_parts, args=(blobs, count, ledger))
    maker.start()  # its memory is not the measured process's
    maker.join()
    if maker.exitcode:
        raise RuntimeError(f"the registry was not made: {maker.exitcode}")
    with database.write() as connection:
        uow = UnitOfWork(connection, NOW)
        for kind, parts in json.loads(ledger.read_text()).items():
            _enter(uow, ImportKind(kind), [Part(each[0], each[1], BlobRef(**each[2])) for each in parts])


def _enter(uow: UnitOfWork, kind: ImportKind, parts: list[Part]) -> None:
    total = sum(part.rows for part in parts)
    made = Import(
        id=ImportId(new_id()),
        kind=kind,
        filename=f"{kind}.csv",
        blob=parts[0].blob,
        by=APPROVER.id,
        by_name=APPROVER.name,
        received_at=NOW,
        state=ImportState.DONE,
        total=total,
        accepted=total,
        finished_at=NOW,
    )
    add_import(uow, made)
    for part in parts:
        add_part(uow, made.id, part)


def _write_parts(blobs: Path, count: int, ledger: Path) -> None:
    store = BlobStore.at(f"file://{blobs}")
    made: dict[str, list[Any]] = {kind: [] for kind in ImportKind}
    numbers = number_units(0, count).with_columns(partition=PARTITION)
    listed: dict[ImportKind, list[pl.DataFrame]] = {kind: [] for kind in LISTED}
    for (partition,), some in sorted(numbers.partition_by("partition", as_dict=True).items()):
        steps = [complete_units(each) for each in some.sort("unit_no").iter_slices(STEP)]
        units = pl.concat(steps)
        for kind, rows in (
            (ImportKind.EMPLOYERS, employers(units)),
            (ImportKind.CONTRIBUTIONS, months(units)),
        ):
            made[kind].append([partition, rows.height, _put(store, rows)])
        for kind, every in LISTED.items():
            listed[kind].append(units.filter(pl.col("i") % every == 0).select("code", "name"))
    for kind, frames in listed.items():
        rows = pl.concat(frames).select(credit_code="code", unit_name="name", listed_on=pl.date(2023, 5, 1))
        made[kind].append([0, rows.height, _put(store, rows.sort("credit_code"))])
    ledger.write_text(json.dumps(made))


def _put(store: BlobStore, rows: pl.DataFrame) -> dict[str, Any]:
    parquet = io.BytesIO()
    rows.write_parquet(parquet, compression="zstd")
    return store.put("registry/parts", parquet.getvalue()).model_dump()


def employers(units: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of an employers part; one unit in a hundred has no size."""
    sizes = dict(enumerate([*SIZE_CLASSES.values(), None] + [SIZE_CLASSES["微型"]] * 35))
    words = {place: size and size.value for place, size in sizes.items()}
    return units.select(
        "unit_no",
        credit_code="code",
        unit_name="name",
        unit_type=pl.lit("enterprise"),
        industry=pl.lit("制造业"),
        size_class=pl.col("kind").replace_strict(words, return_dtype=pl.String),
        region=pl.col("region").cast(pl.String),
        headcount=(pl.col("people") - pl.col("i") % 3).clip(0),
        labour_dispatch=pl.col("i") % 131 == 0,
        audit_findings=pl.lit(False),
    )


def months(units: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a contributions part: 24 a unit; one in a thousand lacks its last month."""
    rows = units.select("i", "unit_no", "people", "spread").join(
        pl.DataFrame({"month": MONTHS}, schema={"month": pl.Int32}), how="cross"
    )
    last = pl.col("month") == 202212
    shrinks = last & (pl.col("i") % 19 == 0)
    late = (pl.col("i") % 23 == 0) & (pl.col("month") < 202203)
    due = pl.col("headcount") * (pl.col("spread") % 9973 + 4000)
    rows = rows.filter(~(last & (pl.col("i") % 1000 == 500)))
    rows = rows.with_columns(headcount=(pl.col("people") - pl.when(shrinks).then(3).otherwise(0)).clip(0))
    return rows.select(
        "unit_no",
        "month",
        "headcount",
        due=due,
        paid=pl.when(late).then(0).otherwise(due),
        repaid=pl.when(late).then(due).otherwise(0),
        exempt=pl.lit(0, dtype=pl.Int64),
    )
