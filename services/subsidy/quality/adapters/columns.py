"""What only shows when all units lie side by side: shared accounts, phones, codes and names; jumps.

Values are compared by short hashes with a key that lives as long as the check and is kept nowhere.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from services.chassis.blobstore import BlobStore
from services.contracts.subsidy.quality import FindingKind
from services.contracts.values import BlobRef
from services.subsidy.quality.domain import EMPLOYERS_OF_A_PHONE, Finding, is_jump, usual_province
from services.subsidy.registry.domain import Unit

BLOCK = 50_000
_SCHEMA = {
    "unit_no": pl.Int64,
    "code": pl.UInt64,
    "name": pl.UInt64,
    "account": pl.UInt64,
    "phone": pl.UInt64,
    "headcount": pl.Int64,
}
_SHARED = {  # column: what it is when several employers have it, and how many are too many
    "account": (FindingKind.SHARED_ACCOUNT, 2),
    "phone": (FindingKind.SHARED_PHONE, EMPLOYERS_OF_A_PHONE + 1),
    "name": (FindingKind.SHARED_NAME, 2),
}


@dataclass
class Gathered:
    """All units of an import as numbers: about 50 bytes each."""

    key: bytes = field(default_factory=lambda: os.urandom(16), repr=False)
    waiting: list[tuple[int | None, ...]] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)

    def take(self, unit: Unit) -> None:
        """Add a unit."""
        hashed = (self._hash(value) for value in (unit.credit_code, unit.unit_name, unit.account, unit.phone))
        self.waiting.append((int(unit.unit_no), *hashed, unit.headcount))
        if len(self.waiting) == BLOCK:
            self._pack()

    def frame(self) -> pl.DataFrame:
        """Return all units that were taken."""
        self._pack()
        return pl.concat(self.frames)

    def _pack(self) -> None:
        self.frames.append(pl.DataFrame(self.waiting, schema=_SCHEMA, orient="row"))
        self.waiting = []

    def _hash(self, value: str | None) -> int | None:
        if value is None:
            return None
        return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8, key=self.key).digest())


def findings_among(units: pl.DataFrame, december: pl.DataFrame) -> Iterator[Finding]:
    """Yield what is found by comparing units with each other, and with their latest December."""
    yield from _found(
        units.with_columns(units=pl.len().over("code")).filter(pl.col("units") > 1),
        FindingKind.SHARED_CODE,
        ("units",),
    )
    for column, (kind, too_many) in _SHARED.items():
        counted = units.filter(pl.col(column).is_not_null())
        counted = counted.with_columns(employers=pl.col("code").n_unique().over(column))
        yield from _found(counted.filter(pl.col("employers") >= too_many), kind, ("employers",))
    jumps = units.join(december, on="unit_no").filter(pl.col("headcount").is_not_null())
    for unit_no, now, month, before in jumps.select("unit_no", "headcount", "month", "before").iter_rows():
        if is_jump(before, now):
            facts = {"month": month, "before": before, "now": now}
            yield Finding(str(unit_no), FindingKind.HEADCOUNT_JUMP, facts)
    yield from _elsewhere(units)


def december_headcounts(blobs: BlobStore, imports: Iterable[Iterable[BlobRef]]) -> pl.DataFrame:
    """Return unit_no, month, before (the headcount) of the latest December of all contributions.

    `imports`: their parts, the earliest import first: a later one wins.
    """
    frames = [_decembers(blobs.read(blob)) for parts in imports for blob in parts]
    if not frames:
        return pl.DataFrame(schema={"unit_no": pl.Int64, "month": pl.Int64, "before": pl.Int64})
    months = pl.concat(frames)
    latest = months.filter(pl.col("month") == pl.col("month").max())
    return latest.unique("unit_no", keep="last", maintain_order=True)


def _decembers(content: bytes) -> pl.DataFrame:
    """Return the last December of each unit in a part."""
    months = pl.read_parquet(io.BytesIO(content), columns=["unit_no", "month", "headcount"])
    months = months.filter(pl.col("month") % 100 == 12).cast(pl.Int64)
    months = months.filter(pl.col("month") == pl.col("month").max())
    return months.select("unit_no", "month", before="headcount")


def _elsewhere(units: pl.DataFrame) -> Iterator[Finding]:
    """Yield the units whose numbers begin with another province than nearly all."""
    province = (pl.col("unit_no") // 10**10).cast(pl.String)
    counts = units.group_by(province=province).len()
    usual = usual_province(dict(counts.iter_rows()))
    if usual is not None:
        strangers = units.filter(province != usual).with_columns(usual=pl.lit(usual))
        yield from _found(strangers, FindingKind.OTHER_REGION, ("usual",))


def _found(units: pl.DataFrame, kind: FindingKind, names: tuple[str, ...]) -> Iterator[Finding]:
    for unit_no, *values in units.select("unit_no", *names).iter_rows():
        yield Finding(str(unit_no), kind, dict(zip(names, values, strict=True)))
