"""The manifest of a snapshot as canonical JSON, and its parts as columns."""

import io

import polars as pl
from pydantic import TypeAdapter

from services.chassis.blobstore import BlobStore
from services.contracts.values import BlobRef
from services.subsidy.policy.domain import Policy
from services.subsidy.screening.adapters.columns import MONTHS, annual_facts, decide, unit_facts
from services.subsidy.screening.domain import Snapshot, Source
from services.subsidy.screening.store import FACT_COLUMNS

KEPT = ("unit_no", "unit_name", "credit_code", "region", *FACT_COLUMNS, "outcome", "amount", "ratio")
_SNAPSHOT = TypeAdapter(Snapshot)
_NO_MONTHS = pl.LazyFrame(schema=dict.fromkeys(MONTHS, pl.Int64))


def put_snapshot(blobs: BlobStore, snapshot: Snapshot) -> BlobRef:
    """Keep the manifest; its sha256 is the digest of the snapshot."""
    return blobs.put("screening/snapshots", _SNAPSHOT.dump_json(snapshot))


def read_snapshot(blobs: BlobStore, manifest: BlobRef) -> Snapshot:
    """Return the snapshot that a manifest names; every byte of it is checked against its digest."""
    return _SNAPSHOT.validate_json(blobs.read(manifest))


def decide_partitions(
    blobs: BlobStore, snapshot: Snapshot, partitions: tuple[int, ...], policy: Policy
) -> pl.DataFrame:
    """Return the verdicts on all units of some partitions, in the order of unit numbers."""
    employers = _read(blobs, snapshot.employers, partitions)
    months = [_read(blobs, source, partitions) for source in snapshot.contributions]
    annual = annual_facts([frame for frame in months if frame is not None] or [_NO_MONTHS], policy.base_year)
    lists = (_read_list(blobs, source) for source in (snapshot.dishonest, snapshot.zombie))
    assert employers is not None, "a chunk has units"
    return decide(policy, unit_facts(employers, annual, *lists))


def put_facts(
    blobs: BlobStore, snapshot: Snapshot, partitions: tuple[int, ...], decided: pl.DataFrame
) -> BlobRef:
    """Keep the facts of the units of some partitions apart from the rules, as KEPT, by unit number."""
    employers = _read(blobs, snapshot.employers, partitions)
    assert employers is not None, "a chunk has units"
    numbered = decided.lazy().with_columns(pl.col("unit_no").cast(pl.Int64))
    named = numbered.join(employers.select("unit_no", "unit_name", "credit_code"), on="unit_no")
    content = io.BytesIO()
    named.select(KEPT).sort("unit_no").collect().write_parquet(content, compression="zstd")
    return blobs.put("screening/facts", content.getvalue())


def _read_list(blobs: BlobStore, source: Source | None) -> pl.LazyFrame | None:
    if source is None:
        return None
    listed = _read(blobs, source, (0,))
    return pl.LazyFrame(schema={"credit_code": pl.String}) if listed is None else listed


def _read(blobs: BlobStore, source: Source, partitions: tuple[int, ...]) -> pl.LazyFrame | None:
    chosen = [part.blob for part in source.parts if part.partition in partitions]
    frames = [pl.read_parquet(io.BytesIO(blobs.read(blob))).lazy() for blob in chosen]
    return pl.concat(frames) if frames else None
