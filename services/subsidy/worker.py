"""The heavy jobs of subsidy, in a process of their own."""

from services.chassis.worker import Worker, job
from services.contracts.subsidy.approval import BatchApproved, BatchRequested
from services.subsidy.approval import jobs as approval


class SubsidyWorker(Worker):
    """What takes longer than a caller waits."""

    name = "subsidy-worker"

    on_batch_requested = job(BatchRequested, approval.fill_batch)
    on_batch_approved = job(BatchApproved, approval.make_refunds)
