"""The ledger of the parts of an import, and the rows that come with them."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.database import bulk_insert, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import BlobRef, ImportId
from services.subsidy.registry.domain import Part
from services.subsidy.registry.store.files import imports
from services.subsidy.schema import metadata

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


def _part_row(part: Part) -> dict[str, Any]:
    return {"partition": part.partition, "rows": part.rows, **part.blob.model_dump()}


def _part(row: sa.Row[Any]) -> Part:
    return Part(row.partition, row.rows, BlobRef(key=row.key, sha256=row.sha256, size=row.size))
