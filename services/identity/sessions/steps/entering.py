"""A sign-in begins, and its tokens."""

import secrets

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.sessions import SessionView
from services.identity.audit.steps import record
from services.identity.certificates.domain import Certified
from services.identity.sessions.adapters.tokens import sign_token
from services.identity.sessions.domain import Candidate, Session
from services.identity.sessions.steps import candidates
from services.identity.sessions.store import devices, sessions


def refuse(uow: UnitOfWork, candidate: Candidate, act: Act, problem: Refused, **facts: str) -> Refused:
    """Put a failure on record; the problem is to be returned, so that it stays there."""
    facts |= {"kind": candidate.kind.value, "reason": problem.code}
    record(uow, act, subject=candidate.subject, key=candidate.key, **facts)
    return problem


def enter(
    uow: UnitOfWork,
    candidate: Candidate,
    *,
    way: str,
    certified: Certified | None = None,
    remember_device: bool = False,
) -> SessionView:
    """Begin a sign-in, with an id of its own; `way` tells the trail what was shown."""
    session = _begin(uow, candidate, certified)
    sessions.add_session(uow, session)
    device = secrets.token_urlsafe(32) if remember_device else None
    if device:
        devices.add_device(uow, session.kind, session.account, device)
    view = show(uow, session, device=device)
    facts = {"kind": candidate.kind.value, "way": way, "sign_in": str(session.id)}
    record(uow, Act.SIGNED_IN, subject=candidate.subject, key=candidate.key, by=view.actor, **facts)
    return view


def _begin(uow: UnitOfWork, candidate: Candidate, certified: Certified | None) -> Session:
    assert candidate.account
    return Session(
        id=new_id(),
        kind=candidate.kind,
        account=candidate.account,
        address=uow.caller.address[:45],
        agent=uow.caller.agent[:200],
        started_at=uow.now,
        renewed_at=uow.now,
        authority_id=certified.authority_id if certified else None,
        serial=certified.serial if certified else None,
    )


def show(uow: UnitOfWork, session: Session, *, device: str | None = None) -> SessionView:
    """Sign what the account may do now; Forbidden if that is nothing any more."""
    actor = candidates.find_actor(uow, session)
    if actor is None:
        raise Forbidden("session_over", "sign in again")
    expires_at = session.token_expires_at(at=uow.now)
    token = sign_token(
        uow.settings, session_id=session.id, actor=actor, issued_at=uow.now, expires_at=expires_at
    )
    return SessionView(token=token, expires_at=expires_at, actor=actor, device=device)
