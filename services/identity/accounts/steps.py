"""What signing in does with an employer's account, within its own unit of work."""

from services.chassis.sealing import seal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.accounts import ChangeEmployerPassword, ResetEmployerPassword
from services.contracts.identity.audit import Act
from services.contracts.identity.sessions import RegisterAdministrator
from services.contracts.identity.verification import SecurityNoticeDue
from services.identity.accounts import domain, store
from services.identity.accounts.domain import Employer
from services.identity.audit.steps import record
from services.identity.certificates.domain import Certified
from services.identity.credit_codes import store as credit_codes
from services.identity.locks.steps import attempt
from services.identity.passwords.adapters.hashing import hash_password, is_password
from services.identity.passwords.domain import require_good_password
from services.identity.verification import steps as verification


def make_administrator(uow: UnitOfWork, command: RegisterAdministrator) -> Refused | None:
    """Give an employer its administrator, or return why not: the same for a wrong code as for an account
    and a phone that do not belong together."""
    right = _use_code(uow, domain.REGISTER_ADMINISTRATOR, command)
    employer = store.find_employer_alone(uow, command.credit_code)
    if not (right and employer and employer.may_register_administrator(phone=command.phone)):
        return _code_wrong()
    hashed = hash_password(uow.settings, command.password)
    store.save_employer(uow, employer.with_administrator(password_hash=hashed, at=uow.now))
    record(uow, Act.ADMINISTRATOR_REGISTERED, subject=employer.credit_code, by=employer.actor())
    return None


def reset_password(uow: UnitOfWork, command: ResetEmployerPassword) -> Refused | None:
    """Set a new password, or return why not: the same for a wrong code as for an account and a phone that do
    not belong together."""
    right = _use_code(uow, domain.RESET, command)
    employer = store.find_employer_alone(uow, command.credit_code)
    if not (right and employer and employer.may_reset_password(phone=command.phone)):
        record(uow, Act.PASSWORD_RESET_FAILED, subject=command.credit_code)
        return _code_wrong()
    hashed = hash_password(uow.settings, command.password)
    store.save_employer(uow, employer.with_password(password_hash=hashed, at=uow.now))
    record(uow, Act.PASSWORD_RESET, subject=employer.credit_code, by=employer.actor())
    tell_handler(uow, employer, "password_reset", portal="单位网厅")
    return None


def change_password(uow: UnitOfWork, account: str, command: ChangeEmployerPassword) -> Refused | None:
    """Set the new password of who is signed in, or return why not; failures are counted."""
    employer = store.get_employer_alone(uow, account)
    require_good_password(password=command.password, account=account)
    wrong = Refused("password_wrong", "this is not the password")
    problem = attempt(
        uow,
        f"password:employer:{account}",
        lambda: is_password(uow.settings, command.old_password, employer.usable_password_hash()),
        wrong=wrong,
    )
    if problem:
        act = Act.PASSWORD_CHANGE_FAILED if problem is wrong else Act.LOCKED
        record(uow, act, subject=account, reason=problem.code)
        return problem
    hashed = hash_password(uow.settings, command.password)
    store.save_employer(uow, employer.with_password(password_hash=hashed, at=uow.now))
    record(uow, Act.PASSWORD_CHANGED, subject=account)
    return None


def come_with_certificate(uow: UnitOfWork, certified: Certified, agreement: str | None) -> Employer:
    """Return the account of an employer with a certificate, opened the first time (with the agreement, or it
    is refused). A unit that the hall has tied to its code is taken over: no more maintenance."""
    unit = credit_codes.get_unit_alone(uow, certified.credit_code)
    known = store.find_employer_alone(uow, certified.credit_code)
    if known is None:
        new = domain.open_by_certificate(certified, agreement=agreement, at=uow.now)
        if store.add_employer(uow, new):
            facts = {"way": "certificate", "agreement": new.agreement}
            record(uow, Act.EMPLOYER_REGISTERED, subject=new.credit_code, by=new.actor(), **facts)
        known = store.get_employer_alone(uow, certified.credit_code)  # another may have been first
    employer = known.with_unit(unit)
    if employer.unit_no and employer != known:
        store.save_employer(uow, employer)
        credit_codes.save_registered(uow, employer.unit_no, uow.now)
    return employer


def tell_handler(uow: UnitOfWork, employer: Employer, template: str, **facts: str) -> None:
    """Tell the handler by SMS what was done with the account, if there is one."""
    if employer.handler_phone:
        phone = seal(employer.handler_phone)
        uow.publish(SecurityNoticeDue(at=uow.now, phone=phone, template=template, facts=facts))


def _use_code(uow: UnitOfWork, purpose: str, command: RegisterAdministrator | ResetEmployerPassword) -> bool:
    """Try the code of the command; a weak password is refused first, so that it does not use the code up."""
    require_good_password(password=command.password, account=command.credit_code)
    return verification.use_sms_code(
        uow,
        purpose=purpose,
        account=command.credit_code,
        phone=command.phone,
        code=command.sms_code,
    )


def _code_wrong() -> Refused:
    return Refused("sms_code_wrong", "ask for a new code")
