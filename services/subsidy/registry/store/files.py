"""Imports, which are files on their way: each a version of what it holds, and counting once it is DONE."""

import json
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.registry import FileFormat, ImportKind, ImportState
from services.contracts.values import BlobRef, ImportId
from services.subsidy.registry.domain import Import
from services.subsidy.schema import metadata, words

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", words(ImportKind), nullable=False),
    sa.Column("filename", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("blob", sa.String(201), nullable=False),
    sa.Column("state", words(ImportState), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("accepted", sa.Integer, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
    sa.Column("rejects", sa.JSON(none_as_null=True)),
    sa.Column("problem", sa.String(60)),
    sa.Column("problem_facts", sa.JSON, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("by_name", sa.String(100), nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False, index=True),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("preview", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("mapping", SealedText),  # names of a file's columns: who forgets the header sends data there
    sa.Column("format", words(FileFormat)),
    sa.Column("encoding", sa.String(20)),
    sa.Column("rejected_lines", sa.JSON(none_as_null=True)),
)
_LIVE = (imports.c.state != ImportState.FAILED) & (imports.c.state != ImportState.DISCARDED)
sa.Index(
    "same_bytes_once",
    imports.c.kind,
    imports.c.sha256,
    unique=True,
    postgresql_where=_LIVE,
    sqlite_where=_LIVE,
)


def add_import(uow: UnitOfWork, new: Import) -> bool:
    """Add an import; False when the same bytes of this kind are here already."""
    return insert_if_new(uow.connection, imports, **_import_row(new))


def save_import(uow: UnitOfWork, changed: Import) -> None:
    """Save the state of an import."""
    uow.connection.execute(imports.update().where(imports.c.id == changed.id).values(_import_row(changed)))


def get_import(uow: UnitOfWork, import_id: ImportId, *, alone: bool = False) -> Import:
    """Return an import; `alone`: nobody else can change it until we commit."""
    query = sa.select(imports).where(imports.c.id == import_id)
    row = uow.connection.execute(query.with_for_update(key_share=True) if alone else query).one_or_none()
    if row is None:
        raise Missing("import_missing", "there is no such import")
    return _import(row)


def get_same_import(uow: UnitOfWork, kind: ImportKind, sha256: str) -> Import:
    """Return the import that holds these bytes."""
    same = (imports.c.kind == kind) & (imports.c.sha256 == sha256) & _LIVE
    return _import(uow.connection.execute(sa.select(imports).where(same)).one())


def list_imports(uow: UnitOfWork, limit: int) -> list[Import]:
    """Return the latest imports."""
    query = sa.select(imports).order_by(*latest()).limit(limit)
    return [_import(row) for row in uow.connection.execute(query)]


def list_done(uow: UnitOfWork, kind: ImportKind) -> list[Import]:
    """Return the imports of a kind that count, the latest first."""
    query = sa.select(imports).where(counting(kind)).order_by(*latest())
    return [_import(row) for row in uow.connection.execute(query)]


def current_employers() -> sa.ScalarSelect[Any]:
    """Return the id of the employers import that counts today, to be used within a query."""
    current = sa.select(imports.c.id).where(counting(ImportKind.EMPLOYERS)).order_by(*latest()).limit(1)
    return current.scalar_subquery()


def counting(kind: ImportKind) -> sa.ColumnElement[bool]:
    """Is it an import of this kind that counts?"""
    return (imports.c.kind == kind) & (imports.c.state == ImportState.DONE)


def latest() -> tuple[Any, Any]:
    """Return the order in which the latest import comes first."""
    return imports.c.received_at.desc(), imports.c.id.desc()


def _import_row(one: Import) -> dict[str, Any]:
    row = {**vars(one), "blob": one.blob.key, "sha256": one.blob.sha256, "size": one.blob.size}
    mapping = None if one.mapping is None else json.dumps(dict(one.mapping))
    blobs = {name: blob and blob.model_dump() for name, blob in _reject_blobs(one).items()}
    return {**row, **blobs, "mapping": mapping}


def _reject_blobs(one: Import) -> dict[str, BlobRef | None]:
    return {"rejects": one.rejects, "rejected_lines": one.rejected_lines}


def _import(row: sa.Row[Any]) -> Import:
    values = dict(row._mapping)
    blob = BlobRef(key=values["blob"], sha256=values.pop("sha256"), size=values.pop("size"))
    for name in ("rejects", "rejected_lines"):
        values[name] = BlobRef(**values[name]) if values[name] else None
    mapping = None if values["mapping"] is None else json.loads(values["mapping"])
    return Import(**{**values, "blob": blob, "mapping": mapping})
