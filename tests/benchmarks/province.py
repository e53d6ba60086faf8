"""A province through import and screening: `python -m tests.benchmarks.province 100000 [database url]`.

Makes N units × 24 months as clerks would send them (GB18030, CRLF, one broken line in a thousand), runs the
jobs of the subsidy worker on them in this process, and prints seconds and peak memory. The database must be
empty; SQLite in a temporary folder unless said otherwise.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import polars as pl

from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.blobstore import BlobStore
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.schema import outbox
from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.subsidy.registry import ImportKind, ImportReceived, ReceiveImport
from services.contracts.subsidy.screening import ChunkFrozen, ScreeningStarted, StartScreening
from services.contracts.values import ImportId, ScreeningId
from services.subsidy import seed
from services.subsidy.registry import handlers as registry
from services.subsidy.registry import jobs as registry_jobs
from services.subsidy.registry.adapters.columns import LAYOUTS, SIZE_CLASSES
from services.subsidy.registry.store import get_import
from services.subsidy.screening import handlers as screening
from services.subsidy.screening import jobs as screening_jobs
from services.subsidy.screening.store import get_screening, list_verdicts
from tests.people import APPROVER

STEP = 20_000
NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIELD_KEYS = "k1:" + "A" * 43 + "="
MONTHS = [year * 100 + month for year in (2021, 2022) for month in range(1, 13)]


def write_files(folder: Path, count: int) -> None:
    """Write the four files."""
    files = {kind: (folder / f"{kind}.csv").open("wb") for kind in ImportKind}
    for kind, file in files.items():
        file.write((",".join(LAYOUTS[kind].expected) + "\r\n").encode("gb18030"))
    for start in range(0, count, STEP):
        units = make_units(start, min(start + STEP, count))
        _append(files[ImportKind.EMPLOYERS], employers_lines(units))
        _append(files[ImportKind.CONTRIBUTIONS], contributions_lines(units))
        for kind, every in ((ImportKind.DISHONEST, 97), (ImportKind.ZOMBIE, 211)):
            listed = units.filter(pl.col("i") % every == 0)
            _append(files[kind], listed.select("code", "name", day=pl.lit("2023-05-01")))
    for file in files.values():
        file.close()


def make_units(start: int, end: int) -> pl.DataFrame:
    """Return units with valid numbers and codes; what varies follows from their place."""
    return complete_units(number_units(start, end))


def complete_units(numbers: pl.DataFrame) -> pl.DataFrame:
    """Return numbered units with what else a unit has."""
    units = numbers.with_columns(
        spread=pl.col("i") * 2654435761 % 2**32, region=pl.col("unit_no") // 1_000_000, kind=pl.col("i") % 40
    )
    units = units.with_columns(
        name=pl.format("河南省𬭎{}号有限公司", "i"),
        people=pl.col("spread") % 97 + 1,
        code=pl.format("91{}{}", "region", pl.col("i").cast(pl.String).str.zfill(8)),
    )
    inner = _check(units, "code", 8, (3, 7, 9, 10, 5, 8, 4, 2), 11)
    units = units.with_columns(
        code=pl.concat_str("code", inner.replace_strict(dict(enumerate("0123456789X"))))
    )
    whole = _check(units, "code", 0, tuple(pow(3, place, 31) for place in range(17)), 31)
    return units.with_columns(code=pl.concat_str("code", whole.replace_strict(dict(enumerate(ALPHABET)))))


def number_units(start: int, end: int) -> pl.DataFrame:
    """Return i and unit_no."""
    region = 410100 + pl.col("i") % 17 * 100 + pl.col("i") // 17 % 9 + 1
    i = pl.int_range(start, end, eager=True).alias("i").to_frame()
    return i.with_columns(unit_no=region * 1_000_000 + pl.col("i") % 1_000_000)


def _check(units: pl.DataFrame, code: str, start: int, weights: tuple[int, ...], modulus: int) -> pl.Series:
    values = {character: place for place, character in enumerate(ALPHABET if modulus == 31 else "0123456789")}
    digits = [
        pl.col(code).str.slice(start + place, 1).replace_strict(values, return_dtype=pl.Int64) * weight
        for place, weight in enumerate(weights)
    ]
    return units.select(check=(modulus - pl.sum_horizontal(digits) % modulus) % modulus)["check"]


def employers_lines(units: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of employers.csv; every thousandth has a wrong phone."""
    sizes = dict(enumerate([*SIZE_CLASSES, ""] + ["微型"] * 35))
    phone = pl.when(pl.col("i") % 1000 == 999).then(pl.lit("0371-1234")).otherwise(pl.lit("13800138000"))
    yes_no = pl.when(pl.col("i") % 131 == 0).then(pl.lit("是")).otherwise(pl.lit("否"))
    return units.select(
        "unit_no",
        "code",
        "name",
        pl.lit("企业").alias("type"),
        pl.lit("制造业").alias("industry"),
        pl.col("kind").replace_strict(sizes, return_dtype=pl.String).alias("size"),
        "region",
        (pl.col("people") - pl.col("i") % 3).clip(0).alias("now"),
        yes_no.alias("dispatch"),
        pl.lit("否").alias("audit"),
        pl.col("name").alias("account_name"),
        (pl.col("spread") + 620000000000).alias("account"),
        pl.lit("中国银行").alias("bank"),
        pl.lit("张敏").alias("contact"),
        phone.alias("phone"),
    )


def contributions_lines(units: pl.DataFrame) -> pl.DataFrame:
    """Return 24 lines a unit; every thousandth unit has a broken amount in its last month."""
    months = units.join(pl.DataFrame({"month": MONTHS}), how="cross")
    shrinks = (pl.col("month") == 202212) & (pl.col("i") % 19 == 0)
    people = (pl.col("people") - pl.when(shrinks).then(3).otherwise(0)).clip(0)
    fen = pl.col("people") * (pl.col("spread") % 9973 + 4000)
    due = pl.format("{}.{}", fen // 100, (fen % 100).cast(pl.String).str.zfill(2))
    broken = (pl.col("i") % 1000 == 500) & (pl.col("month") == 202212)
    late = (pl.col("i") % 23 == 0) & (pl.col("month") < 202203)
    return months.select(
        "unit_no",
        "month",
        people.alias("people"),
        due.alias("due"),
        pl.when(broken).then(pl.lit("一百元")).when(late).then(pl.lit("0")).otherwise(due).alias("paid"),
        pl.when(late).then(due).otherwise(pl.lit("0")).alias("repaid"),
        pl.lit("0").alias("exempt"),
    )


def _append(file: object, lines: pl.DataFrame) -> None:
    text = lines.write_csv(include_header=False, line_terminator="\r\n", quote_style="never")
    file.write(text.encode("gb18030"))  # type: ignore[attr-defined]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took, on the clock and of this process's CPU, and its peak memory so far."""
    begin, cpu = time.perf_counter(), time.process_time()
    yield
    took, cpu = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:40}{took:8.1f} s   {cpu:6.1f} s CPU   peak {peak:4.0f} MB", flush=True)


def load(job: Job, kind: ImportKind, path: Path) -> None:
    """Hand in a file and load it."""
    with path.open("rb") as file:
        blob = job.blobs.put("uploads", file)
    command = ReceiveImport(id=new_id(), kind=kind, filename=path.name, blob=blob)
    with job.database.write() as connection:
        registry.receive_import(UnitOfWork(connection, NOW, APPROVER), command)
    with timed(f"import {kind} ({blob.size / 1e6:.0f} MB)"):
        registry_jobs.load_import(job, ImportReceived(at=NOW, import_id=ImportId(command.id)))
    with job.read() as uow:
        one = get_import(uow, ImportId(command.id))
    print(f"    {one.state}: {one.total} lines = {one.accepted} accepted + {one.rejected} rejected")


def screen(job: Job) -> ScreeningId:
    """Run a screening, one worker."""
    command = StartScreening(id=new_id(), programme_year=2023)
    with job.database.write() as connection:
        screening.start_screening(UnitOfWork(connection, NOW, APPROVER), command)
    screening_id = ScreeningId(command.id)
    with timed("screening"):
        screening_jobs.freeze_registry(job, ScreeningStarted(at=NOW, screening_id=screening_id))
        with job.read() as uow:
            key = outbox.c.routing_key == ChunkFrozen.routing_key()
            bodies = uow.connection.scalars(outbox.select().with_only_columns(outbox.c.body).where(key)).all()
        for body in bodies:
            screening_jobs.screen_chunk(job, ChunkFrozen.model_validate(body))
    with job.read() as uow:
        run = get_screening(uow, screening_id)
    print(f"    {run.state}: {run.chunks} chunks, {run.units} units = {run.eligible} eligible")
    print(f"    + {run.ineligible} ineligible + {run.unknown} unknown; {run.amount / 100:,.2f} yuan")
    return screening_id


def main() -> None:
    """Make, import, screen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", type=int)
    parser.add_argument("url", nargs="?", default="")
    options = parser.parse_args()
    sealing.configure(FIELD_KEYS)
    with tempfile.TemporaryDirectory(prefix="province-") as name:
        folder = Path(name)
        with timed(f"making the files of {options.units} units"):
            maker = multiprocessing.get_context("spawn").Process(
                target=write_files, args=(folder, options.units)
            )
            maker.start()
            maker.join()
            assert maker.exitcode == 0
        database = Database(options.url or f"sqlite:///{folder}/province.db")
        chain_of("subsidy").upgrade(database)
        settings = SimpleNamespace(environment="development", units_per_chunk=50_000)
        job = Job(settings, BlobStore.at(f"file://{folder}/blobs"), lambda: NOW, database)
        seed.seed(job)
        for kind in ImportKind:
            load(job, kind, folder / f"{kind}.csv")
        screening_id = screen(job)
        query = SimpleNamespace(screening_id=screening_id, after=None, outcome=None, find="", limit=50)
        with timed("a page of verdicts"), job.read() as uow:
            list_verdicts(uow, query, "41")  # type: ignore[arg-type]
        database.close()


if __name__ == "__main__":
    main()
