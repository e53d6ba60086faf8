"""What administrators do with clerks' accounts; some of it ends their sign-ins."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ClerkView,
    DisableClerk,
    EnableClerk,
    NewClerkView,
    ResetClerk,
)
from services.contracts.values import ActorKind
from services.identity.clerks import steps
from services.identity.clerks.domain import Clerk
from services.identity.clerks.views import clerk_view
from services.identity.sessions.steps import candidates
from services.identity.sessions.steps.leaving import end_all
from services.identity.sessions.store import sessions


def add_clerk(uow: UnitOfWork, command: AddClerk) -> NewClerkView:
    """Make an account; its first password is shown once."""
    clerk, password = steps.add_clerk(uow, command)
    return NewClerkView(clerk=_view(uow, clerk), initial_password=password)


def change_clerk(uow: UnitOfWork, command: ChangeClerk) -> ClerkView:
    """Other posts, region or name: in the next token, so within 60 s."""
    return _view(uow, steps.change_clerk(uow, command))


def disable_clerk(uow: UnitOfWork, command: DisableClerk) -> ClerkView:
    """Nobody comes in, and nobody stays longer than a token lives."""
    clerk = steps.disable_clerk(uow, command)
    end_all(uow, candidates.clerk(uow, clerk.account), reason="clerk_disabled")
    return _view(uow, clerk)


def enable_clerk(uow: UnitOfWork, command: EnableClerk) -> ClerkView:
    """The account may be used again; what has ended stays so."""
    return _view(uow, steps.enable_clerk(uow, command))


def reset_clerk(uow: UnitOfWork, command: ResetClerk) -> NewClerkView:
    """A new first password, and the second factor anew."""
    clerk, password = steps.reset_clerk(uow, command)
    end_all(uow, candidates.clerk(uow, clerk.account), reason="clerk_reset")
    return NewClerkView(clerk=_view(uow, clerk), initial_password=password)


def _view(uow: UnitOfWork, clerk: Clerk) -> ClerkView:
    living = sessions.count_living(uow, ActorKind.CLERK, [clerk.account])
    return clerk_view(clerk, signed_in=living.get(clerk.account, 0))
