"""What approval does with a run, inside its own unit of work."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import ScreeningId
from services.subsidy.screening import store
from services.subsidy.screening.domain import Screening


def release(uow: UnitOfWork, screening_id: ScreeningId) -> Screening:
    """Let employers see the verdicts of a run, if they do not yet."""
    screening = store.get_screening(uow, screening_id, alone=True)
    released = screening.release(by=uow.actor.id, by_name=uow.actor.name, at=uow.now)
    if released is not screening:
        store.save_screening(uow, released)
    return released
