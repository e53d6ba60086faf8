"""Challenges that nobody has answered yet."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.unit_of_work import UnitOfWork
from services.identity.certificates.domain.challenges import Challenge
from services.identity.schema import metadata

challenges = sa.Table(
    "challenges",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("binding", sa.String(64), nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False, index=True),
)


def add_challenge(uow: UnitOfWork, challenge: Challenge) -> None:
    """Add a challenge."""
    uow.connection.execute(challenges.insert().values(vars(challenge)))


def take_challenge(uow: UnitOfWork, challenge_id: UUID) -> Challenge | None:
    """Delete a challenge and return it; only one caller gets it."""
    taken = challenges.delete().where(challenges.c.id == challenge_id).returning(*challenges.c)
    row = uow.connection.execute(taken).one_or_none()
    return None if row is None else Challenge(**row._mapping)


def delete_challenges(uow: UnitOfWork, *, issued_before: datetime, limit: int) -> int:
    """Delete expired challenges; return how many."""
    old = sa.select(challenges.c.id).where(challenges.c.issued_at <= issued_before).limit(limit)
    return uow.connection.execute(challenges.delete().where(challenges.c.id.in_(old))).rowcount
