"""Months of contributions over columns: what a file adds and replaces. A month is never removed."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from services.chassis.blobstore import BlobStore
from services.subsidy.registry.domain import Part
from services.subsidy.versions.domain import MONTH_FIELDS, MOST_MONTHS

_KEY = ("unit_no", "month")
_NO_MONTHS = pl.DataFrame(schema=dict.fromkeys((*_KEY, *MONTH_FIELDS), pl.Int64))
_NO_CHANGES = pl.DataFrame(
    schema={
        "unit_no": pl.String,
        "month": pl.Int64,
        "field": pl.String,
        "before": pl.Int64,
        "after": pl.Int64,
    }
)


@dataclass
class MonthsTally:
    """Counts and the first changes, kept while partitions pass."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    paid_before: int = 0
    paid_after: int = 0
    units: dict[str, int] = field(default_factory=lambda: {"added": 0, "changed": 0, "unchanged": 0})
    fields: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MONTH_FIELDS, 0))
    first: pl.DataFrame = field(default_factory=lambda: _NO_CHANGES)

    def take(self, before: pl.DataFrame, now: pl.DataFrame) -> None:
        """Hold a partition of a file against what counted before it."""
        joined = now.join(before.with_columns(known=True), on=_KEY, how="left", suffix="_before")
        different = {name: pl.col(name) != pl.col(f"{name}_before") for name in MONTH_FIELDS}
        joined = joined.with_columns(
            is_new=pl.col("known").is_null(),
            is_changed=pl.any_horizontal(different.values()).fill_null(False),
        )
        self._count(joined, before)
        changed = joined.filter("is_changed")
        for name, expression in different.items():
            self.fields[name] += changed.filter(expression).height
        pieces = [_long(changed.filter(expression), name) for name, expression in different.items()]
        self.first = pl.concat([self.first, *pieces]).sort("unit_no", "month", "field").head(MOST_MONTHS)

    def counts(self) -> dict[str, object]:
        """Return the counts as they are kept."""
        months = {name: getattr(self, name) for name in ("added", "changed", "unchanged")}
        months |= {"paid_before": self.paid_before, "paid_after": self.paid_after}
        fields = {name: count for name, count in self.fields.items() if count}
        return {**self.units, "removed": 0, "fields": fields, "months": months}

    def _count(self, joined: pl.DataFrame, before: pl.DataFrame) -> None:
        self.added += int(joined["is_new"].sum())
        self.changed += int(joined["is_changed"].sum())
        self.unchanged += joined.filter(~pl.col("is_new"), ~pl.col("is_changed")).height
        self.paid_after += int(joined["paid"].sum())
        self.paid_before += int(joined["paid_before"].sum())
        units = joined.group_by("unit_no").agg(touched=(pl.col("is_new") | pl.col("is_changed")).any())
        known = units.filter(pl.col("unit_no").is_in(before["unit_no"].unique().implode()))
        touched = int(known["touched"].sum())
        self.units["added"] += units.height - known.height
        self.units["changed"] += touched
        self.units["unchanged"] += known.height - touched


def months_at(blobs: BlobStore, versions: Iterable[Sequence[Part]], partition: int) -> pl.DataFrame:
    """Return the months of a partition as they counted, of several versions: a later one wins."""
    blobs_of = [part.blob for parts in versions for part in parts if part.partition == partition]
    frames = [_read(blobs.read(blob)) for blob in blobs_of]
    if not frames:
        return _NO_MONTHS
    return pl.concat(frames).unique(_KEY, keep="last", maintain_order=True)


def _read(content: bytes) -> pl.DataFrame:
    frame = pl.read_parquet(io.BytesIO(content)).select(*_KEY, *MONTH_FIELDS)
    return frame.with_columns(pl.all().cast(pl.Int64))


def _long(changed: pl.DataFrame, name: str) -> pl.DataFrame:
    return changed.select(
        pl.col("unit_no").cast(pl.String),
        "month",
        field=pl.lit(name),
        before=pl.col(f"{name}_before"),
        after=pl.col(name),
    )
