"""The sweeper: uploads that were given up are forgotten."""

from services.chassis.unit_of_work import Job
from services.subsidy.uploads import store
from services.subsidy.uploads.domain import KEPT


def forget_uploads(job: Job) -> None:
    """Forget the order of pieces that no import can need any more; the blobs are write-once and stay."""
    with job.unit_of_work() as uow:
        store.delete_begun_before(uow, uow.now - KEPT)
