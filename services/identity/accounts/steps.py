"""What signing in for the first time does with an account, within its own unit of work."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.sessions import RegisterAdministrator
from services.identity.accounts import domain, store
from services.identity.credit_codes import store as credit_codes
from services.identity.passwords.adapters.hashing import hash_password
from services.identity.passwords.domain import require_good_password
from services.identity.verification import steps as verification


def make_administrator(uow: UnitOfWork, command: RegisterAdministrator) -> Refused | None:
    """Give an employer its administrator, or return why not: the same for a wrong code as for an account
    and a phone that do not belong together."""
    require_good_password(password=command.password, account=command.credit_code)
    right = verification.use_sms_code(
        uow,
        purpose=domain.REGISTER_ADMINISTRATOR,
        account=command.credit_code,
        phone=command.phone,
        code=command.sms_code,
    )
    employer = store.find_employer_alone(uow, command.credit_code)
    latest = credit_codes.find_latest(uow, command.credit_code)
    if not (right and employer and domain.may_register_administrator(employer, latest, phone=command.phone)):
        return Refused("sms_code_wrong", "ask for a new code")
    hashed = hash_password(uow.settings, command.password)
    store.save_employer(uow, employer.with_administrator(password_hash=hashed, at=uow.now))
    return None
