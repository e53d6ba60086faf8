"""The lines of the file that a batch was made of, and what became of each; totals of what became of units."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.database import bulk_insert
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import LineOutcome, ListBatchLines
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import BatchId, UnitNo, region_prefix
from services.subsidy.approval.domain import Batch
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.items import batch_items, chosen_by
from services.subsidy.approval.store.listed import batch_lines
from services.subsidy.registry.store import units
from services.subsidy.screening.store import screenings, verdicts

_MINE = batch_items.alias("mine")

Row = tuple[int, UnitNo | None, LineOutcome | None]


def has_lines(uow: UnitOfWork, batch_id: BatchId) -> bool:
    """Are the lines of this batch here already?"""
    query = sa.select(batch_lines.c.line).where(batch_lines.c.batch_id == batch_id).limit(1)
    return uow.connection.execute(query).first() is not None


def add_lines(uow: UnitOfWork, batch_id: BatchId, rows: Iterable[Row]) -> None:
    """Add the lines of a file; those without an outcome wait for `judge_lines`."""
    columns = ("batch_id", "line", "unit_no", "outcome")
    bulk_insert(uow.connection, batch_lines, columns, ((batch_id, *row) for row in rows))


def judge_lines(uow: UnitOfWork, batch: Batch) -> None:
    """Give every line that waits its outcome, after the batch has taken what it can.

    What could be taken, and was not, another batch holds; one that was given back a moment ago has no name.
    """
    unit_no = batch_lines.c.unit_no
    outside = unit_no.notlike(f"{region_prefix(batch.region)}%")
    unknown = sa.case((outside, LineOutcome.OUTSIDE_REGION.value), else_=LineOutcome.NOT_IN_RUN.value)
    # Values, not joins: before statistics are made PostgreSQL would join all the lines with each other.
    outcome = sa.func.coalesce(_outcome_of(batch, unit_no).scalar_subquery(), unknown)
    waiting = (batch_lines.c.batch_id == batch.id) & batch_lines.c.outcome.is_(None)
    uow.connection.execute(batch_lines.update().where(waiting).values(outcome=outcome))
    holder = sa.select(batches.c.number).join(batch_items, batch_items.c.batch_id == batches.c.id)
    holds = (batch_items.c.held == unit_no) & (batch_items.c.programme_year == batch.programme_year)
    held = (batch_lines.c.batch_id == batch.id) & (batch_lines.c.outcome == LineOutcome.HELD)
    held &= batch_lines.c.held_by.is_(None)
    number = holder.where(holds).correlate(batch_lines).scalar_subquery()
    uow.connection.execute(batch_lines.update().where(held).values(held_by=number))


def count_lines(uow: UnitOfWork, batch: Batch) -> dict[LineOutcome, int]:
    """Return how many lines had each outcome."""
    query = sa.select(batch_lines.c.outcome, sa.func.count()).where(batch_lines.c.batch_id == batch.id)
    rows = uow.connection.execute(query.group_by(batch_lines.c.outcome))
    return {outcome: count for outcome, count in rows}


def count_units(uow: UnitOfWork, batch: Batch) -> dict[LineOutcome, int]:
    """Return what became of all eligible units of the region of a batch that was made without a file."""
    mine = (_MINE.c.batch_id == batch.id) & (_MINE.c.unit_no == verdicts.c.unit_no)
    outcome = _outcome(batch).label("became")
    query = sa.select(outcome, sa.func.count()).select_from(verdicts).join(_MINE, mine, isouter=True)
    query = query.where(verdicts.c.screening_id == batch.screening_id)
    query = query.where(verdicts.c.outcome == Outcome.ELIGIBLE, _is_within(batch, verdicts.c.region))
    return {LineOutcome(found): count for found, count in uow.connection.execute(query.group_by("became"))}


def list_lines(uow: UnitOfWork, query: ListBatchLines, batch: Batch) -> Sequence[sa.Row[Any]]:
    """Return a page of lines and the one after it, with the names of the units within the region."""
    page = sa.select(batch_lines).where(batch_lines.c.batch_id == batch.id)
    page = page.where(batch_lines.c.line > (query.after or 0))
    if query.outcome:
        page = page.where(batch_lines.c.outcome == query.outcome)
    line = page.order_by(batch_lines.c.line).limit(query.limit + 1).subquery("line")
    employers = sa.select(screenings.c.employers_import_id).where(screenings.c.id == batch.screening_id)
    named = (units.c.import_id == employers.scalar_subquery()) & (units.c.unit_no == line.c.unit_no)
    named &= line.c.outcome != LineOutcome.OUTSIDE_REGION
    mine = (_MINE.c.batch_id == batch.id) & (_MINE.c.unit_no == line.c.unit_no)
    joined = line.join(_MINE, mine, isouter=True).join(units, named, isouter=True)
    found = sa.select(line, units.c.unit_name, _MINE.c.missing, _MINE.c.held_out).select_from(joined)
    return uow.connection.execute(found.order_by(line.c.line)).all()


def _outcome_of(batch: Batch, unit_no: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Select what became of a unit that the run knows."""
    mine = (_MINE.c.batch_id == batch.id) & (_MINE.c.unit_no == verdicts.c.unit_no)
    became = sa.case(
        (~_is_within(batch, verdicts.c.region), LineOutcome.OUTSIDE_REGION.value),
        (verdicts.c.outcome == Outcome.INELIGIBLE, LineOutcome.INELIGIBLE.value),
        (verdicts.c.outcome == Outcome.UNKNOWN, LineOutcome.UNKNOWN.value),
        else_=_outcome(batch),
    )
    query = sa.select(became).select_from(verdicts.join(_MINE, mine, isouter=True))
    verdict = (verdicts.c.screening_id == batch.screening_id) & (verdicts.c.unit_no == unit_no)
    return query.where(verdict).correlate(batch_lines)


def _outcome(batch: Batch) -> sa.ColumnElement[str]:
    """Return what became of an eligible unit."""
    return sa.case(
        (verdicts.c.amount == 0, LineOutcome.NOTHING.value),
        (_MINE.c.missing == "", LineOutcome.TAKEN.value),
        (_MINE.c.missing != "", LineOutcome.LEFT_OUT.value),
        (sa.and_(*chosen_by(batch)), LineOutcome.HELD.value),
        else_=LineOutcome.FILTERED.value,
    )


def _is_within(batch: Batch, region: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return region.startswith(region_prefix(batch.region))
