"""Imports, their parts, and the insured units of each version of the registry.

An import is a version: its rows carry its id and count from the moment it is DONE. The latest DONE employers
import is the registry of today; older ones stay as the screenings saw them. Monthly contributions lie in the
blob store only (24 rows a unit), one Parquet part for each partition of unit numbers.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, bulk_insert, insert_if_new
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.values import BlobRef, ImportId, SizeClass, UnitNo, UnitType
from services.subsidy.registry.domain import Import, Part, Unit
from services.subsidy.schema import metadata


def words(enum: Any) -> sa.Enum:
    """Return a column type that stores the words of an enumeration."""
    return sa.Enum(enum, native_enum=False, length=30, values_callable=_values)


def _values(enum: Any) -> list[str]:
    return [member.value for member in enum]


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
)
_LIVE = imports.c.state != ImportState.FAILED
sa.Index(
    "same_bytes_once",
    imports.c.kind,
    imports.c.sha256,
    unique=True,
    postgresql_where=_LIVE,
    sqlite_where=_LIVE,
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


def _latest() -> tuple[Any, Any]:
    return imports.c.received_at.desc(), imports.c.id.desc()


def _import_row(one: Import) -> dict[str, Any]:
    row = {**vars(one), "blob": one.blob.key, "sha256": one.blob.sha256, "size": one.blob.size}
    return {**row, "rejects": one.rejects and one.rejects.model_dump()}


def _import(row: sa.Row[Any]) -> Import:
    values = dict(row._mapping)
    blob = BlobRef(key=values["blob"], sha256=values.pop("sha256"), size=values.pop("size"))
    rejects = BlobRef(**values["rejects"]) if values["rejects"] else None
    return Import(**{**values, "blob": blob, "rejects": rejects})


def _part_row(part: Part) -> dict[str, Any]:
    return {"partition": part.partition, "rows": part.rows, **part.blob.model_dump()}


def _part(row: sa.Row[Any]) -> Part:
    return Part(row.partition, row.rows, BlobRef(key=row.key, sha256=row.sha256, size=row.size))


def _unit(row: sa.Row[Any]) -> Unit:
    values = dict(row._mapping)
    del values["import_id"]
    return Unit(**values)
