"""Stay, leave, see where one is signed in, and end that."""

from datetime import datetime

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden, Missing
from services.contracts.identity.audit import Act
from services.contracts.identity.fields import DoneView
from services.contracts.identity.sessions import (
    EndSession,
    RenewSession,
    SessionView,
    SignedOutView,
    SignOut,
)
from services.contracts.values import Actor, ActorKind, Post
from services.identity.audit.steps import record
from services.identity.clerks import store as clerks
from services.identity.sessions.adapters.tokens import read_token
from services.identity.sessions.domain import Session, account_of
from services.identity.sessions.steps import candidates
from services.identity.sessions.steps.entering import show
from services.identity.sessions.store import sessions as store


def renew_session(uow: UnitOfWork, command: RenewSession) -> SessionView:
    """Stay: a new token, with what the account may do now."""
    session, issued_at = _load(uow, command.token)
    session = session.renew(token_issued_at=issued_at, at=uow.now)
    store.save_session(uow, session)
    return show(uow, session)


def sign_out(uow: UnitOfWork, command: SignOut) -> SignedOutView:
    """Leave: no token comes from this sign-in any more."""
    session, _ = _load(uow, command.token)
    if session.ended_at is None:
        store.save_session(uow, session.end(at=uow.now))
        _record(uow, Act.SIGNED_OUT, session, by=candidates.find_actor(uow, session))
    return SignedOutView(signed_out=True)


def end_session(uow: UnitOfWork, command: EndSession) -> DoneView:
    """End a sign-in of one's own, or, as administrator, one of a clerk of the region."""
    session = store.find_session_alone(uow, command.session_id)
    if session is None or not _is_own(uow.actor, session):
        uow.actor.require_post(Post.ADMINISTRATOR)
        session = _require_clerks(uow, session)
    if session.ended_at is None:
        store.save_session(uow, session.end(at=uow.now))
        _record(uow, Act.SESSION_ENDED, session)
    return DoneView(done=True)


def _is_own(actor: Actor, session: Session) -> bool:
    return (session.kind, session.account) == (actor.kind, account_of(actor))


def _require_clerks(uow: UnitOfWork, session: Session | None) -> Session:
    """Return a sign-in if it is one of a clerk; those of employers and persons are nobody else's business."""
    clerk = clerks.find_clerk(uow, session.account) if session and session.kind is ActorKind.CLERK else None
    if session is None or clerk is None:
        raise Missing("sign_in_missing", "there is no such sign-in")
    uow.actor.require_post(Post.ADMINISTRATOR, region=clerk.region)
    return session


def _load(uow: UnitOfWork, token: str) -> tuple[Session, datetime]:
    """Return the session of a token and when the token was made; Forbidden if it is gone."""
    session_id, issued_at = read_token(uow.settings, token)
    session = store.find_session_alone(uow, session_id)
    if session is None:
        raise Forbidden("session_over", "sign in again")
    return session, issued_at


def _record(uow: UnitOfWork, act: Act, session: Session, *, by: Actor | None = None) -> None:
    candidate = candidates.of_account(uow, session.kind, session.account)
    facts = {"kind": session.kind.value, "sign_in": str(session.id)}
    record(uow, act, subject=candidate.subject, key=candidate.key, by=by, **facts)
