"""What employer and counter see of an account, and what sessions need. `account` is the credit code."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.accounts import EmployerView, GetEmployer
from services.contracts.values import Actor, ActorKind, Post, mask_phone
from services.identity.accounts import store
from services.identity.accounts.domain import Employer
from services.identity.credit_codes import store as credit_codes


def get_employer(uow: UnitOfWork, query: GetEmployer) -> EmployerView:
    """Show the own account, or the counter one of its region."""
    return employer_view(uow, store.get_employer(uow, whose_account(uow, query.employer)))


def find_password_hash(uow: UnitOfWork, account: str) -> str | None:
    """Return what a password is checked against; None: no such account, or nobody may come in."""
    employer = store.find_employer(uow, account)
    return employer.usable_password_hash() if employer else None


def find_actor(uow: UnitOfWork, account: str) -> Actor | None:
    """Return who acts now, without a certificate; None: nobody may."""
    employer = store.find_employer(uow, account)
    return None if employer is None or employer.disabled_at else employer.actor()


def find_phone(uow: UnitOfWork, account: str) -> str | None:
    """Return where the code of the second step goes; None: nowhere."""
    employer = store.find_employer(uow, account)
    return employer.usable_phone() if employer else None


def whose_account(uow: UnitOfWork, employer: str | None) -> str:
    """Return the credit code of the own account, or of the one named at the counter (within its region, when
    a unit is tied to the code)."""
    actor = uow.actor
    if employer is None or (actor.kind is ActorKind.EMPLOYER and employer == actor.employer):
        return actor.require_employer()
    unit = credit_codes.find_unit_of_code(uow, employer)
    actor.require_post(Post.RECEPTION, region=unit.unit_no[:6] if unit else "")
    return employer


def employer_view(uow: UnitOfWork, employer: Employer) -> EmployerView:
    """Return an account as it is shown, with the unit that the hall has tied meanwhile."""
    employer = employer.with_unit(credit_codes.find_unit_of_code(uow, employer.credit_code))
    return EmployerView(
        credit_code=employer.credit_code,
        unit_no=employer.unit_no,
        unit_name=employer.unit_name,
        opened_at=employer.opened_at,
        handler_name=employer.handler_name,
        handler_phone_masked=mask_phone(employer.handler_phone) if employer.handler_phone else None,
        has_password=employer.password_hash is not None,
    )
