"""The heavy part, in the worker: filling a batch, making its refunds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from services.chassis.unit_of_work import Job
from services.contracts.subsidy.approval import BatchApproved, BatchRequested, BatchState, RefundsApproved
from services.contracts.values import BatchId, UnitNo
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
            unit_nos = [line.unit_no for line in lines]
            ids = dict(zip(unit_nos, refunds.refund_ids(batch.programme_year, unit_nos), strict=True))
            made = refunds.add_refunds(uow, batch, ids)
            uow.publish_json(RefundsApproved, refunds_approved(batch, lines, ids, at=uow.now))
            batch = batch.with_refunds(count=made, up_to=unit_nos[-1])
        else:
            batch = batch.finish()
        batches.save_batch(uow, batch)
        return bool(lines)


def refunds_approved(batch: Batch, lines: Iterable[Any], ids: dict[UnitNo, str], *, at: datetime) -> str:
    """Return the JSON of RefundsApproved: made of texts at once, without an object for each refund."""
    year = batch.programme_year
    event = {
        "at": at,
        "version": 1,
        "batch_id": batch.id,
        "programme_year": year,
        "deadline": batch.deadline,
        "refunds": [
            {
                "refund_id": ids[unit_no],
                "number": refunds.refund_number(year, unit_no),
                "employer": credit_code,
                "unit_name": unit_name,
                "amount": amount,
                "phone": phone,
            }
            for unit_no, credit_code, unit_name, amount, phone in lines
        ],
    }
    return to_json(event).decode()
