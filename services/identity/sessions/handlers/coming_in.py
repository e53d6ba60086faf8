"""The first step of coming in: account, password, picture."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Problem, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.sessions import (
    Factor,
    RegisterAdministrator,
    SessionView,
    SignInClerk,
    SignInEmployer,
    SignInPerson,
    SignInView,
)
from services.contracts.values import ActorKind
from services.identity.accounts import steps as accounts
from services.identity.clerks import views as clerk_views
from services.identity.locks import steps as locks
from services.identity.passwords.adapters.hashing import is_password
from services.identity.sessions import domain
from services.identity.sessions.domain import Candidate
from services.identity.sessions.steps import asking, candidates
from services.identity.sessions.steps.entering import enter, refuse
from services.identity.sessions.steps.leaving import end_all, forget_devices
from services.identity.sessions.store import devices
from services.identity.verification import steps as verification

SignIn = SignInEmployer | SignInPerson | SignInClerk


def register_administrator(uow: UnitOfWork, command: RegisterAdministrator) -> SessionView | Problem:
    """The first certificate-free login: make the administrator and sign in at once, from a browser that is
    known from now on. Who came in by an earlier password is out."""
    candidate = candidates.employer(command.credit_code)
    problem = locks.find_address_problem(uow)
    if problem:
        return refuse(uow, candidate, Act.LOCKED, problem)
    problem = accounts.make_administrator(uow, command)
    if problem:
        refuse(uow, candidate, Act.SIGN_IN_FAILED, problem)
        return locks.fail_address(uow) or problem
    end_all(uow, candidate, reason="administrator_registered", keep_certificate=True)
    forget_devices(uow, candidate)
    return enter(uow, candidate, way="registration", remember_device=True)


def sign_in_employer(uow: UnitOfWork, command: SignInEmployer) -> SignInView | Problem:
    """An employer comes in without a certificate."""
    return _sign_in(uow, command, candidates.employer(command.credit_code))


def sign_in_person(uow: UnitOfWork, command: SignInPerson) -> SignInView | Problem:
    """A person comes in."""
    return _sign_in(uow, command, candidates.person(uow, command.id_number))


def sign_in_clerk(uow: UnitOfWork, command: SignInClerk) -> SignInView | Problem:
    """A clerk comes in."""
    return _sign_in(uow, command, candidates.clerk(uow, command.account))


def _sign_in(uow: UnitOfWork, command: SignIn, candidate: Candidate) -> SignInView | Problem:
    """Locks, picture, password, in this order; the same for accounts that do not exist."""
    name = candidate.name()
    problem = locks.hold(uow, name)
    if problem:
        return refuse(uow, candidate, Act.LOCKED, problem)
    if not _is_picture_right(uow, command):
        locks.release(uow, name)
        return refuse(uow, candidate, Act.PICTURE_CODE_WRONG, Refused("picture_code_wrong"))
    hashed = candidates.find_password_hash(uow, candidate)
    if not is_password(uow.settings, command.password, hashed):
        problem = locks.fail(uow, name)
        act = Act.LOCKED if problem else Act.SIGN_IN_FAILED
        return refuse(uow, candidate, act, problem or Refused("sign_in_failed"))
    return _go_on(uow, command, candidate)


def _is_picture_right(uow: UnitOfWork, command: SignIn) -> bool:
    """Was the picture read, or none asked for? It is used up, right or wrong."""
    if command.picture_id is None and command.picture_code is None:
        return True
    return verification.use_picture_code(uow, command.picture_id, command.picture_code)


def _go_on(uow: UnitOfWork, command: SignIn, candidate: Candidate) -> SignInView | Problem:
    """The password was right: come in, or be asked for the second step. Failures are forgotten when that is
    done as well: or who has the password could try codes for ever."""
    factor = _factor_for(uow, command, candidate)
    if factor is None:
        locks.forget(uow, candidate.name())
        return SignInView(session=enter(uow, candidate, way="password"))
    locks.release(uow, candidate.name())
    step = asking.ask(uow, candidate, factor)
    if isinstance(step, Refused):
        return refuse(uow, candidate, Act.SIGN_IN_FAILED, step)
    return SignInView(second_step=step)


def _factor_for(uow: UnitOfWork, command: SignIn, candidate: Candidate) -> Factor | None:
    kind, account = candidate.kind, candidate.account
    assert account
    device = None if isinstance(command, SignInClerk) else command.device
    return domain.factor_for(
        kind,
        is_enrolled=kind is ActorKind.CLERK and clerk_views.has_second_factor(uow, account),
        is_known_device=devices.is_known(uow, kind, account, device),
        was_picture_read=command.picture_id is not None,
        is_suspicious=locks.is_suspicious(uow, candidate.name()),
    )
