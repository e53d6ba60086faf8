"""Who decided what (the audit trail of all rooms from here on), and the numbers that people quote."""

from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Year
from services.subsidy.schema import metadata

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(80), nullable=False),
    sa.Column("actor_kind", sa.String(20), nullable=False),
    sa.Column("actor_name", sa.String(100), nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False, index=True),
    sa.Column("message_id", sa.Uuid, nullable=False),
)

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("prefix", sa.String(10), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)


def next_number(uow: UnitOfWork, prefix: str, year: Year) -> str:
    """Return the next business number, without gaps: PL-2023-0001. Concurrent callers wait for each other."""
    insert_if_new(uow.connection, numbers, prefix=prefix, year=year, last=0)
    row = (numbers.c.prefix == prefix) & (numbers.c.year == year)
    uow.connection.execute(numbers.update().where(row).values(last=numbers.c.last + 1))
    last = uow.connection.scalar(sa.select(numbers.c.last).where(row))
    return f"{prefix}-{year}-{last:04d}"


def record_decision(uow: UnitOfWork, what: str, subject_id: UUID, message_id: UUID) -> None:
    """Write down who decided what, when, by which message."""
    actor = uow.actor
    uow.connection.execute(
        decisions.insert().values(
            at=uow.now,
            actor_id=actor.id,
            actor_kind=actor.kind.value,
            actor_name=actor.name,
            what=what,
            subject_id=subject_id,
            message_id=message_id,
        )
    )
