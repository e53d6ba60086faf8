"""What a clerk is shown of a file that waits, and what clerks have said of the same header before."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from services.chassis.database import insert_if_new
from services.chassis.sealing import SealedText, fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import ImportId
from services.subsidy.registry.domain import Preview, SampleRow
from services.subsidy.registry.store.files import imports, latest
from services.subsidy.schema import metadata

import_previews = sa.Table(
    "import_previews",
    metadata,
    sa.Column("import_id", sa.ForeignKey(imports.c.id), primary_key=True),
    sa.Column("header", SealedText, nullable=False),
    sa.Column("header_key", sa.String(64), nullable=False, index=True, info={"keyed": ("header", "header")}),
    sa.Column("content", SealedText),  # gone when the import waits no more
)


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
    confirmed = query.where(imports.c.kind == kind, imports.c.mapping.is_not(None)).order_by(*latest())
    found = uow.connection.execute(confirmed.limit(1)).scalar_one_or_none()
    return None if found is None else json.loads(found)


def _header(columns: Sequence[str]) -> str:
    return json.dumps(columns, ensure_ascii=False)
