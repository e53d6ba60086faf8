"""Sessions, and the record of who came in, failed or left (fingerprints, no names)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import ActorKind
from services.identity.schema import metadata
from services.identity.sessions.domain import Candidate, Outcome, Session


def _words(choices: type[StrEnum]) -> sa.Enum:
    """A column of words: a new one needs no migration."""
    values = [choice.value for choice in choices]
    return sa.Enum(choices, native_enum=False, length=20, values_callable=lambda _: values)


sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", _words(ActorKind), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("renewed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("ended_at", UtcDateTime),
)

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False, index=True, comment="fingerprint of kind:account"),
    sa.Column("kind", _words(ActorKind), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("outcome", _words(Outcome), nullable=False),
)


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


def delete_sessions(uow: UnitOfWork, *, renewed_before: datetime, limit: int) -> int:
    """Delete sessions that nobody can renew any more; return how many."""
    old = sa.select(sessions.c.id).where(sessions.c.renewed_at < renewed_before).limit(limit)
    return uow.connection.execute(sessions.delete().where(sessions.c.id.in_(old))).rowcount


def record(uow: UnitOfWork, candidate: Candidate, outcome: Outcome) -> None:
    """Add a line to the record, which only grows."""
    uow.connection.execute(
        sign_ins.insert().values(
            account=fingerprint(candidate.name()), kind=candidate.kind, at=uow.now, outcome=outcome
        )
    )
