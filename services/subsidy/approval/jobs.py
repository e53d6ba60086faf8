"""The heavy part, in the worker: filling a batch, making its refunds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from services.chassis.blobstore import BlobMissing
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.approval import BatchApproved, BatchRequested, BatchState, RefundsApproved
from services.contracts.values import BatchId, BlobRef, UnitNo
from services.subsidy.approval.adapters.unit_list import UnreadableList, read_units
from services.subsidy.approval.domain import MOST_LINES, Batch, control_totals, first_look
from services.subsidy.approval.store import batches, items, lines, refunds


def fill_batch(job: Job, event: BatchRequested) -> None:
    """Take the lines in one statement, read them once as a stream, fix the control totals."""
    with job.read() as uow:
        batch = batches.get_batch(uow, event.batch_id)
    if batch.state is not BatchState.FILLING:
        return
    try:
        if batch.units:
            _list_units(job, batch.id, _read_list(job, batch.units))
    except UnreadableList as problem:
        _give_up(job, batch.id, problem.code)
        return
    _take(job, batch.id)
    if batch.units:
        with job.unit_of_work() as uow:
            lines.judge_lines(uow, batch)
    with job.read() as uow:
        totals = control_totals(items.stream_lines(uow, batch.id))
        left_out = items.count_left_out(uow, batch.id)
        outcomes = (lines.count_lines if batch.units else lines.count_units)(uow, batch)
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, batch.id)
        batches.save_batch(uow, batch.freeze(totals=totals, left_out=left_out, outcomes=outcomes))


def _read_list(job: Job, units: BlobRef) -> list[tuple[int, UnitNo | None]]:
    try:
        return read_units(job.blobs.read(units), MOST_LINES)
    except BlobMissing:
        raise UnreadableList("file_missing") from None


def _list_units(job: Job, batch_id: BatchId, listed: Sequence[tuple[int, UnitNo | None]]) -> None:
    """Keep the lines of a file; they wait for their outcome."""
    with job.unit_of_work() as uow:
        if not lines.has_lines(uow, batch_id):
            lines.add_lines(uow, batch_id, first_look(listed))


def _take(job: Job, batch_id: BatchId) -> None:
    """Take what can be taken. Changes of accounts wait for us meanwhile: do nothing else here."""
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, batch_id)
        if batch.state is BatchState.FILLING:
            items.fill_batch(uow, batch)


def _give_up(job: Job, batch_id: BatchId, reason: str) -> None:
    with job.unit_of_work() as uow:
        batch = batches.get_batch_alone(uow, batch_id)
        batches.save_batch(uow, batch.give_up(reason=reason))


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
        waiting = items.next_items(uow, batch, job.settings.refunds_per_message)
        if waiting:
            unit_nos = [line.unit_no for line in waiting]
            ids = dict(zip(unit_nos, refunds.refund_ids(batch.programme_year, unit_nos), strict=True))
            made = refunds.add_refunds(uow, batch, ids)
            uow.publish_json(RefundsApproved, refunds_approved(batch, waiting, ids, at=uow.now))
            batch = batch.with_refunds(count=made, up_to=unit_nos[-1])
        else:
            batch = batch.finish()
        batches.save_batch(uow, batch)
        return bool(waiting)


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
