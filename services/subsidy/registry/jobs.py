"""Loading a file: read it into parts, put them away, and only then let the import count."""

import io
import tempfile
from pathlib import Path

import polars as pl

from services.chassis.blobstore import BlobMissing
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.registry import ImportKind, ImportLoaded, ImportReceived
from services.contracts.values import BlobRef
from services.subsidy.registry import store
from services.subsidy.registry.adapters.files import Spool, new_spool
from services.subsidy.registry.adapters.lines import Unreadable
from services.subsidy.registry.adapters.sizes import with_sizes
from services.subsidy.registry.domain import Import, Part

TABLES = {
    ImportKind.EMPLOYERS: store.units,
    ImportKind.DISHONEST: store.list_entries,
    ImportKind.ZOMBIE: store.list_entries,
}


def load_import(job: Job, event: ImportReceived) -> None:
    """Load a file. Interrupted, it begins again and skips the parts that are in the ledger."""
    with job.unit_of_work() as uow:
        one = store.get_import(uow, event.import_id, alone=True)
        if one.is_finished:
            return
        store.save_import(uow, one.begin())
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        spool = new_spool(Path(folder) / "spool", one.kind)
        try:
            _read(job, one, spool, Path(folder) / "file.csv")
        except Unreadable as problem:
            _fail(job, one, problem)
            return
        for partition, rows in spool.partitions():
            _keep_part(job, one, spool, partition, rows)
        _finish(job, one, spool)


def _read(job: Job, one: Import, spool: Spool, path: Path) -> None:
    spool.folder.mkdir()
    try:
        job.blobs.download(one.blob, path)
    except BlobMissing:
        raise Unreadable("file_missing") from None
    spool.read(path)
    path.unlink()


def _keep_part(job: Job, one: Import, spool: Spool, partition: int, rows: pl.DataFrame) -> None:
    """Put a part into the blob store (nothing personal), then its rows into their table, once."""
    if one.kind is ImportKind.EMPLOYERS:
        rows = with_sizes(rows)
    parquet = io.BytesIO()
    rows.drop(spool.layout.personal).write_parquet(parquet, compression="zstd")
    part = Part(partition, rows.height, job.blobs.put("registry/parts", parquet.getvalue()))
    table = TABLES.get(one.kind)
    if table is not None and "unit_no" in rows.columns:
        rows = rows.with_columns(pl.col("unit_no").cast(pl.String))
    with job.unit_of_work() as uow:
        if store.add_part(uow, one.id, part) and table is not None:
            store.add_rows(uow, table, one.id, rows.columns, rows.iter_rows(buffer_size=1000))


def _finish(job: Job, one: Import, spool: Spool) -> None:
    rejects: BlobRef | None = None
    if path := spool.merge_rejects():
        with path.open("rb") as file:
            rejects = job.blobs.put("registry/rejects", file)
    with job.unit_of_work() as uow:
        one = store.get_import(uow, one.id, alone=True)
        if not one.is_finished:
            done = one.finish(total=spool.total, accepted=spool.accepted, rejects=rejects, at=uow.now)
            if one.kind is ImportKind.EMPLOYERS:
                store.apply_account_changes(uow, one)
            store.save_import(uow, done)
            uow.publish(ImportLoaded(at=uow.now, import_id=one.id, kind=one.kind))


def _fail(job: Job, one: Import, problem: Unreadable) -> None:
    with job.unit_of_work() as uow:
        one = store.get_import(uow, one.id, alone=True)
        if not one.is_finished:
            store.save_import(uow, one.fail(problem=problem.code, facts=problem.facts, at=uow.now))
