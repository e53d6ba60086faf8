"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchApproved,
    BatchRequested,
    BatchState,
    BatchView,
    MakeBatch,
    ReturnBatch,
)
from services.contracts.values import BatchId
from services.subsidy.approval.domain import Batch, require_done, require_maker
from services.subsidy.approval.store import batches, decisions, items
from services.subsidy.approval.views import batch_view
from services.subsidy.policy import store as policy_store
from services.subsidy.screening import store as screening_store


def make_batch(uow: UnitOfWork, command: MakeBatch) -> BatchView:
    """Begin a batch over a finished run; the worker fills it. The batch takes the id of its command."""
    region = require_maker(actor=uow.actor, filter=command.filter)
    screening = screening_store.get_screening(uow, command.screening_id)
    require_done(state=screening.state)
    year, version = screening.programme_year, screening.policy_version
    policy = policy_store.get_version(uow, year, version).policy
    batch = Batch(
        id=BatchId(command.id),
        number=decisions.next_number(uow, "PL", year),
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
    )
    batches.add_batch(uow, batch)
    decisions.record_decision(uow, command.name, batch.id, command.id)
    uow.publish(BatchRequested(at=uow.now, batch_id=batch.id))
    return batch_view(batch)


def approve_batch(uow: UnitOfWork, command: ApproveBatch) -> BatchView:
    """Another clerk approves what it looked at; the worker makes the refunds."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch = batch.approve(by=uow.actor, count=command.count, amount=command.amount, at=uow.now)
    batches.save_batch(uow, batch)
    decisions.record_decision(uow, command.name, batch.id, command.id)
    uow.publish(BatchApproved(at=uow.now, batch_id=batch.id))
    return batch_view(batch)


def return_batch(uow: UnitOfWork, command: ReturnBatch) -> BatchView:
    """Another clerk sends a batch back; its units are free again."""
    batch = batches.get_batch_alone(uow, command.batch_id)
    batch = batch.send_back(by=uow.actor, reason=command.reason, at=uow.now)
    batches.save_batch(uow, batch)
    items.free_items(uow, batch.id)
    decisions.record_decision(uow, command.name, batch.id, command.id)
    return batch_view(batch)
