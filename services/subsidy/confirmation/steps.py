"""What later rooms do with answers, within their own unit of work."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.contracts.values import Choice
from services.subsidy.approval.domain import Refund
from services.subsidy.confirmation import store
from services.subsidy.confirmation.domain import Standing, channel_of, handler_of
from services.subsidy.policy import store as policy_store


def repeat_answer(uow: UnitOfWork, refund: Refund, standing: Standing) -> None:
    """Give the answer that counts once more, for a refund that is not what it was: a new slip is archived.

    Choice, reading and statement are those of the last answer; handler and channel are who acts now.
    """
    standing = standing.repeat()
    handler = handler_of(refund=refund, actor=uow.actor)
    by = {"actor_id": uow.actor.id, "handler": handler, "channel": channel_of(actor=uow.actor)}
    store.repeat_answer(uow, standing, **by)
    tell_answer(uow, refund, standing, handler)


def tell_answer(uow: UnitOfWork, refund: Refund, standing: Standing, handler: str) -> None:
    """Publish all that the slip and the prompt need."""
    happened = RefundConfirmed if standing.choice is Choice.CONFIRMED else RefundWaived
    policy = policy_store.get_in_force(uow, refund.programme_year).policy
    uow.publish(
        happened(
            at=uow.now,
            refund_id=refund.id,
            revision=standing.revision,
            number=refund.number,
            programme_year=refund.programme_year,
            base_year=refund.base_year,
            documents=policy.documents,
            deadline=refund.deadline,
            employer=refund.credit_code,
            unit_no=refund.unit_no,
            unit_name=refund.unit_name,
            unit_type=refund.unit_type,
            size_class=refund.size_class,
            layoff_rate=refund.layoff_rate,
            base=refund.base,
            ratio=refund.ratio,
            amount=refund.amount,
            account_name=refund.account_name,
            account=refund.account,
            bank=refund.bank,
            handler=handler,
            phone=refund.phone,
        )
    )
