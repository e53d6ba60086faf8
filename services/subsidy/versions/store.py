"""What was found different between two versions, and the rows it is found from.

A comparison has an id of its own. Whoever begins anew (a worker died, or a message came twice) takes the pair
over under another id; the rows of the id that was replaced go, and whoever still works under it stops.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, bulk_insert, insert_if_new, stream
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.versions import ChangeKind, DiffState, ListImportChanges
from services.contracts.values import ImportId
from services.subsidy.registry import store as registry
from services.subsidy.registry.store import list_entries, units
from services.subsidy.schema import metadata, words
from services.subsidy.versions.domain import (
    FIELDS,
    LIST_FIELDS,
    MONTH_FIELDS,
    UNIT_FIELDS,
    Change,
    Lineage,
    Row,
)

import_diffs = sa.Table(
    "import_diffs",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),
    sa.Column("against", sa.Uuid, primary_key=True),
    sa.Column("comparison", sa.Uuid, nullable=False),
    sa.Column("state", words(DiffState), nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),  # added, removed, changed, unchanged, fields, months
    sa.Column("finished_at", UtcDateTime),
)
import_changes = sa.Table(
    "import_changes",
    metadata,
    sa.Column("comparison", sa.Uuid, primary_key=True),
    sa.Column("key", sa.String(18), primary_key=True),
    sa.Column("kind", words(ChangeKind), nullable=False),
    sa.Column("mask", sa.Integer, nullable=False),
)
sa.Index("changes_of_kind", import_changes.c.comparison, import_changes.c.kind, import_changes.c.key)
month_changes = sa.Table(
    "month_changes",
    metadata,
    sa.Column("comparison", sa.Uuid, primary_key=True),
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field", sa.String(20), primary_key=True),
    sa.Column("before", sa.BigInteger),
    sa.Column("after", sa.BigInteger),
)


def get_lineage(uow: UnitOfWork, kind: ImportKind) -> Lineage:
    """Return the versions of a kind."""
    return Lineage(tuple(reversed(registry.list_done(uow, kind))))


def get_diff(uow: UnitOfWork, import_id: ImportId, against: ImportId) -> sa.Row[Any] | None:
    """Return a comparison as far as it is; None: nobody has begun."""
    return uow.connection.execute(_pair(import_id, against)).one_or_none()


def begin(uow: UnitOfWork, import_id: ImportId, against: ImportId, comparison: UUID) -> bool:
    """Begin a comparison under a new id, or take it over; False when it is done."""
    key = {"import_id": import_id, "against": against}
    new = {**key, "comparison": comparison, "state": DiffState.WAITING, "counts": {}}
    if insert_if_new(uow.connection, import_diffs, **new):
        return True
    earlier = uow.connection.execute(_pair(import_id, against).with_for_update()).one()
    if earlier.state is DiffState.DONE:
        return False
    for table in (import_changes, month_changes):
        uow.connection.execute(table.delete().where(table.c.comparison == earlier.comparison))
    uow.connection.execute(import_diffs.update().filter_by(**key).values(comparison=comparison))
    return True


def add_changes(uow: UnitOfWork, comparison: UUID, changes: Iterable[Change]) -> bool:
    """Add changes; False when somebody else has taken over."""
    if not _is_mine(uow, comparison):
        return False
    rows = ((comparison, change.key, change.kind, change.mask) for change in changes)
    bulk_insert(uow.connection, import_changes, ("comparison", "key", "kind", "mask"), rows)
    return True


def finish(
    uow: UnitOfWork, comparison: UUID, counts: dict[str, Any], months: Iterable[tuple[Any, ...]] = ()
) -> None:
    """Let a comparison be seen, unless somebody else has taken over."""
    if not _is_mine(uow, comparison):
        return
    names = ("comparison", "unit_no", "month", "field", "before", "after")
    bulk_insert(uow.connection, month_changes, names, ((comparison, *row) for row in months))
    done = {"state": DiffState.DONE, "counts": counts, "finished_at": uow.now}
    uow.connection.execute(import_diffs.update().filter_by(comparison=comparison).values(done))


def stream_rows(uow: UnitOfWork, kind: ImportKind, import_id: ImportId) -> Iterator[Row]:
    """Yield the lines of a version in the order of their keys; sealed values come open."""
    if kind is ImportKind.EMPLOYERS:
        columns = [units.c[name] for name in ("unit_no", *UNIT_FIELDS)]
        query = sa.select(*columns).where(units.c.import_id == import_id).order_by(units.c.unit_no)
        yield from stream(uow.connection, query)
    else:
        columns = [list_entries.c[name] for name in ("credit_code", *LIST_FIELDS)]
        listed = uow.connection.execute(sa.select(*columns).where(list_entries.c.import_id == import_id))
        yield from sorted(listed.all(), key=_key)  # a database may have another idea of the order


def list_changes(uow: UnitOfWork, comparison: UUID, query: ListImportChanges, **chosen: Any) -> list[Any]:
    """Return a page of changes and the one after it. `kind`: of the import; `prefix`: of the keys."""
    table = import_changes
    page = sa.select(table).where(table.c.comparison == comparison, table.c.key > (query.after or ""))
    if query.kind:
        page = page.where(table.c.kind == query.kind)
    if query.field:
        names = FIELDS[chosen["kind"]]
        bit = 1 << names.index(query.field) if query.field in names else 0
        page = page.where(table.c.mask.bitwise_and(bit) != 0)
    page = page.where(numbers_within(table.c.key, chosen["prefix"])).order_by(table.c.key)
    return list(uow.connection.execute(page.limit(query.limit + 1)))


def list_month_changes(
    uow: UnitOfWork, comparison: UUID, query: ListImportChanges, prefix: str
) -> list[sa.Row[Any]]:
    """Return a page of changed fields of months and the one after it."""
    table = month_changes
    mine = numbers_within(table.c.unit_no, prefix)
    page = sa.select(table).where(table.c.comparison == comparison, mine)
    if query.field:
        page = page.where(table.c.field == query.field)
    if query.after:
        unit_no, _, rest = query.after.partition(".")
        month, _, place = rest.partition(".")
        last = (unit_no, int(month or 0), sorted(MONTH_FIELDS)[int(place or 0)])
        page = page.where(sa.tuple_(table.c.unit_no, table.c.month, table.c.field) > last)
    page = page.order_by(table.c.unit_no, table.c.month, table.c.field)
    return list(uow.connection.execute(page.limit(query.limit + 1)))


def rows_of(
    uow: UnitOfWork, kind: ImportKind, import_id: ImportId, keys: Sequence[str]
) -> dict[str, sa.Row[Any]]:
    """Return the lines of a version with these keys (a thousand at most)."""
    table, key = (list_entries, "credit_code") if kind in _LISTS else (units, "unit_no")
    chosen = sa.select(table).where(table.c.import_id == import_id, table.c[key].in_(keys))
    return {row._mapping[key]: row for row in uow.connection.execute(chosen)}


def numbers_within(unit_no: sa.ColumnElement[str], prefix: str) -> sa.ColumnElement[bool]:
    """Do unit numbers begin with these digits ("": all do)? As a range, so that an index leads to them."""
    if not prefix:
        return sa.true()
    return (unit_no >= prefix) & (unit_no < str(int(prefix) + 1))


_LISTS = (ImportKind.DISHONEST, ImportKind.ZOMBIE)


def _key(row: Row) -> str:
    return str(row[0])


def _pair(import_id: ImportId, against: ImportId) -> sa.Select[Any]:
    return sa.select(import_diffs).filter_by(import_id=import_id, against=against)


def _is_mine(uow: UnitOfWork, comparison: UUID) -> bool:
    """Does this id still stand? Nobody can replace it until we commit."""
    mine = sa.select(import_diffs.c.import_id).filter_by(comparison=comparison)
    return uow.connection.execute(mine.with_for_update()).first() is not None
