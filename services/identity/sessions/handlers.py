"""Come in, stay, leave. What must survive a refusal (a counted failure, a used picture) is returned, not
raised."""

from datetime import datetime

from services.chassis.ids import new_id
from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.errors import Forbidden, Problem, Refused
from services.contracts.identity.sessions import (
    RegisterAdministrator,
    RenewSession,
    SessionView,
    SignedOutView,
    SignInClerk,
    SignInEmployer,
    SignOut,
)
from services.contracts.values import ActorKind
from services.identity.accounts import steps as accounts
from services.identity.accounts import views as account_views
from services.identity.clerks import views as clerk_views
from services.identity.clerks.domain import plain_account
from services.identity.locks import domain as locking
from services.identity.locks import store as locks
from services.identity.passwords.adapters.hashing import is_password
from services.identity.sessions import domain, store
from services.identity.sessions.adapters.tokens import read_token, sign_token
from services.identity.sessions.domain import Candidate, Outcome, Session
from services.identity.verification import steps as verification

SWEEP = 500
ACCOUNTS = {ActorKind.EMPLOYER: account_views, ActorKind.CLERK: clerk_views}


def register_administrator(uow: UnitOfWork, command: RegisterAdministrator) -> SessionView | Problem:
    """The first certificate-free login: make the administrator and sign in at once."""
    candidate = Candidate(kind=ActorKind.EMPLOYER, account=command.credit_code)
    problem = accounts.make_administrator(uow, command)
    return _refuse(uow, candidate, Outcome.FAILED, problem) if problem else _come_in(uow, candidate)


def sign_in_employer(uow: UnitOfWork, command: SignInEmployer) -> SessionView | Problem:
    """An employer comes in without a certificate."""
    return _sign_in(uow, command, Candidate(kind=ActorKind.EMPLOYER, account=command.credit_code))


def sign_in_clerk(uow: UnitOfWork, command: SignInClerk) -> SessionView | Problem:
    """A clerk comes in."""
    return _sign_in(uow, command, Candidate(kind=ActorKind.CLERK, account=plain_account(command.account)))


def renew_session(uow: UnitOfWork, command: RenewSession) -> SessionView:
    """Stay: a new token, with what the account may do now."""
    session, issued_at = _load(uow, command.token)
    session = session.renew(token_issued_at=issued_at, at=uow.now)
    store.save_session(uow, session)
    return _view(uow, session)


def sign_out(uow: UnitOfWork, command: SignOut) -> SignedOutView:
    """Leave: no token comes from this sign-in any more."""
    session, _ = _load(uow, command.token)
    if session.ended_at is None:
        store.save_session(uow, session.end(at=uow.now))
        store.record(uow, session.candidate(), Outcome.SIGNED_OUT)
    return SignedOutView(signed_out=True)


def sweep_sessions(job: Job) -> None:
    """Delete dead sessions and forgotten failures, in small batches."""
    deleted = SWEEP
    while deleted >= SWEEP:
        with job.unit_of_work() as uow:
            idle, forgotten = uow.now - domain.LONGEST_IDLE, uow.now - locking.FORGOTTEN_AFTER
            deleted = store.delete_sessions(uow, renewed_before=idle, limit=SWEEP)
            deleted += locks.delete_locks(uow, failed_before=forgotten, limit=SWEEP)


def _sign_in(
    uow: UnitOfWork, command: SignInEmployer | SignInClerk, candidate: Candidate
) -> SessionView | Problem:
    """Picture, lock, password, in this order; the same for accounts that do not exist."""
    if not verification.use_picture_code(uow, command.picture_id, command.picture_code):
        return _refuse(uow, candidate, Outcome.PICTURE_CODE_WRONG, Refused("picture_code_wrong"))
    key = fingerprint(f"sign-in:{candidate.name()}")
    lock = locks.get_lock_alone(uow, key)
    if lock.is_locked(at=uow.now):
        return _refuse(uow, candidate, Outcome.LOCKED, lock.problem())
    hashed = ACCOUNTS[candidate.kind].find_password_hash(uow, candidate.account)
    if is_password(uow.settings, command.password, hashed):
        locks.save_lock(uow, key, locking.Lock())
        return _come_in(uow, candidate)
    lock = lock.fail(at=uow.now)
    locks.save_lock(uow, key, lock)
    if lock.is_locked(at=uow.now):
        return _refuse(uow, candidate, Outcome.LOCKED, lock.problem())
    return _refuse(uow, candidate, Outcome.FAILED, Refused("sign_in_failed"))


def _refuse(uow: UnitOfWork, candidate: Candidate, outcome: Outcome, problem: Refused) -> Refused:
    store.record(uow, candidate, outcome)
    return problem


def _come_in(uow: UnitOfWork, candidate: Candidate) -> SessionView:
    """Begin a session with an id of its own."""
    session = Session.begin(id=new_id(), candidate=candidate, at=uow.now)
    store.add_session(uow, session)
    store.record(uow, candidate, Outcome.SIGNED_IN)
    return _view(uow, session)


def _load(uow: UnitOfWork, token: str) -> tuple[Session, datetime]:
    """Return the session of a token and when the token was made; Forbidden if it is gone."""
    session_id, issued_at = read_token(uow.settings, token)
    session = store.find_session_alone(uow, session_id)
    if session is None:
        raise Forbidden("session_over", "sign in again")
    return session, issued_at


def _view(uow: UnitOfWork, session: Session) -> SessionView:
    """Sign what the account may do now; Forbidden if that is nothing any more."""
    actor = ACCOUNTS[session.kind].find_actor(uow, session.account)
    if actor is None:
        raise Forbidden("session_over", "sign in again")
    expires_at = session.token_expires_at(at=uow.now)
    token = sign_token(
        uow.settings, session_id=session.id, actor=actor, issued_at=uow.now, expires_at=expires_at
    )
    return SessionView(token=token, expires_at=expires_at, actor=actor)
