"""Reads."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden
from services.contracts.notify import ListOutboxSms, OutboxSmsPageView, OutboxSmsView
from services.notify.sms import store


def list_outbox_sms(uow: UnitOfWork, query: ListOutboxSms) -> OutboxSmsPageView:
    """Show what would have reached phones; only where no phone is real."""
    if uow.settings.environment != "development":
        raise Forbidden("development_only", "the outbox of SMS exists in development only")
    rows = store.list_outbox(uow, query.phone, query.limit)
    return OutboxSmsPageView(
        messages=tuple(
            OutboxSmsView(
                sms_id=row.sms_id,
                phone=row.phone,
                text=row.text,
                state=row.state,
                created_at=row.created_at,
                sent_at=row.sent_at,
            )
            for row in rows
        )
    )
