"""The dispatcher: claim in one transaction, call the provider outside any, save the outcome in another."""

import logging
import time

from services.chassis.unit_of_work import Job
from services.notify.settings import DEVELOPMENT_OUTBOX
from services.notify.sms import store
from services.notify.sms.adapters.development_outbox import DevelopmentOutbox
from services.notify.sms.adapters.provider import NotSent, Provider
from services.notify.sms.domain import Sms

log = logging.getLogger(__name__)

BATCH = 200  # then what has become lost or worthless meanwhile is put aside first


def dispatch_sms(job: Job) -> None:
    """Send what is due by the provider of the settings, codes first."""
    dispatch(job, provider_of(job))


def dispatch(job: Job, provider: Provider) -> None:
    """Send a batch of what is due."""
    tidy(job)
    for _ in range(BATCH):
        sms = begin_next(job)
        if sms is None:
            return
        send(job, provider, sms)
        time.sleep(0)  # SQLite and a quick provider never wait: let requests have their turn in between


def tidy(job: Job) -> None:
    """Drop codes that have run out; put aside what a sender left behind when it died."""
    with job.unit_of_work() as uow:
        store.drop_expired(uow)
        lost = store.give_up_lost(uow)
    if lost:
        log.warning("%s SMS with an unknown outcome: somebody must ask the provider", lost)


def begin_next(job: Job) -> Sms | None:
    """Claim one message. From here on it is ours, or lost: never somebody else's."""
    with job.unit_of_work() as uow:
        sms = store.get_next_due(uow)
        if sms is not None:
            sms = sms.begin(at=uow.now)
            store.save_begun(uow, sms)
        return sms


def send(job: Job, provider: Provider, sms: Sms) -> None:
    """Call the provider and save what came of it.

    Any error but NotSent leaves the message to its lease, after which its outcome is unknown.
    """
    try:
        provider.send(key=sms.id, phone=sms.phone, text=sms.text)
        sms = sms.succeed(at=job.clock())
    except NotSent as error:
        sms = sms.fail(error=str(error), is_final=error.is_final, at=job.clock())
    with job.unit_of_work() as uow:
        store.save_outcome(uow, sms)


def provider_of(job: Job) -> Provider:
    """Return the provider that the settings name (they have checked that it exists)."""
    return {DEVELOPMENT_OUTBOX: DevelopmentOutbox}[job.settings.sms_provider](job)
