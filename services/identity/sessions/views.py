"""Who is signed in from where, and the clerks with the number of their sign-ins."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden, Missing
from services.contracts.identity.clerks import ClerksView, ListClerks
from services.contracts.identity.sessions import ListSessions, SessionsView, SignInRecordView
from services.contracts.values import ActorKind, Post, SessionId
from services.identity.clerks import store as clerks
from services.identity.clerks.domain import plain_account
from services.identity.clerks.views import clerk_view
from services.identity.sessions.domain import Session, account_of
from services.identity.sessions.store import sessions as store


def list_sessions(uow: UnitOfWork, query: ListSessions) -> SessionsView:
    """Show the own sign-ins, or those of a clerk to its administrator and to the auditor."""
    kind, account = uow.actor.kind, account_of(uow.actor)
    if query.clerk is not None:
        kind, account = ActorKind.CLERK, _require_visible(uow, plain_account(query.clerk))
    found = store.list_living(uow, kind, account)
    return SessionsView(sessions=tuple(_record_view(session, uow.actor.session) for session in found))


def list_clerks(uow: UnitOfWork, query: ListClerks) -> ClerksView:
    """Show the clerks of an administrator's or auditor's region, by account."""
    actor = uow.actor
    actor.require_post(Post.ADMINISTRATOR, Post.AUDITOR)
    if not actor.covers(actor.region):  # none is not all
        raise Forbidden("not_your_region", "no region is yours", region=actor.region)
    found = clerks.list_clerks(
        uow, region=actor.region, find=query.find.strip(), after=query.after, limit=query.limit + 1
    )
    page = found[: query.limit]
    living = store.count_living(uow, ActorKind.CLERK, [clerk.account for clerk in page])
    return ClerksView(
        clerks=tuple(clerk_view(clerk, signed_in=living.get(clerk.account, 0)) for clerk in page),
        next_after=page[-1].account if len(found) > query.limit else None,
    )


def _require_visible(uow: UnitOfWork, account: str) -> str:
    """Return the account of a clerk whose sign-ins may be seen."""
    uow.actor.require_post(Post.ADMINISTRATOR, Post.AUDITOR)
    clerk = clerks.find_clerk(uow, account)
    if clerk is None:
        raise Missing("clerk_missing", "there is no such account", account=account)
    if Post.AUDITOR not in uow.actor.posts:
        uow.actor.require_post(Post.ADMINISTRATOR, region=clerk.region)
    return account


def _record_view(session: Session, own: object) -> SignInRecordView:
    return SignInRecordView(
        session_id=SessionId(session.id),
        kind=session.kind,
        certificate=session.certificate,
        address=session.address,
        agent=session.agent,
        started_at=session.started_at,
        renewed_at=session.renewed_at,
        is_this=session.id == own,
    )
