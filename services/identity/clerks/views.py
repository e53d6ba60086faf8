"""What is shown of a clerk's account, and what sessions need of it."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.clerks import ClerkView
from services.contracts.values import Actor
from services.identity.clerks import store
from services.identity.clerks.domain import Clerk


def find_password_hash(uow: UnitOfWork, account: str) -> str | None:
    """Return what a password is checked against; None: no such account, or nobody may come in."""
    clerk = store.find_clerk(uow, account)
    return clerk.usable_password_hash() if clerk else None


def find_actor(uow: UnitOfWork, account: str) -> Actor | None:
    """Return who acts now, with the posts and the region of today; None: nobody may."""
    clerk = store.find_clerk(uow, account)
    return None if clerk is None or clerk.disabled_at else clerk.actor()


def has_second_factor(uow: UnitOfWork, account: str) -> bool:
    """Has this clerk set up an authenticator?"""
    clerk = store.find_clerk(uow, account)
    return clerk is not None and clerk.totp_secret is not None


def clerk_view(clerk: Clerk, *, signed_in: int) -> ClerkView:
    """Return an account as administrators and auditors see it."""
    return ClerkView(
        account=clerk.account,
        full_name=clerk.name,
        posts=tuple(sorted(clerk.posts)),
        region=clerk.region,
        created_at=clerk.created_at,
        disabled_at=clerk.disabled_at,
        has_second_factor=clerk.totp_secret is not None,
        signed_in=signed_in,
    )
