"""The kept facts of a run as columns: read from the blobs once, the last two runs stay in memory."""

import io
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from services.chassis.blobstore import BlobDamaged, BlobMissing, BlobStore
from services.chassis.off_hub import ThreadLock
from services.contracts.errors import Refused
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import BlobRef, Region, ScreeningId, SizeClass, UnitNo, region_prefix
from services.subsidy.policy.domain import FACTS, WORD
from services.subsidy.screening.adapters.snapshot import KEPT

RUNS = 2
_WORDS = [name for name, kind in FACTS.items() if kind == WORD]
_WIDTHS = ((2**7, pl.Int8), (2**15, pl.Int16), (2**31, pl.Int32), (2**63, pl.Int64))


@dataclass(frozen=True)
class Run:
    """The units of a run in the order of their numbers, so that a region is a slice; facts and verdicts.

    `units`: unit_no, unit_name, credit_code, `place` (which of `regions`), all facts, `cell` (place and which
    of `sizes`, as one number), `eligible_before`, `unknown_before`, `payable_before` (fen).
    """

    units: pl.DataFrame
    regions: tuple[Region, ...]
    sizes: tuple[SizeClass | None, ...]

    def within(self, region: str) -> pl.DataFrame:
        """Return the units within a region; "" is everywhere. Nothing is copied."""
        prefix = region_prefix(region)
        return self.between(prefix.ljust(12, "0"), prefix.ljust(12, "9"))

    def between(self, first: UnitNo, last: UnitNo) -> pl.DataFrame:
        """Return the units from a number to a number."""
        numbers = self.units["unit_no"]
        start = int(numbers.search_sorted(int(first), "left"))
        return self.units.slice(start, max(0, int(numbers.search_sorted(int(last), "right")) - start))


_runs: OrderedDict[ScreeningId, Run] = OrderedDict()
_turn = ThreadLock()


def load_run(blobs: BlobStore, screening_id: ScreeningId, refs: Sequence[BlobRef]) -> Run:
    """Return the facts of a run from memory; two who ask at once read it once."""
    with _turn:
        if screening_id not in _runs:
            while len(_runs) >= RUNS:
                _runs.popitem(last=False)  # before reading: never three in memory
            _runs[screening_id] = read_run(blobs, refs)
        _runs.move_to_end(screening_id)
        return _runs[screening_id]


def read_run(blobs: BlobStore, refs: Sequence[BlobRef]) -> Run:
    """Return the facts of a run from its blobs; every byte is checked against its digest."""
    try:
        return run_of(pl.read_parquet(io.BytesIO(blobs.read(ref))) for ref in refs)
    except (BlobMissing, BlobDamaged) as error:
        raise Refused("simulation_facts_lost", "the kept facts of this run cannot be read") from error


def run_of(chunks: Iterable[pl.DataFrame]) -> Run:
    """Return a run made of its chunks, each with the columns KEPT."""
    units = pl.concat([_narrow(chunk) for chunk in chunks]).sort("unit_no")
    regions = (units["unit_no"] // 10**6).unique(maintain_order=True).cast(pl.String)
    sizes = units["size_class"].cast(pl.String).unique(maintain_order=True)
    places = pl.col("place").cast(pl.UInt32) * len(sizes)
    kinds = {size: number for number, size in enumerate(sizes)}
    cells = places + pl.col("size_class").cast(pl.String).replace_strict(kinds, return_dtype=pl.UInt32)
    placed = units.with_columns(place=(pl.col("unit_no") // 10**6).rle_id()).with_columns(cell=cells)
    return Run(placed, tuple(regions), tuple(size and SizeClass(size) for size in sizes))


def _narrow(facts: pl.DataFrame) -> pl.DataFrame:
    """Return facts as small as they fit. A run of a version that knew fewer facts has none to offer."""
    if not set(KEPT) <= set(facts.columns):
        raise Refused("simulation_no_facts", "this run kept too few facts: start a new screening")
    numbers = [pl.col(name).cast(_width(kind)) for name, kind in FACTS.items() if isinstance(kind, int)]
    return facts.select(
        "unit_no",
        "unit_name",
        "credit_code",
        pl.col(_WORDS).cast(pl.Categorical),
        *numbers,
        eligible_before=pl.col("outcome") == Outcome.ELIGIBLE.value,
        unknown_before=pl.col("outcome") == Outcome.UNKNOWN.value,
        payable_before=pl.col("amount"),
    )


def _width(largest: int) -> type[pl.DataType]:
    return next(width for limit, width in _WIDTHS if largest < limit)
