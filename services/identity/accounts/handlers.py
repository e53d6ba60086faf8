"""Open an employer's online service, send codes, change its handler."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts import catalogue
from services.contracts.errors import Refused
from services.contracts.identity.accounts import (
    ChangeHandler,
    EmployerView,
    RegisterEmployer,
    RequestSmsCode,
)
from services.contracts.identity.audit import Act
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import mask_phone
from services.identity.accounts import domain, store
from services.identity.accounts.domain import Employer
from services.identity.accounts.steps import tell_handler
from services.identity.accounts.views import employer_view, whose_account
from services.identity.audit.steps import record
from services.identity.credit_codes import store as credit_codes
from services.identity.locks.steps import attempt
from services.identity.verification import steps as verification


def register_employer(uow: UnitOfWork, command: RegisterEmployer) -> EmployerView | Refused:
    """Open the online service. Mismatches are counted, or a handler's phone could be found by trying."""
    opened = domain.open_account(
        unit=credit_codes.get_unit_alone(uow, command.credit_code),
        latest=credit_codes.find_latest(uow, command.credit_code),
        is_open=store.find_employer(uow, command.credit_code) is not None,
        at=uow.now,
        **command.model_dump(include={"unit_name", "phone", "agreement"}),
    )
    wrong = opened if isinstance(opened, Refused) else Refused("registration_mismatch")
    problem = attempt(uow, f"registration:{command.credit_code}", lambda: opened is not wrong, wrong=wrong)
    if problem or isinstance(opened, Refused):
        failed = problem is wrong
        act = Act.EMPLOYER_REGISTRATION_FAILED if failed else Act.LOCKED
        record(uow, act, subject=command.credit_code, reason=wrong.code if failed else "registration")
        return problem or wrong
    _open(uow, opened)
    return employer_view(uow, opened)


def request_sms_code(uow: UnitOfWork, command: RequestSmsCode) -> SmsCodeView:
    """Send a code to a handler's phone; the answer is the same if account and phone do not belong together.

    To a new handler's phone it goes for whoever may change the handler.
    """
    send = _may_send(uow, command)
    seconds = verification.issue_sms_code(
        uow, purpose=command.purpose, account=command.credit_code, phone=command.phone, send=send
    )
    facts = {"purpose": command.purpose, "phone": mask_phone(command.phone), "sent": "yes" if send else "no"}
    record(uow, Act.CODE_SENT, subject=command.credit_code, **facts)
    return SmsCodeView(resend_after_seconds=seconds)


def change_handler(uow: UnitOfWork, command: ChangeHandler) -> EmployerView | Refused:
    """经办人变更. The former handler is told, and its password lets nobody in any more."""
    employer = store.get_employer_alone(uow, _whose_handler(uow, command.employer))
    right = verification.use_sms_code(
        uow,
        purpose=domain.CHANGE_HANDLER,
        account=employer.credit_code,
        phone=command.phone,
        code=command.sms_code,
    )
    former = employer.handler_phone
    phones = {"before": mask_phone(former) if former else "", "after": mask_phone(command.phone)}
    if not right:
        facts = {**phones, "reason": "sms_code_wrong"}
        record(uow, Act.HANDLER_CHANGE_FAILED, subject=employer.credit_code, **facts)
        return Refused("sms_code_wrong", "ask for a new code")
    changed = employer.with_handler(name=command.handler_name, phone=command.phone)
    store.save_employer(uow, changed)
    store.add_handler(uow, changed, since=uow.now, by=uow.actor.id)
    record(uow, Act.HANDLER_CHANGED, subject=employer.credit_code, **phones)
    if former != command.phone:
        tell_handler(uow, employer, "handler_changed", unit_name=employer.unit_name)
    return employer_view(uow, changed)


def _open(uow: UnitOfWork, employer: Employer) -> None:
    store.add_employer(uow, employer)
    store.add_handler(uow, employer, since=employer.opened_at, by="")
    if employer.unit_no:
        credit_codes.save_registered(uow, employer.unit_no, employer.opened_at)
    facts = {"way": "registration", "agreement": employer.agreement}
    record(uow, Act.EMPLOYER_REGISTERED, subject=employer.credit_code, **facts)


def _may_send(uow: UnitOfWork, command: RequestSmsCode) -> bool:
    if command.purpose == domain.CHANGE_HANDLER:
        store.get_employer(uow, _whose_handler(uow, command.credit_code))
        return True
    employer = store.find_employer(uow, command.credit_code)
    if employer is None:
        return False
    if command.purpose == domain.RESET:
        return employer.may_reset_password(phone=command.phone)
    return employer.may_register_administrator(phone=command.phone)


def _whose_handler(uow: UnitOfWork, employer: str | None) -> str:
    """Return whose handler somebody may change; refused for who came in by another way."""
    catalogue.require(uow.actor, "handler_change")
    return whose_account(uow, employer)
