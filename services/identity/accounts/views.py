"""What sessions need of an employer's account. `account` is the credit code."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Actor
from services.identity.accounts import store
from services.identity.credit_codes import store as credit_codes


def find_password_hash(uow: UnitOfWork, account: str) -> str | None:
    """Return what a password is checked against; None: no such account, or nobody may come in."""
    employer = store.find_employer(uow, account)
    return employer.usable_password_hash() if employer else None


def find_actor(uow: UnitOfWork, account: str) -> Actor | None:
    """Return who acts now, with the name of the maintained handler (经办人); None: nobody may."""
    employer = store.find_employer(uow, account)
    if employer is None or employer.disabled_at:
        return None
    latest = credit_codes.find_latest(uow, account)
    return employer.actor(handler_name=latest.handler_name if latest else "")
