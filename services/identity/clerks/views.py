"""What sessions need of a clerk's account."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Actor
from services.identity.clerks import store


def find_password_hash(uow: UnitOfWork, account: str) -> str | None:
    """Return what a password is checked against; None: no such account, or nobody may come in."""
    clerk = store.find_clerk(uow, account)
    return clerk.usable_password_hash() if clerk else None


def find_actor(uow: UnitOfWork, account: str) -> Actor | None:
    """Return who acts now, with the posts and the region of today; None: nobody may."""
    clerk = store.find_clerk(uow, account)
    return None if clerk is None or clerk.disabled_at else clerk.actor()
