"""The reports on imports of employers, and what was found.

A report is made under an id of its own; whoever makes it anew replaces the id, and the rows of the one that
was replaced go.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, bulk_insert, insert_if_new, stream
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.quality import FindingKind, ListQualityFindings, QualityState
from services.contracts.values import ImportId
from services.subsidy.quality.domain import Finding
from services.subsidy.registry.domain import Unit
from services.subsidy.registry.store import units
from services.subsidy.schema import metadata, words
from services.subsidy.versions.store import numbers_within

import_checks = sa.Table(
    "import_checks",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("check_id", sa.Uuid, nullable=False),
    sa.Column("state", words(QualityState), nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("checked_at", UtcDateTime),
)
quality_findings = sa.Table(
    "quality_findings",
    metadata,
    sa.Column("check_id", sa.Uuid, primary_key=True),
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("kind", words(FindingKind), primary_key=True),
    sa.Column("facts", sa.JSON, nullable=False),
)
sa.Index("findings_of_kind", quality_findings.c.check_id, quality_findings.c.kind, quality_findings.c.unit_no)


def get_check(uow: UnitOfWork, import_id: ImportId) -> sa.Row[Any] | None:
    """Return a report as far as it is; None: nobody has begun."""
    return uow.connection.execute(sa.select(import_checks).filter_by(import_id=import_id)).one_or_none()


def begin(uow: UnitOfWork, import_id: ImportId, check_id: UUID) -> None:
    """Begin a report, or begin it anew."""
    new = {"check_id": check_id, "state": QualityState.WAITING, "units": 0, "counts": {}, "checked_at": None}
    if insert_if_new(uow.connection, import_checks, import_id=import_id, **new):
        return
    held = sa.select(import_checks).filter_by(import_id=import_id).with_for_update()
    earlier = uow.connection.execute(held).one()
    uow.connection.execute(quality_findings.delete().where(quality_findings.c.check_id == earlier.check_id))
    uow.connection.execute(import_checks.update().filter_by(import_id=import_id).values(new))


def add_findings(uow: UnitOfWork, check_id: UUID, findings: Iterable[Finding]) -> bool:
    """Add findings; False when somebody else has begun anew."""
    if not _is_mine(uow, check_id):
        return False
    rows = ((check_id, each.unit_no, each.kind, each.facts) for each in findings)
    bulk_insert(uow.connection, quality_findings, ("check_id", "unit_no", "kind", "facts"), rows)
    return True


def finish(uow: UnitOfWork, check_id: UUID, total: int, counts: dict[str, int]) -> None:
    """Let a report be seen, unless somebody else has begun anew."""
    if _is_mine(uow, check_id):
        done = {"state": QualityState.DONE, "units": total, "counts": counts, "checked_at": uow.now}
        uow.connection.execute(import_checks.update().filter_by(check_id=check_id).values(done))


def stream_units(uow: UnitOfWork, import_id: ImportId) -> Iterator[Unit]:
    """Yield the units of an import in the order of their numbers; sealed values come open."""
    columns = [column for column in units.c if column.name != "import_id"]
    query = sa.select(*columns).where(units.c.import_id == import_id).order_by(units.c.unit_no)
    for row in stream(uow.connection, query):
        yield Unit(**row._mapping)


def list_findings(
    uow: UnitOfWork, check_id: UUID, query: ListQualityFindings, prefix: str
) -> list[sa.Row[Any]]:
    """Return a page of findings with the names of their units, and the one after it."""
    table = quality_findings
    unit = (units.c.import_id == query.import_id) & (units.c.unit_no == table.c.unit_no)
    page = sa.select(table, units.c.unit_name, units.c.credit_code).join(units, unit)
    page = page.where(table.c.check_id == check_id, numbers_within(table.c.unit_no, prefix))
    if query.kind:
        page = page.where(table.c.kind == query.kind)
    if query.after:
        unit_no, _, kind = query.after.partition(".")
        last = sa.tuple_(sa.literal(unit_no), sa.literal(kind))
        page = page.where(sa.tuple_(table.c.unit_no, sa.type_coerce(table.c.kind, sa.String)) > last)
    page = page.order_by(table.c.unit_no, table.c.kind)
    return list(uow.connection.execute(page.limit(query.limit + 1)))


def _is_mine(uow: UnitOfWork, check_id: UUID) -> bool:
    """Does this id still stand? Nobody can replace it until we commit."""
    mine = sa.select(import_checks.c.import_id).filter_by(check_id=check_id)
    return uow.connection.execute(mine.with_for_update()).first() is not None
