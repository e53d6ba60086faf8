"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchApproved,
    BatchRequested,
    BatchState,
    BatchView,
    HoldOutItem,
    MakeBatch,
    ReturnBatch,
    TakeItemBack,
    WithdrawBatch,
)
from services.contracts.values import BatchId
from services.subsidy.approval.domain import Batch, Line, control_totals, require_list, require_maker
from services.subsidy.approval.store import batches, items
from services.subsidy.approval.store.numbers import next_number
from services.subsidy.approval.store.refunds import refund_id
from services.subsidy.approval.views import batch_view
from services.subsidy.decisions.store import record_decision
from services.subsidy.policy import store as policy_store
from services.subsidy.screening.steps import release


def make_batch(uow: UnitOfWork, command: MakeBatch) -> BatchView:
    """Begin a batch over a finished run; the worker fills it. The batch takes the id of its command."""
    region = require_maker(actor=uow.actor, filter=command.filter)
    require_list(units=command.units)
    screening = release(uow, command.screening_id)
    year, version = screening.programme_year, screening.policy_version
    policy = policy_store.get_version(uow, year, version).policy
    batch = Batch(
        id=BatchId(command.id),
        number=next_number(uow, "PL", year),
        screening_id=screening.id,
        programme_year=year,
        base_year=policy.base_year,
        policy_version=version,
        policy_digest=screening.policy_digest,
        deadline=policy.deadline,
        region=region,
        filter=command.filter,
        state=BatchState.FILLING,
        maker=uow.actor.id,
        maker_name=uow.actor.name,
        made_at=uow.now,
        units=command.units,
    )
    batches.add_batch(uow, batch)
    record_decision(uow, command.name, batch.id, command.id)
    uow.publish(BatchRequested(at=uow.now, batch_id=batch.id))
    return batch_view(batch)


def hold_out_item(uow: UnitOfWork, command: HoldOutItem) -> BatchView:
    """Keep a unit out of a batch that waits for its check."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch.require_change(by=uow.actor)
    line = items.get_line(uow, batch.id, command.unit_no).hold_out(reason=command.reason)
    return _save_change(uow, command, batch, line, held_out=1)


def take_item_back(uow: UnitOfWork, command: TakeItemBack) -> BatchView:
    """Let a unit count again that was held out, if no other batch has taken it."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch.require_change(by=uow.actor)
    line = items.get_line(uow, batch.id, command.unit_no).take_back()
    return _save_change(uow, command, batch, line, held_out=-1)


def withdraw_batch(uow: UnitOfWork, command: WithdrawBatch) -> BatchView:
    """Its maker takes a batch back before the check; its units are free again."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch = batch.withdraw(by=uow.actor, reason=command.reason)
    batches.save_batch(uow, batch)
    items.free_items(uow, batch.id)
    record_decision(uow, command.name, batch.id, command.id)
    return batch_view(batch)


def approve_batch(uow: UnitOfWork, command: ApproveBatch) -> BatchView:
    """Another clerk approves what it looked at; the worker makes the refunds."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    seen = {"count": command.count, "amount": command.amount, "digest": command.digest}
    batch = batch.approve(by=uow.actor, at=uow.now, **seen)
    batches.save_batch(uow, batch)
    record_decision(uow, command.name, batch.id, command.id)
    uow.publish(BatchApproved(at=uow.now, batch_id=batch.id))
    return batch_view(batch)


def return_batch(uow: UnitOfWork, command: ReturnBatch) -> BatchView:
    """Another clerk sends a batch back; its units are free again."""
    remarks = {each.unit_no: each.reason for each in command.items}
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch = batch.send_back(by=uow.actor, reason=command.reason, at=uow.now, remarks=len(remarks))
    batches.save_batch(uow, batch)
    items.save_remarks(uow, batch.id, remarks)
    items.free_items(uow, batch.id)
    record_decision(uow, command.name, batch.id, command.id)
    return batch_view(batch)


def _save_change(
    uow: UnitOfWork, command: HoldOutItem | TakeItemBack, batch: Batch, line: Line, held_out: int
) -> BatchView:
    """Save a line and the totals that follow from it; write the decision down for batch and refund."""
    items.save_line(uow, batch.id, line)
    totals = control_totals(items.stream_lines(uow, batch.id))
    batch = batch.change(by=uow.actor, totals=totals, held_out=held_out)
    batches.save_batch(uow, batch)
    record_decision(uow, command.name, batch.id, command.id)
    refund = refund_id(batch.programme_year, line.unit_no)
    record_decision(uow, command.name, refund, command.id)
    return batch_view(batch)
