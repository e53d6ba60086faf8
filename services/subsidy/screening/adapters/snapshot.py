"""The manifest of a snapshot as canonical JSON, and its parts as columns."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from pydantic import TypeAdapter

from services.chassis.blobstore import BlobStore
from services.contracts.values import BlobRef, Year
from services.subsidy.policy.domain import Policy
from services.subsidy.screening.adapters.columns import EMPLOYERS, MONTHS, annual_facts, decide, unit_facts
from services.subsidy.screening.domain import Snapshot, Source
from services.subsidy.screening.store import FACT_COLUMNS

NAMES = ("unit_no", "unit_name", "credit_code")
KEPT = (*NAMES, "region", *FACT_COLUMNS, "outcome", "amount", "ratio")
_SNAPSHOT = TypeAdapter(Snapshot)
_NO_MONTHS = pl.LazyFrame(schema=dict.fromkeys(MONTHS, pl.Int64))


def put_snapshot(blobs: BlobStore, snapshot: Snapshot) -> BlobRef:
    """Keep the manifest; its sha256 is the digest of the snapshot."""
    return blobs.put("screening/snapshots", _SNAPSHOT.dump_json(snapshot))


def read_snapshot(blobs: BlobStore, manifest: BlobRef) -> Snapshot:
    """Return the snapshot that a manifest names; every byte of it is checked against its digest."""
    return _SNAPSHOT.validate_json(blobs.read(manifest))


@dataclass(frozen=True)
class Decided:
    """The verdicts on all units of a chunk (VERDICT_COLUMNS), and their NAMES; both by unit number."""

    verdicts: pl.DataFrame
    names: pl.DataFrame


def decide_partitions(
    blobs: BlobStore, snapshot: Snapshot, partitions: tuple[int, ...], policy: Policy
) -> Decided:
    """Return the verdicts on all units of some partitions."""
    read = _read(blobs, snapshot.employers, partitions, dict.fromkeys((*EMPLOYERS, *NAMES)))
    assert read is not None, "a chunk has units"
    employers = read.collect()
    annual = [_annual_facts(blobs, snapshot, partition, policy.base_year) for partition in partitions]
    lists = (_read_list(blobs, source) for source in (snapshot.dishonest, snapshot.zombie))
    facts = unit_facts(employers.lazy(), pl.concat(annual).lazy(), *lists)
    return Decided(decide(policy, facts), employers.select(NAMES).sort("unit_no"))


def _annual_facts(blobs: BlobStore, snapshot: Snapshot, partition: int, base_year: Year) -> pl.DataFrame:
    """One partition at a time: the months are most of the memory, and no unit has some in two partitions."""
    months = [_read(blobs, source, (partition,), MONTHS) for source in snapshot.contributions]
    there = [frame for frame in months if frame is not None] or [_NO_MONTHS]
    return annual_facts(there, base_year).collect(engine="streaming")


def put_facts(blobs: BlobStore, decided: Decided) -> BlobRef:
    """Keep the facts of the units of a chunk apart from the rules, as KEPT, by unit number."""
    numbered = decided.verdicts.with_columns(pl.col("unit_no").cast(pl.Int64))
    assert numbered["unit_no"].equals(decided.names["unit_no"]), "a verdict for each unit"
    content = io.BytesIO()
    numbered.hstack(decided.names.drop("unit_no")).select(KEPT).write_parquet(content, compression="zstd")
    return blobs.put("screening/facts", content.getvalue())


def _read_list(blobs: BlobStore, source: Source | None) -> pl.LazyFrame | None:
    if source is None:
        return None
    listed = _read(blobs, source, (0,), ("credit_code",))
    return pl.LazyFrame(schema={"credit_code": pl.String}) if listed is None else listed


def _read(
    blobs: BlobStore, source: Source, partitions: tuple[int, ...], columns: Iterable[str]
) -> pl.LazyFrame | None:
    chosen = [part.blob for part in source.parts if part.partition in partitions]
    frames = [pl.scan_parquet(io.BytesIO(blobs.read(blob))) for blob in chosen]
    if not frames:
        return None
    there = set(frames[0].collect_schema().names())  # older files lack a column
    return pl.concat(frames).select(name for name in columns if name in there)
