"""One function per message."""

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.approval import ApprovedRefund, RefundsApproved
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.contracts.values import PromptId, SmsId
from services.notify.prompts import store
from services.notify.prompts.domain import nudges, raise_prompt
from services.notify.sms import store as sms_store
from services.notify.sms.domain import Sms, approval_sms


def on_refunds_approved(uow: UnitOfWork, event: RefundsApproved) -> None:
    """Raise a prompt for each refund, and tell by SMS those that have a phone and no answer yet."""
    prompts = [
        raise_prompt(id=PromptId(new_id()), event=event, refund=refund, at=uow.now)
        for refund in event.refunds
    ]
    store.add_prompts(uow, prompts)
    answered = store.list_answered(uow, [refund.refund_id for refund in event.refunds])
    waiting = [refund for refund in event.refunds if refund.refund_id not in answered]
    sms_store.add_messages(uow, [_sms(uow, event, refund) for refund in waiting if refund.phone])
    for nudge in nudges(prompts=prompts, at=uow.now):
        uow.publish(nudge)


def on_refund_confirmed(uow: UnitOfWork, event: RefundConfirmed) -> None:
    """The prompt is done."""
    store.save_answer(uow, event)


def on_refund_waived(uow: UnitOfWork, event: RefundWaived) -> None:
    """The prompt is done."""
    store.save_answer(uow, event)


def _sms(uow: UnitOfWork, event: RefundsApproved, refund: ApprovedRefund) -> Sms:
    return approval_sms(
        id=SmsId(new_id()),
        phone=unseal(refund.phone or ""),
        refund_id=refund.refund_id,
        unit_name=refund.unit_name,
        programme_year=event.programme_year,
        amount=refund.amount,
        deadline=event.deadline,
        at=uow.now,
    )
