"""The lines of a batch. A unit is held by one batch of a programme at most: a unique constraint says so.

`held` is the unit number while the batch holds the unit; NULL: it was left out or held out, or the batch
was returned or withdrawn. `held_out` is the reason why a clerk held it out.
"""

import functools
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.database import stream
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Conflict, Missing
from services.contracts.subsidy.approval import BatchState, ListBatchItems
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import BatchId, CreditCode, Money, ScreeningId, UnitNo, Year, region_prefix
from services.subsidy.approval.domain import Account, Batch, Line
from services.subsidy.approval.store.batches import batches, share_batches
from services.subsidy.approval.store.columns import unit_columns
from services.subsidy.approval.store.listed import batch_lines
from services.subsidy.registry.store import current_employers, units
from services.subsidy.schema import metadata
from services.subsidy.screening.store import screenings, verdicts

_SCREENED = ("unit_no", "unit_type", "size_class", "region", "layoff_rate", "base", "ratio", "amount")
_PAYABLE = ("account", "account_name", "bank", "phone")
_UNDER_WAY = (BatchState.FILLING, BatchState.MADE, BatchState.APPROVING)
WAS, NOW = units.alias("was"), units.alias("now")  # as it was screened, and as the registry has it today

batch_items = sa.Table(
    "batch_items",
    metadata,
    sa.Column("batch_id", sa.ForeignKey(batches.c.id), primary_key=True),
    *unit_columns(complete=False),
    sa.Column("programme_year", sa.Integer, nullable=False),
    sa.Column("missing", sa.String(100), nullable=False),
    sa.Column("held", sa.String(12)),
    sa.Column("held_out", sa.String(200)),
    sa.Column("remark", sa.String(200)),
    sa.UniqueConstraint("held", "programme_year", name="held_once"),
    sa.CheckConstraint("held IS NULL OR held_out IS NULL", name="held_or_held_out"),
)
_HELD_OUT = batch_items.c.held_out.isnot(None)
sa.Index("items_held_out", batch_items.c.unit_no, postgresql_where=_HELD_OUT, sqlite_where=_HELD_OUT)
_LEFT_OUT = batch_items.c.missing != sa.literal_column("''")  # as the index has it, not a parameter
sa.Index(
    "items_left_out",
    batch_items.c.batch_id,
    batch_items.c.unit_no,
    postgresql_where=_LEFT_OUT,
    sqlite_where=_LEFT_OUT,
)
_REMARKED = batch_items.c.remark.isnot(None)
sa.Index(
    "items_remarked",
    batch_items.c.batch_id,
    batch_items.c.unit_no,
    postgresql_where=_REMARKED,
    sqlite_where=_REMARKED,
)


def fill_batch(uow: UnitOfWork, batch: Batch) -> None:
    """Take the eligible units that no batch of the programme holds; of a file those that still wait.

    Who it is and what it gets: as it was screened. Account and contact: as the registry has them today.
    In the order of unit numbers: two batches that are filled at once wait for each other, and never deadlock.
    """
    lines = _eligible_lines(batch)
    dialect = sqlite if uow.connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(batch_items).from_select(lines.selected_columns.keys(), lines)
    uow.connection.execute(insert.on_conflict_do_nothing())


def list_items(uow: UnitOfWork, query: ListBatchItems) -> Sequence[sa.Row[Any]]:
    """Return a page of lines and the one after it: those that count, or are left out, held out, remarked."""
    kind = [_REMARKED] if query.remarked else _lines(query.left_out, query.held_out)
    chosen = (batch_items.c.batch_id == query.batch_id) & (batch_items.c.unit_no > (query.after or ""))
    page = sa.select(batch_items).where(chosen, *kind).order_by(batch_items.c.unit_no)
    return uow.connection.execute(page.limit(query.limit + 1)).all()


def stream_lines(uow: UnitOfWork, batch_id: BatchId) -> Iterator[tuple[UnitNo, Money]]:
    """Yield (unit, amount) of the lines that count, in the order of unit numbers."""
    query = sa.select(batch_items.c.unit_no, batch_items.c.amount).where(batch_items.c.batch_id == batch_id)
    for row in stream(uow.connection, query.where(*_lines()).order_by(batch_items.c.unit_no), 10_000):
        yield row.unit_no, row.amount


def count_left_out(uow: UnitOfWork, batch_id: BatchId) -> int:
    """Return how many units a batch could not take."""
    query = sa.select(sa.func.count()).where(batch_items.c.batch_id == batch_id, *_lines(left_out=True))
    return uow.connection.scalar(query) or 0


def get_line(uow: UnitOfWork, batch_id: BatchId, unit_no: UnitNo) -> Line:
    """Return one line of a batch. Hold the batch alone first."""
    columns = (batch_items.c[name] for name in Line.__dataclass_fields__)
    row = uow.connection.execute(sa.select(*columns).where(_is(batch_id, unit_no))).one_or_none()
    if row is None:
        raise Missing("batch_line_missing", "this unit is not in the batch", unit_no=unit_no)
    return Line(**row._mapping)


def save_line(uow: UnitOfWork, batch_id: BatchId, line: Line) -> None:
    """Hold a unit that counts, free one that is held out. A Conflict when another batch holds it."""
    held = line.unit_no if line.held_out is None else None
    update = batch_items.update().where(_is(batch_id, line.unit_no))
    try:
        uow.connection.execute(update.values(held=held, held_out=line.held_out))
    except sa.exc.IntegrityError as error:
        raise Conflict(
            "held_by_another_batch", "another batch has this unit", unit_no=line.unit_no
        ) from error


def save_remarks(uow: UnitOfWork, batch_id: BatchId, remarks: Mapping[UnitNo, str]) -> None:
    """Keep what is said of lines. Missing when the batch has no such line."""
    here = sa.select(batch_items.c.unit_no).where(batch_items.c.batch_id == batch_id)
    found = set(uow.connection.scalars(here.where(batch_items.c.unit_no.in_(remarks))))
    if unknown := sorted(remarks.keys() - found):
        raise Missing("batch_line_missing", "this unit is not in the batch", unit_no=unknown[0])
    for unit_no, remark in remarks.items():
        uow.connection.execute(batch_items.update().where(_is(batch_id, unit_no)).values(remark=remark))


def free_items(uow: UnitOfWork, batch_id: BatchId) -> None:
    """Let other batches take the units of this one."""
    items = batch_items.update().where(batch_items.c.batch_id == batch_id, batch_items.c.held.isnot(None))
    uow.connection.execute(items.values(held=None))


def hold_batches_of(uow: UnitOfWork, unit_no: UnitNo) -> None:
    """Share the batches that hold this unit, or held it out, and those being filled that may be about to."""
    held: set[BatchId] = set()
    while found := _batches_of(uow, unit_no) - held:
        share_batches(uow, found)  # may wait for one to be filled: then it holds the unit, or does not
        held |= found


def set_account(uow: UnitOfWork, unit_no: UnitNo, credit_code: CreditCode, account: Account) -> None:
    """Change the line of which a refund is still to be made: one held out may be taken back.

    Hold the batches of the unit first.
    """
    waiting = sa.select(batches.c.id).where(batches.c.state.in_(_UNDER_WAY))
    line = _holds_or_held_out(unit_no) & (batch_items.c.credit_code == credit_code)
    mine = batch_items.update().where(line, batch_items.c.batch_id.in_(waiting))
    uow.connection.execute(mine.values(vars(account)))


def next_items(uow: UnitOfWork, batch: Batch, limit: int) -> Sequence[sa.Row[Any]]:
    """Return the next lines of which no refund is made yet, as far as others are told of them.

    Rows of (unit number, credit code, unit name, amount, token of the phone).
    """
    told = ("unit_no", "credit_code", "unit_name", "amount", "phone")
    chosen = (batch_items.c.batch_id == batch.id) & (batch_items.c.unit_no > (batch.made_up_to or ""))
    query = sa.select(*(batch_items.c[name] for name in told)).where(chosen, *_lines())
    return uow.connection.execute(query.order_by(batch_items.c.unit_no).limit(limit)).all()


def _batches_of(uow: UnitOfWork, unit_no: UnitNo) -> set[BatchId]:
    holding = sa.select(batch_items.c.batch_id).where(_holds_or_held_out(unit_no))
    filling = batches.c.state == BatchState.FILLING
    query = sa.select(batches.c.id).where(filling | batches.c.id.in_(holding))
    return set(uow.connection.scalars(query))


def _holds_or_held_out(unit_no: UnitNo) -> sa.ColumnElement[bool]:
    return (batch_items.c.held == unit_no) | (_HELD_OUT & (batch_items.c.unit_no == unit_no))


def _is(batch_id: BatchId, unit_no: UnitNo) -> sa.ColumnElement[bool]:
    return (batch_items.c.batch_id == batch_id) & (batch_items.c.unit_no == unit_no)


def eligible_units(
    columns: Sequence[sa.ColumnElement[Any]], screening_id: ScreeningId, year: Year
) -> sa.Select[Any]:
    """Select columns of verdicts, WAS and NOW for the units that a batch could take, complete or not.

    NOW is empty for a unit that left the registry, or came to another employer.
    """
    same = (NOW.c.import_id == current_employers()) & (NOW.c.unit_no == WAS.c.unit_no)
    screened = WAS.c.import_id == screenings.c.employers_import_id
    taken = sa.select(1).where(batch_items.c.programme_year == year, batch_items.c.held == verdicts.c.unit_no)
    # A value, not EXISTS: before statistics are made PostgreSQL would join all the lines with each other.
    # And unequal, not IS NULL: PostgreSQL takes that for rare, and looks up each unit for itself.
    free = sa.func.coalesce(taken.scalar_subquery(), 0) != 1
    return (
        sa.select(*columns)
        .select_from(verdicts)
        .join(screenings, screenings.c.id == verdicts.c.screening_id)
        .join(WAS, screened & (WAS.c.unit_no == verdicts.c.unit_no))
        .join(NOW, same & (NOW.c.credit_code == WAS.c.credit_code), isouter=True)
        .where(verdicts.c.screening_id == screening_id, verdicts.c.outcome == Outcome.ELIGIBLE)
        .where(verdicts.c.amount > 0, free)
    )


def _eligible_lines(batch: Batch) -> sa.Select[Any]:
    lacks = {"unit": NOW.c.unit_no} | {name: NOW.c[name] for name in _PAYABLE}
    missing = sa.func.trim(
        functools.reduce(
            operator.add, (sa.case((c.is_(None), f"{name} "), else_="") for name, c in lacks.items())
        )
    )
    columns = (
        sa.literal(batch.id, sa.Uuid).label("batch_id"),
        sa.literal(batch.programme_year).label("programme_year"),
        missing.label("missing"),
        sa.case((missing == "", verdicts.c.unit_no)).label("held"),
        WAS.c.credit_code,
        WAS.c.unit_name,
        *(verdicts.c[name] for name in _SCREENED),
        sa.func.coalesce(verdicts.c.headcount_now, verdicts.c.headcount_end, 0).label("headcount"),
        sa.func.coalesce(NOW.c.contact, "").label("contact"),
        *(NOW.c[name] for name in _PAYABLE),
    )
    eligible = eligible_units(columns, batch.screening_id, batch.programme_year)
    within = verdicts.c.region.startswith(region_prefix(batch.region))
    lines = eligible.where(within, *chosen_by(batch)).order_by(verdicts.c.unit_no)
    if batch.units is None:
        return lines
    waiting = (batch_lines.c.batch_id == batch.id) & batch_lines.c.outcome.is_(None)
    return lines.where(verdicts.c.unit_no.in_(sa.select(batch_lines.c.unit_no).where(waiting)))


def chosen_by(batch: Batch) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of the filter but its region."""
    yield sa.true()
    if batch.filter.sizes:
        yield verdicts.c.size_class.in_(batch.filter.sizes)
    if batch.filter.min_amount is not None:
        yield verdicts.c.amount >= batch.filter.min_amount
    if batch.filter.max_amount is not None:
        yield verdicts.c.amount <= batch.filter.max_amount


def _lines(left_out: bool = False, held_out: bool = False) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of the lines that count; or of those left out, or held out."""
    yield _LEFT_OUT if left_out else ~_LEFT_OUT
    yield _HELD_OUT if held_out else ~_HELD_OUT
