"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.screening import (
    CancelScreening,
    ReleaseScreening,
    ScreeningStarted,
    ScreeningView,
    StartScreening,
)
from services.contracts.values import Post, ScreeningId
from services.subsidy.policy.store import get_in_force
from services.subsidy.screening import steps, store
from services.subsidy.screening.domain import Screening
from services.subsidy.screening.views import screening_view


def start_screening(uow: UnitOfWork, command: StartScreening) -> ScreeningView:
    """An approver starts a run by the policy in force; a worker will freeze the registry for it."""
    uow.actor.require_post(Post.APPROVER)
    in_force = get_in_force(uow, command.programme_year)
    screening = Screening(
        id=ScreeningId(command.id),
        programme_year=command.programme_year,
        policy_version=in_force.policy.version,
        policy_digest=in_force.digest,
        by=uow.actor.id,
        by_name=uow.actor.name,
        started_at=uow.now,
    )
    store.add_screening(uow, screening)
    uow.publish(ScreeningStarted(at=uow.now, screening_id=screening.id))
    return screening_view(screening)


def cancel_screening(uow: UnitOfWork, command: CancelScreening) -> ScreeningView:
    """An approver stops a run: the chunks that still wait for it will do nothing."""
    uow.actor.require_post(Post.APPROVER)
    screening = store.get_screening(uow, command.screening_id, alone=True)
    cancelled = screening.cancel(by=uow.actor.id, by_name=uow.actor.name, at=uow.now)
    store.save_screening(uow, cancelled)
    return screening_view(cancelled)


def release_screening(uow: UnitOfWork, command: ReleaseScreening) -> ScreeningView:
    """An approver lets employers see the verdicts of a finished run."""
    uow.actor.require_post(Post.APPROVER)
    return screening_view(steps.release(uow, command.screening_id))
