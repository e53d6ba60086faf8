"""Decisions: rows that are added and never changed."""

from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.unit_of_work import UnitOfWork
from services.subsidy.schema import metadata

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(80), nullable=False),
    sa.Column("actor_kind", sa.String(20), nullable=False),
    sa.Column("actor_name", sa.String(100), nullable=False),
    sa.Column("address", sa.String(45), nullable=False, server_default=""),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False, index=True),
    sa.Column("message_id", sa.Uuid, nullable=False),
)


def record_decision(uow: UnitOfWork, what: str, subject_id: UUID, message_id: UUID) -> None:
    """Write down who decided what, when, from where, by which message."""
    actor = uow.actor
    uow.connection.execute(
        decisions.insert().values(
            at=uow.now,
            actor_id=actor.id,
            actor_kind=actor.kind.value,
            actor_name=actor.name,
            address=uow.caller.address[:45],
            what=what,
            subject_id=subject_id,
            message_id=message_id,
        )
    )
