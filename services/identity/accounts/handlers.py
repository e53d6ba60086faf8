"""Open an employer's online service, send the code for its administrator."""

from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.accounts import EmployerView, RegisterEmployer, RequestSmsCode
from services.contracts.identity.verification import SmsCodeView
from services.identity.accounts import domain, store
from services.identity.credit_codes import store as credit_codes
from services.identity.locks import store as locks
from services.identity.locks.domain import Lock
from services.identity.verification import steps as verification


def register_employer(uow: UnitOfWork, command: RegisterEmployer) -> EmployerView | Refused:
    """Open the online service. Mismatches are counted, or a handler's phone could be found by trying."""
    key = fingerprint(f"registration:{command.credit_code}")
    lock = locks.get_lock_alone(uow, key)
    if lock.is_locked(at=uow.now):
        return lock.problem()
    opened = domain.open_account(
        unit=credit_codes.get_unit_alone(uow, command.credit_code),
        latest=credit_codes.find_latest(uow, command.credit_code),
        at=uow.now,
        **command.model_dump(include={"unit_name", "phone", "agreement"}),
    )
    if isinstance(opened, Refused):
        locks.save_lock(uow, key, lock.fail(at=uow.now))
        return opened
    locks.save_lock(uow, key, Lock())
    store.add_employer(uow, opened)
    credit_codes.save_registered(uow, opened.unit_no, uow.now)
    return EmployerView(
        credit_code=opened.credit_code, unit_name=opened.unit_name, opened_at=opened.opened_at
    )


def request_sms_code(uow: UnitOfWork, command: RequestSmsCode) -> SmsCodeView:
    """Send a code if account and phone belong together; the answer is the same if not."""
    belongs = domain.may_register_administrator(
        store.find_employer(uow, command.credit_code),
        credit_codes.find_latest(uow, command.credit_code),
        phone=command.phone,
    )
    seconds = verification.issue_sms_code(
        uow, purpose=command.purpose, account=command.credit_code, phone=command.phone, send=belongs
    )
    return SmsCodeView(resend_after_seconds=seconds)
