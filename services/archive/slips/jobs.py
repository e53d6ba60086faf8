"""Heavy work: draw a slip outside any transaction, keep its bytes, then write its row."""

from services.archive.slips import store
from services.archive.slips.adapters.form_pdf import print_form
from services.archive.slips.domain import compose, facts_of
from services.chassis.sealing import unseal
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived


def on_refund_confirmed(job: Job, event: RefundConfirmed) -> None:
    """Archive the slip of a confirmation."""
    _archive_slip(job, event)


def on_refund_waived(job: Job, event: RefundWaived) -> None:
    """Archive the slip of a waiver."""
    _archive_slip(job, event)


def _archive_slip(job: Job, event: RefundConfirmed | RefundWaived) -> None:
    """Draw, keep, write. Done again it changes nothing: same facts, same bytes, same key, one row."""
    with job.read() as uow:
        if store.has_slip(uow, event.refund_id, event.revision):
            return
    facts = facts_of(event, account=unseal(event.account))
    form = compose(facts, verify_url=job.settings.slip_check_url)
    pdf = job.blobs.put("slips", print_form(form, fonts=job.settings.fonts))
    with job.unit_of_work() as uow:
        store.add_slip(uow, event.refund_id, facts, pdf)
