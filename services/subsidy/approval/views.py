"""What is seen of batches."""

from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import (
    BatchesView,
    BatchItemsView,
    BatchItemView,
    BatchLinesView,
    BatchLineView,
    BatchView,
    GetBatch,
    LineOutcome,
    ListBatches,
    ListBatchItems,
    ListBatchLines,
    OutcomeCountView,
)
from services.contracts.subsidy.incomplete import IncompleteUnitsView, IncompleteUnitView, ListIncompleteUnits
from services.contracts.values import RefundId, Region, mask_phone
from services.subsidy.approval.domain import Batch, require_caller, require_done, require_onlooker
from services.subsidy.approval.store import batches, incomplete, items, lines
from services.subsidy.approval.store.refunds import refund_id
from services.subsidy.screening.store import get_screening


def get_batch(uow: UnitOfWork, query: GetBatch) -> BatchView:
    """Show a batch to a clerk of its region."""
    batch = batches.get_batch(uow, query.batch_id)
    require_onlooker(actor=uow.actor, region=batch.region)
    return batch_view(batch)


def list_batches(uow: UnitOfWork, query: ListBatches) -> BatchesView:
    """Show the latest batches within the clerk's region."""
    region: Region = uow.actor.region
    require_onlooker(actor=uow.actor, region=region)
    return BatchesView(batches=tuple(map(batch_view, batches.list_batches(uow, region, query.limit))))


def list_batch_items(uow: UnitOfWork, query: ListBatchItems) -> BatchItemsView:
    """Show a page of a batch: the lines that count, or the units left out or held out, and why."""
    batch = batches.get_batch(uow, query.batch_id)
    require_onlooker(actor=uow.actor, region=batch.region)
    rows = items.list_items(uow, query)
    page = tuple(
        BatchItemView(
            unit_no=row.unit_no,
            unit_name=row.unit_name,
            credit_code=row.credit_code,
            base=row.base,
            ratio=row.ratio,
            amount=row.amount,
            missing=tuple(row.missing.split()),
            held_out=row.held_out,
            refund_id=_refund_of(batch, row),
            remark=row.remark,
        )
        for row in rows[: query.limit]
    )
    return BatchItemsView(items=page, next_after=page[-1].unit_no if len(rows) > query.limit else None)


def list_batch_lines(uow: UnitOfWork, query: ListBatchLines) -> BatchLinesView:
    """Show a page of the file that a batch was made of, with what became of each line."""
    batch = batches.get_batch(uow, query.batch_id)
    require_onlooker(actor=uow.actor, region=batch.region)
    rows = lines.list_lines(uow, query, batch)
    page = tuple(
        BatchLineView(
            line=row.line,
            unit_no=row.unit_no,
            unit_name=row.unit_name,
            outcome=row.outcome,
            missing=tuple(row.missing.split()) if row.outcome is LineOutcome.LEFT_OUT else (),
            held_by=row.held_by,
            refund_id=_refund_of(batch, row) if row.outcome is LineOutcome.TAKEN else None,
        )
        for row in rows[: query.limit]
    )
    return BatchLinesView(lines=page, next_after=page[-1].line if len(rows) > query.limit else None)


def _refund_of(batch: Batch, row: sa.Row[Any]) -> RefundId | None:
    """Return the refund of a line that counts, once it is made."""
    if row.missing or row.held_out is not None or not batch.has_refund(row.unit_no):
        return None
    return refund_id(batch.programme_year, row.unit_no)


def list_incomplete_units(uow: UnitOfWork, query: ListIncompleteUnits) -> IncompleteUnitsView:
    """Show whom to ask for what before a batch is made, within the clerk's region or a part of it."""
    region = query.region or uow.actor.region
    require_caller(actor=uow.actor, region=region)
    screening = get_screening(uow, query.screening_id)
    require_done(state=screening.state)
    year = screening.programme_year
    totals = incomplete.count_incomplete(uow, query, year, region) if query.with_totals else None
    # To look for what is not there takes longest.
    is_known_empty = totals is not None and not incomplete.count_of(totals, query.missing)
    rows = [] if is_known_empty else incomplete.list_incomplete(uow, query, year, region)
    units = tuple(map(_incomplete_unit, rows[: query.limit]))
    return IncompleteUnitsView(
        units=units,
        next_after=units[-1].unit_no if len(rows) > query.limit else None,
        totals=totals,
    )


def _incomplete_unit(row: sa.Row[Any]) -> IncompleteUnitView:
    return IncompleteUnitView(
        unit_no=row.unit_no,
        unit_name=row.unit_name,
        credit_code=row.credit_code,
        region=row.region,
        amount=row.amount,
        missing=incomplete.lacks_of(row),
        contact=row.contact,
        phone_masked=mask_phone(row.phone) if row.phone else None,
    )


def batch_view(batch: Batch) -> BatchView:
    """Return the view of a batch."""
    return BatchView(
        batch_id=batch.id,
        number=batch.number,
        screening_id=batch.screening_id,
        programme_year=batch.programme_year,
        filter=batch.filter,
        state=batch.state,
        count=batch.count,
        amount=batch.amount,
        digest=batch.digest,
        left_out=batch.left_out,
        held_out=batch.held_out,
        refunds_made=batch.refunds_made,
        maker=batch.maker_name or batch.maker,
        made_at=batch.made_at,
        checker=batch.checker_name or batch.checker,
        checked_at=batch.checked_at,
        reason=batch.reason,
        lines=sum(batch.outcomes.values()) if batch.units else 0,
        outcomes=tuple(
            OutcomeCountView(outcome=each, count=batch.outcomes[each])
            for each in LineOutcome
            if batch.outcomes.get(each)
        ),
        remarks=batch.remarks,
        maker_id=batch.maker,
    )
