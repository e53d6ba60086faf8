"""The second step of coming in: a code by SMS or of an authenticator, or setting one up."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Problem, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.sessions import (
    EnrolClerk,
    Factor,
    FinishSignIn,
    ResendSignInCode,
    SessionView,
)
from services.contracts.identity.verification import SmsCodeView
from services.identity.clerks import steps as clerks
from services.identity.locks import steps as locks
from services.identity.sessions.domain import Candidate, PendingSignIn
from services.identity.sessions.steps import asking, candidates
from services.identity.sessions.steps.entering import enter, refuse
from services.identity.sessions.store import pending as store
from services.identity.verification import steps as verification


def finish_sign_in(uow: UnitOfWork, command: FinishSignIn) -> SessionView | Problem:
    """Come in by the second step; it is used up by the first that is right."""
    held = _hold(uow, command, Factor.SMS, Factor.TOTP)
    if isinstance(held, Refused):
        return held
    candidate, pending = held
    if not _is_right(uow, pending, command.code):
        return _fail(uow, candidate, pending)
    store.delete_pending(uow, pending.sign_in_id)
    locks.forget(uow, candidate.name())
    remember = command.remember_device and pending.factor is Factor.SMS
    return enter(uow, candidate, way=f"password+{pending.factor}", remember_device=remember)


def enrol_clerk(uow: UnitOfWork, command: EnrolClerk) -> SessionView | Problem:
    """A clerk's first sign-in: an own password, and the authenticator that was set up."""
    held = _hold(uow, command, Factor.ENROLMENT)
    if isinstance(held, Refused):
        return held
    candidate, pending = held
    assert pending.secret
    is_right = clerks.enrol(
        uow, pending.account, password=command.password, secret=pending.secret, code=command.code
    )
    if is_right is None:
        locks.release(uow, candidate.name())
        return _over()
    if not is_right:
        return _fail(uow, candidate, pending)
    store.delete_all_pending(uow, pending.kind, pending.account)
    locks.forget(uow, candidate.name())
    return enter(uow, candidate, way=f"password+{pending.factor}")


def resend_sign_in_code(uow: UnitOfWork, command: ResendSignInCode) -> SmsCodeView | Problem:
    """Send another code; the one before counts no more, the tries stay counted."""
    pending = store.find_pending_alone(uow, command.sign_in_id)
    if pending is None or not pending.is_open(at=uow.now) or pending.factor is not Factor.SMS:
        return _over()
    phone = candidates.find_phone(uow, pending.kind, pending.account)
    if phone is None:
        return _over()
    candidate = candidates.of_account(uow, pending.kind, pending.account)
    seconds = asking.send_code(uow, candidate, pending, phone)
    store.save_pending(uow, pending.resend(at=uow.now))
    return SmsCodeView(resend_after_seconds=seconds)


def _hold(
    uow: UnitOfWork, command: FinishSignIn | EnrolClerk, *factors: Factor
) -> tuple[Candidate, PendingSignIn] | Refused:
    """Return whose second step it is, which nobody else tries until we commit, or why it is over.

    First its account is held, as in the first step, then the row is read again: it may be used up by now.
    """
    seen = store.find_pending(uow, command.sign_in_id)
    if seen is None:
        return _over()
    candidate = candidates.of_account(uow, seen.kind, seen.account)
    problem = locks.hold(uow, candidate.name())
    if problem:
        return refuse(uow, candidate, Act.LOCKED, problem)
    pending = store.find_pending_alone(uow, command.sign_in_id)
    if pending is None or not pending.is_open(at=uow.now) or pending.factor not in factors:
        locks.release(uow, candidate.name())
        return _over()
    return candidate, pending


def _is_right(uow: UnitOfWork, pending: PendingSignIn, code: str) -> bool:
    if pending.factor is Factor.TOTP:
        return clerks.use_code(uow, pending.account, code)
    phone = candidates.find_phone(uow, pending.kind, pending.account)
    return phone is not None and verification.use_sms_code(
        uow, purpose=asking.SMS_PURPOSE, account=str(pending.sign_in_id), phone=phone, code=code
    )


def _fail(uow: UnitOfWork, candidate: Candidate, pending: PendingSignIn) -> Refused:
    """Count a wrong code, also among the failures of the account."""
    pending = pending.fail()
    store.save_pending(uow, pending)
    problem = locks.fail(uow, candidate.name())
    wrong = Refused("second_step_wrong", "this is not the code", tries_left=pending.tries_left())
    act = Act.LOCKED if problem else Act.SIGN_IN_FAILED
    return refuse(uow, candidate, act, problem or wrong, factor=pending.factor.value)


def _over() -> Refused:
    return Refused("second_step_over", "begin to sign in again")
