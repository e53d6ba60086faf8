"""The provider of development: a table that developers read instead of phones."""

from uuid import UUID

from services.chassis.database import insert_if_new
from services.chassis.unit_of_work import Job
from services.notify.sms.store import development_outbox, phone_key


class DevelopmentOutbox:
    """Writes into its table, in a transaction of its own, as a provider would into its database."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def send(self, *, key: UUID, phone: str, text: str) -> None:
        """Keep the message, once for each key."""
        with self._job.unit_of_work() as uow:
            insert_if_new(
                uow.connection,
                development_outbox,
                sms_id=key,
                phone=phone,
                phone_fingerprint=phone_key(phone),
                text=text,
                received_at=uow.now,
            )
