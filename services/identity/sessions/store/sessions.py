"""Sign-ins that live, or ended a short while ago."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import ActorKind
from services.identity.schema import metadata
from services.identity.sessions.domain import LONGEST, LONGEST_IDLE, Session
from services.identity.sessions.store.words import words

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", words(ActorKind), nullable=False),
    sa.Column("account", sa.String(64), nullable=False, comment="person id, credit code, clerk's account"),
    sa.Column("address", sa.String(45), nullable=False, server_default=""),
    sa.Column("agent", sa.String(200), nullable=False, server_default=""),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("renewed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("authority_id", sa.Uuid, comment="of the certificate it came with"),
    sa.Column("serial", sa.String(64), comment="of the certificate, hex"),
)
sa.Index("sessions_of_account", sessions.c.kind, sessions.c.account)


def add_session(uow: UnitOfWork, session: Session) -> None:
    """Add a session."""
    uow.connection.execute(sessions.insert().values(vars(session)))


def save_session(uow: UnitOfWork, session: Session) -> None:
    """Save a session."""
    row = sessions.c.id == session.id
    uow.connection.execute(sessions.update().where(row).values(vars(session)))


def find_session_alone(uow: UnitOfWork, session_id: UUID) -> Session | None:
    """Return a session that only we can change until we commit."""
    query = sa.select(sessions).where(sessions.c.id == session_id).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else Session(**row._mapping)


def list_living(uow: UnitOfWork, kind: ActorKind, account: str) -> list[Session]:
    """Return the living sign-ins of an account, the latest first."""
    query = sa.select(sessions).where(_of(kind, account), _alive(uow.now))
    rows = uow.connection.execute(query.order_by(sessions.c.started_at.desc(), sessions.c.id.desc()))
    return [Session(**row._mapping) for row in rows]


def count_living(uow: UnitOfWork, kind: ActorKind, accounts: Sequence[str]) -> dict[str, int]:
    """Return how many sign-ins of each account live; who has none is left out."""
    count = sa.func.count().label("count")
    query = sa.select(sessions.c.account, count).group_by(sessions.c.account)
    query = query.where(sessions.c.kind == kind, sessions.c.account.in_(accounts), _alive(uow.now))
    return {row.account: row[1] for row in uow.connection.execute(query)}


def end_sessions(
    uow: UnitOfWork,
    kind: ActorKind,
    account: str,
    *,
    keep: UUID | None = None,
    keep_certificate: bool = False,
) -> int:
    """End the living sign-ins of an account but those to be kept; return how many."""
    condition = _of(kind, account) & _alive(uow.now)
    if keep:
        condition &= sessions.c.id != keep
    if keep_certificate:
        condition &= sessions.c.authority_id.is_(None)
    return uow.connection.execute(sessions.update().where(condition).values(ended_at=uow.now)).rowcount


def delete_sessions(uow: UnitOfWork, *, limit: int) -> int:
    """Delete sessions that nobody can renew any more; return how many."""
    idle = sessions.c.renewed_at < uow.now - LONGEST_IDLE
    old = sa.select(sessions.c.id).where(idle).limit(limit)
    return uow.connection.execute(sessions.delete().where(sessions.c.id.in_(old))).rowcount


def _of(kind: ActorKind, account: str) -> sa.ColumnElement[bool]:
    return (sessions.c.kind == kind) & (sessions.c.account == account)


def _alive(at: datetime) -> Any:
    """The same as Session.is_alive."""
    return (
        sessions.c.ended_at.is_(None)
        & (sessions.c.renewed_at > at - LONGEST_IDLE)
        & (sessions.c.started_at > at - LONGEST)
    )
