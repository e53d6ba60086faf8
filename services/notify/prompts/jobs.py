"""Who has a prompt is told of it by SMS, after the prompts: a text and two seals each would hold them up."""

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.values import SmsId
from services.notify.prompts import store
from services.notify.prompts.domain import Prompt
from services.notify.sms import store as sms_store
from services.notify.sms.domain import Sms, approval_sms

AT_A_TIME = 500  # no more than the dispatcher sends meanwhile: they would only wait there


def tell_by_sms(job: Job) -> None:
    """Make the next SMS of prompts of which nobody is told yet; who has answered meanwhile is not told."""
    with job.unit_of_work() as uow:
        untold = store.claim_untold(uow, AT_A_TIME)
        if untold:
            answered = store.list_answered(uow, [prompt.refund_id for prompt in untold])
            waiting = [prompt for prompt in untold if prompt.refund_id not in answered]
            sms_store.add_messages(uow, [_sms(uow, prompt) for prompt in waiting])
            store.set_told(uow, untold)


def _sms(uow: UnitOfWork, prompt: Prompt) -> Sms:
    return approval_sms(
        id=SmsId(new_id()),
        phone=unseal(prompt.phone or ""),
        refund_id=prompt.refund_id,
        unit_name=prompt.unit_name,
        programme_year=prompt.programme_year,
        amount=prompt.amount,
        deadline=prompt.deadline,
        at=uow.now,
    )
