"""One function per message."""

from services.chassis.ids import new_ids
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import RefundsApproved
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.notify.prompts import store
from services.notify.prompts.domain import nudges, raise_prompts


def on_refunds_approved(uow: UnitOfWork, event: RefundsApproved) -> None:
    """Raise a prompt for each refund. Whom to tell by SMS waits with it: see jobs.tell_by_sms."""
    prompts = raise_prompts(ids=new_ids(len(event.refunds)), event=event, at=uow.now)
    store.add_prompts(uow, prompts)
    for nudge in nudges(prompts=prompts, at=uow.now):
        uow.publish(nudge)


def on_refund_confirmed(uow: UnitOfWork, event: RefundConfirmed) -> None:
    """The prompt is done."""
    store.save_answer(uow, event)


def on_refund_waived(uow: UnitOfWork, event: RefundWaived) -> None:
    """The prompt is done."""
    store.save_answer(uow, event)
