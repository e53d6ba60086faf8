"""Loading a file: read it into parts, put them away, and only then let the import count."""

import io
import tempfile
from dataclasses import replace
from pathlib import Path

import polars as pl

from services.chassis.blobstore import BlobMissing
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.registry import ImportConfirmed, ImportKind, ImportLoaded, ImportReceived
from services.contracts.values import BlobRef
from services.subsidy.registry import store
from services.subsidy.registry.adapters.blocks import Source, Unreadable
from services.subsidy.registry.adapters.columns import Layout
from services.subsidy.registry.adapters.files import Spool, new_spool
from services.subsidy.registry.adapters.headers import can_be_mapped
from services.subsidy.registry.adapters.previews import preview_of
from services.subsidy.registry.adapters.sizes import with_sizes
from services.subsidy.registry.adapters.sources import open_source, places
from services.subsidy.registry.domain import Import, Part, Rejects

TABLES = {
    ImportKind.EMPLOYERS: store.units,
    ImportKind.DISHONEST: store.list_entries,
    ImportKind.ZOMBIE: store.list_entries,
}


def load_import(job: Job, event: ImportReceived | ImportConfirmed) -> None:
    """Load a file, or let it wait for a clerk. Interrupted, it begins again and skips the parts that are in
    the ledger."""
    with job.unit_of_work() as uow:
        one = store.get_import(uow, event.import_id, alone=True)
        if one.is_at_rest:
            return
        store.save_import(uow, one.begin())
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        spool = new_spool(Path(folder) / "spool", one.kind)
        spool.folder.mkdir()
        try:
            source = _open(job, one, spool.layout, Path(folder) / "file")
            if _must_wait(one, source, spool.layout):
                _wait(job, one, source, spool.layout)
                return
            spool.take(source, places(source, spool.layout, one.mapping))
        except Unreadable as problem:
            _fail(job, one, problem)
            return
        for partition, rows in spool.partitions():
            _keep_part(job, one, spool, partition, rows)
        _finish(job, one, spool, source)


def _open(job: Job, one: Import, layout: Layout, path: Path) -> Source:
    try:
        job.blobs.download(one.blob, path)
    except BlobMissing:
        raise Unreadable("file_missing") from None
    return open_source(path, layout)


def _must_wait(one: Import, source: Source, layout: Layout) -> bool:
    """Does a clerk have to say which column is which? Not for a file with too few of them: it fails."""
    if one.mapping is not None:
        return False
    return can_be_mapped(source.names, layout) or (one.preview and bool(places(source, layout, None)))


def _wait(job: Job, one: Import, source: Source, layout: Layout) -> None:
    """Keep the first lines for a clerk; what one said of the same header before is proposed again."""
    preview = preview_of(source, layout)
    with job.unit_of_work() as uow:
        now = store.get_import(uow, one.id, alone=True)
        if now.is_at_rest or now.mapping is not None:
            return
        earlier = store.get_earlier_mapping(uow, one.kind, preview.columns)
        store.add_preview(uow, one.id, replace(preview, mapping=earlier) if earlier else preview)
        store.save_import(uow, now.recognise(format=source.format, encoding=source.encoding).wait())


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


def _finish(job: Job, one: Import, spool: Spool, source: Source) -> None:
    files = spool.write_rejects(source)
    rejects = Rejects(*(_keep(job, path) for path in files)) if files else None
    with job.unit_of_work() as uow:
        one = store.get_import(uow, one.id, alone=True)
        if not one.is_at_rest:
            done = one.finish(total=spool.total, accepted=spool.accepted, rejects=rejects, at=uow.now)
            if one.kind is ImportKind.EMPLOYERS:
                store.apply_account_changes(uow, one)
            store.save_import(uow, done.recognise(format=source.format, encoding=source.encoding))
            uow.publish(ImportLoaded(at=uow.now, import_id=one.id, kind=one.kind))


def _keep(job: Job, path: Path) -> BlobRef:
    with path.open("rb") as file:
        return job.blobs.put("registry/rejects", file)


def _fail(job: Job, one: Import, problem: Unreadable) -> None:
    with job.unit_of_work() as uow:
        one = store.get_import(uow, one.id, alone=True)
        if not one.is_at_rest:
            store.save_import(uow, one.fail(problem=problem.code, facts=problem.facts, at=uow.now))
