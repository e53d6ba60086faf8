"""Locks in the database: one row per name that somebody tried, and per address, by fingerprint."""

from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, upsert_rows
from services.chassis.unit_of_work import UnitOfWork
from services.identity.locks.domain import Lock
from services.identity.schema import metadata

locks = sa.Table(
    "locks",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locks", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("since", UtcDateTime),
    sa.Column("failed_at", UtcDateTime, index=True),
)


def get_lock_alone(uow: UnitOfWork, name: str) -> Lock:
    """Return the lock of a name (a fingerprint); who tries the same name meanwhile waits for us."""
    row = {"name": name, **vars(Lock())}  # the update changes nothing, but holds the row: it may be deleted
    upsert_rows(uow.connection, locks, [row], key=["name"], update=["name"])
    lock = find_lock(uow, name)
    assert lock  # we hold it
    return lock


def find_lock(uow: UnitOfWork, name: str) -> Lock | None:
    """Return the lock of a name to look at."""
    found = uow.connection.execute(sa.select(locks).where(locks.c.name == name)).one_or_none()
    return found and Lock(**{key: value for key, value in found._mapping.items() if key != "name"})


def save_lock(uow: UnitOfWork, name: str, lock: Lock) -> None:
    """Save a lock; without a failure there is nothing to remember."""
    row = locks.c.name == name
    if lock == Lock():
        uow.connection.execute(locks.delete().where(row))
    else:
        uow.connection.execute(locks.update().where(row).values(vars(lock)))


def delete_locks(uow: UnitOfWork, *, failed_before: datetime, limit: int) -> int:
    """Delete what is forgotten; return how many."""
    old = sa.select(locks.c.name).where(locks.c.failed_at < failed_before).limit(limit)
    return uow.connection.execute(locks.delete().where(locks.c.name.in_(old))).rowcount
