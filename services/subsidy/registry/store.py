"""Imports, their parts, and the insured units of each version of the registry.

An import is a version: its rows carry its id and count from the moment it is DONE. The latest DONE employers
import is the registry of today; older ones stay as the screenings saw them. Monthly contributions lie in the
blob store only (24 rows a unit), one Parquet part for each partition of unit numbers.

Of bank accounts the later word counts. A change is written into the registry of its moment, and into imports
that were received before it and finish after it; an import that is received after it is the newer statement
and wins, even with the old account.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, bulk_insert, insert_if_new
from services.chassis.sealing import SealedText, fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.registry import FileFormat, ImportKind, ImportState
from services.contracts.values import BlobRef, CreditCode, ImportId, SizeClass, UnitNo, UnitType
from services.subsidy.registry.domain import AccountChange, Import, Part, Preview, SampleRow, SizeFrom, Unit
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

import_previews = sa.Table(
    "import_previews",
    metadata,
    sa.Column("import_id", sa.ForeignKey(imports.c.id), primary_key=True),
    sa.Column("header", SealedText, nullable=False),
    sa.Column("header_key", sa.String(64), nullable=False, index=True, info={"keyed": ("header", "header")}),
    sa.Column("content", SealedText),  # gone when the import waits no more
)

import_parts = sa.Table(
    "import_parts",
    metadata,
    sa.Column("import_id", sa.ForeignKey(imports.c.id), primary_key=True),
    sa.Column("partition", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("key", sa.String(201), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),  # no foreign key: it is dear for millions of rows
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("unit_type", words(UnitType), nullable=False),
    sa.Column("size_class", words(SizeClass)),
    sa.Column("industry", sa.String(100)),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("headcount", sa.Integer),
    sa.Column("labour_dispatch", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("audit_findings", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("account_name", sa.String(100)),
    sa.Column("account", SealedText),
    sa.Column("bank", sa.String(100)),
    sa.Column("contact", sa.String(100)),
    sa.Column("phone", SealedText),
    sa.Column("employees", sa.Integer),
    sa.Column("revenue", sa.BigInteger),
    sa.Column("assets", sa.BigInteger),
    sa.Column("size_from", words(SizeFrom)),
)
sa.Index("units_of_employer", units.c.import_id, units.c.credit_code)

list_entries = sa.Table(
    "list_entries",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.String(18), primary_key=True),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("listed_on", sa.Date, nullable=False),
)


account_changes = sa.Table(
    "account_changes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("unit_no", sa.String(12), nullable=False),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("account_name", sa.String(100), nullable=False),
    sa.Column("account", SealedText, nullable=False),
    sa.Column("bank", sa.String(100), nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("by_name", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("address", sa.String(45), nullable=False),
    sa.Column("message_id", sa.String(36), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)
sa.Index("account_changes_of_unit", account_changes.c.unit_no, account_changes.c.at, unique=True)


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


def add_preview(uow: UnitOfWork, import_id: ImportId, preview: Preview) -> None:
    """Keep the preview of an import that is going to wait; again, it changes nothing."""
    header = _header(preview.columns)
    row = {"import_id": import_id, "header": header, "header_key": fingerprint(f"header:{header}")}
    insert_if_new(uow.connection, import_previews, **row, content=json.dumps(asdict(preview)))


def get_preview(uow: UnitOfWork, import_id: ImportId) -> Preview:
    """Return the preview of an import that waits."""
    query = sa.select(import_previews.c.content).filter_by(import_id=import_id)
    values = json.loads(uow.connection.execute(query).scalar_one())
    rows = tuple(SampleRow(row["line"], tuple(row["cells"]), row["broken"]) for row in values["rows"])
    return Preview(values["header_line"], tuple(values["columns"]), values["mapping"], rows)


def forget_preview(uow: UnitOfWork, import_id: ImportId) -> None:
    """Drop the first lines of an import that waits no more: they are personal."""
    mine = import_previews.c.import_id == import_id
    uow.connection.execute(import_previews.update().where(mine).values(content=None))


def get_earlier_mapping(uow: UnitOfWork, kind: ImportKind, columns: Sequence[str]) -> dict[str, str] | None:
    """Return what a clerk confirmed last for a file of this kind with the same columns."""
    key = fingerprint(f"header:{_header(columns)}")
    query = sa.select(imports.c.mapping).join(import_previews).where(import_previews.c.header_key == key)
    confirmed = query.where(imports.c.kind == kind, imports.c.mapping.is_not(None)).order_by(*_latest())
    found = uow.connection.execute(confirmed.limit(1)).scalar_one_or_none()
    return None if found is None else json.loads(found)


def _header(columns: Sequence[str]) -> str:
    return json.dumps(columns, ensure_ascii=False)


def list_imports(uow: UnitOfWork, limit: int) -> list[Import]:
    """Return the latest imports."""
    return [
        _import(row) for row in uow.connection.execute(sa.select(imports).order_by(*_latest()).limit(limit))
    ]


def list_done(uow: UnitOfWork, kind: ImportKind) -> list[Import]:
    """Return the imports of a kind that count, the latest first."""
    done = (imports.c.kind == kind) & (imports.c.state == ImportState.DONE)
    return [
        _import(row) for row in uow.connection.execute(sa.select(imports).where(done).order_by(*_latest()))
    ]


def add_part(uow: UnitOfWork, import_id: ImportId, part: Part) -> bool:
    """Enter a part into the ledger of an import; False when it has been there before."""
    return insert_if_new(uow.connection, import_parts, import_id=import_id, **_part_row(part))


def add_rows(
    uow: UnitOfWork,
    table: sa.Table,
    import_id: ImportId,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Add rows of an import to its table."""
    bulk_insert(uow.connection, table, ("import_id", *columns), ((import_id, *row) for row in rows))


def list_parts(uow: UnitOfWork, import_id: ImportId) -> list[Part]:
    """Return the parts of an import in the order of partitions."""
    query = sa.select(import_parts).where(import_parts.c.import_id == import_id)
    rows = uow.connection.execute(query.order_by(import_parts.c.partition))
    return [_part(row) for row in rows]


def current_employers() -> sa.ScalarSelect[Any]:
    """Return the id of the employers import that counts today, to be used within a query."""
    done = (imports.c.kind == ImportKind.EMPLOYERS) & (imports.c.state == ImportState.DONE)
    return sa.select(imports.c.id).where(done).order_by(*_latest()).limit(1).scalar_subquery()


def get_unit(uow: UnitOfWork, unit_no: UnitNo) -> Unit:
    """Return an insured unit as the registry of today has it."""
    found = get_units(uow, [unit_no])
    if not found:
        raise Missing("unit_missing", "there is no such insured unit", unit_no=unit_no)
    return found[unit_no]


def get_units(uow: UnitOfWork, unit_nos: Sequence[UnitNo]) -> dict[UnitNo, Unit]:
    """Return insured units of today by their numbers (a few thousand at most)."""
    chosen = (units.c.import_id == current_employers()) & units.c.unit_no.in_(unit_nos)
    return {row.unit_no: _unit(row) for row in uow.connection.execute(sa.select(units).where(chosen))}


def list_units(uow: UnitOfWork, credit_code: CreditCode) -> list[Unit]:
    """Return the insured units of an employer as the registry of today has them."""
    chosen = (units.c.import_id == current_employers()) & (units.c.credit_code == credit_code)
    query = sa.select(units).where(chosen).order_by(units.c.unit_no)
    return [_unit(row) for row in uow.connection.execute(query)]


def hold_unit(uow: UnitOfWork, unit_no: UnitNo) -> None:
    """Let nobody else change this unit, and no import become the registry of today, before we commit."""
    loading = imports.c.state.in_([ImportState.RECEIVED, ImportState.WAITING, ImportState.LOADING])
    coming = sa.select(imports.c.id).where(imports.c.kind == ImportKind.EMPLOYERS, loading)
    uow.connection.execute(coming.order_by(imports.c.id).with_for_update(read=True)).all()
    unit = sa.select(units.c.unit_no).filter_by(import_id=current_employers(), unit_no=unit_no)
    uow.connection.execute(unit.with_for_update(key_share=True)).all()


def add_account_change(uow: UnitOfWork, change: AccountChange) -> None:
    """Keep a change for ever, and let it count in the registry of its moment."""
    uow.connection.execute(account_changes.insert().values(vars(change)))
    done = (imports.c.kind == ImportKind.EMPLOYERS) & (imports.c.state == ImportState.DONE)
    then = sa.select(imports.c.id).where(done, imports.c.received_at <= change.at)
    _set_account(uow, then.order_by(*_latest()).limit(1).scalar_subquery(), change)


def apply_account_changes(uow: UnitOfWork, one: Import) -> None:
    """Let the changes count that were made since this import was received, the last of a unit last."""
    since = sa.select(account_changes).where(account_changes.c.at >= one.received_at)
    for row in uow.connection.execute(since.order_by(account_changes.c.at)).all():
        _set_account(uow, sa.literal(one.id, sa.Uuid), AccountChange(**row._mapping))


def get_last_change(uow: UnitOfWork, unit_no: UnitNo) -> AccountChange | None:
    """Return the last change of a unit's account, in force or not."""
    return _last_change(uow, account_changes.c.unit_no == unit_no)


def get_change_in_force(uow: UnitOfWork, unit: Unit) -> AccountChange | None:
    """Return the change that gave a unit the account it has today; None: the registry's file did."""
    received = sa.select(imports.c.received_at).where(imports.c.id == current_employers()).scalar_subquery()
    mine = (account_changes.c.unit_no == unit.unit_no) & (account_changes.c.credit_code == unit.credit_code)
    return _last_change(uow, mine & (account_changes.c.at >= received))


def _last_change(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> AccountChange | None:
    query = sa.select(account_changes).where(which).order_by(account_changes.c.at.desc()).limit(1)
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else AccountChange(**row._mapping)


def _set_account(uow: UnitOfWork, import_id: sa.ColumnElement[Any], change: AccountChange) -> None:
    """A unit that has come to another employer meanwhile keeps what the file says."""
    unit = (units.c.import_id == import_id) & (units.c.unit_no == change.unit_no)
    mine = unit & (units.c.credit_code == change.credit_code)
    account = {"account_name": change.account_name, "account": change.account, "bank": change.bank}
    uow.connection.execute(units.update().where(mine).values(account))


def _latest() -> tuple[Any, Any]:
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


def _part_row(part: Part) -> dict[str, Any]:
    return {"partition": part.partition, "rows": part.rows, **part.blob.model_dump()}


def _part(row: sa.Row[Any]) -> Part:
    return Part(row.partition, row.rows, BlobRef(key=row.key, sha256=row.sha256, size=row.size))


def _unit(row: sa.Row[Any]) -> Unit:
    values = dict(row._mapping)
    del values["import_id"]
    return Unit(**values)
