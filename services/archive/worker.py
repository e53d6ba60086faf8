"""The worker of archive: heavy work, in a process of its own."""

from services.archive.slips import jobs as slips
from services.chassis.worker import Worker, job
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived


class ArchiveWorker(Worker):
    """Draws the slip of every answer."""

    name = "archive-worker"

    on_refund_confirmed = job(RefundConfirmed, slips.on_refund_confirmed)
    on_refund_waived = job(RefundWaived, slips.on_refund_waived)
