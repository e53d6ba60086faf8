"""The heavy part, in the worker: filling a batch, making its refunds."""

from typing import Any

from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.subsidy.approval import (
    ApprovedRefund,
    BatchApproved,
    BatchRequested,
    BatchState,
    RefundsApproved,
)
from services.contracts.values import BatchId
from services.subsidy.approval.domain import Batch, control_totals
from services.subsidy.approval.store import batches, items, refunds


def fill_batch(job: Job, event: BatchRequested) -> None:
    """Take the lines in one statement, read them once as a stream, fix the control totals."""
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, event.batch_id)
        if batch.state is not BatchState.FILLING:
            return
        items.fill_batch(uow, batch)
    with job.read() as uow:
        totals = control_totals(items.stream_lines(uow, batch.id))
        left_out = items.count_left_out(uow, batch.id)
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, batch.id)
        batches.save_batch(uow, batch.freeze(totals=totals, left_out=left_out))


def make_refunds(job: Job, event: BatchApproved) -> None:
    """Make the refunds chunk by chunk; after an interruption go on behind the last chunk."""
    while _make_chunk(job, event.batch_id):
        pass


def _make_chunk(job: Job, batch_id: BatchId) -> bool:
    """Make the next refunds, tell of them, count them: one transaction. False when there is nothing to do."""
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, batch_id)
        if batch.state is not BatchState.APPROVING:
            return False
        lines = items.next_items(uow, batch, job.settings.refunds_per_message)
        if lines:
            rows = refunds.refunds_of(batch, lines)
            refunds.add_refunds(uow, rows)
            _publish(uow, batch, rows)
            batch = batch.with_refunds(count=len(lines), up_to=lines[-1]["unit_no"])
        else:
            batch = batch.finish()
        batches.save_batch(uow, batch)
        return bool(lines)


def _publish(uow: UnitOfWork, batch: Batch, rows: list[dict[str, Any]]) -> None:
    """Tell whom these refunds concern."""
    approved = tuple(
        ApprovedRefund(
            refund_id=row["id"],
            number=row["number"],
            employer=row["credit_code"],
            unit_name=row["unit_name"],
            amount=row["amount"],
            phone=row["phone"],
        )
        for row in rows
    )
    uow.publish(
        RefundsApproved(
            at=uow.now,
            batch_id=batch.id,
            programme_year=batch.programme_year,
            deadline=batch.deadline,
            refunds=approved,
        )
    )
