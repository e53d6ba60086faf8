"""Sign-ins whose second step is awaited."""

from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.sessions import Factor
from services.contracts.values import ActorKind
from services.identity.schema import metadata
from services.identity.sessions.domain import SECOND_STEP_WITHIN, PendingSignIn
from services.identity.sessions.store.words import words

pending_sign_ins = sa.Table(
    "pending_sign_ins",
    metadata,
    sa.Column("sign_in_id", sa.Uuid, primary_key=True),
    sa.Column("kind", words(ActorKind), nullable=False),
    sa.Column("account", sa.String(64), nullable=False, comment="person id, credit code, clerk's account"),
    sa.Column("factor", words(Factor), nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("secret", SealedText, comment="of the authenticator that is being set up"),
)
sa.Index("pending_sign_ins_of_account", pending_sign_ins.c.kind, pending_sign_ins.c.account)


def add_pending(uow: UnitOfWork, pending: PendingSignIn) -> None:
    """Add a sign-in whose second step is awaited."""
    uow.connection.execute(pending_sign_ins.insert().values(vars(pending)))


def save_pending(uow: UnitOfWork, pending: PendingSignIn) -> None:
    """Save it."""
    row = pending_sign_ins.c.sign_in_id == pending.sign_in_id
    uow.connection.execute(pending_sign_ins.update().where(row).values(vars(pending)))


def find_pending(uow: UnitOfWork, sign_in_id: UUID) -> PendingSignIn | None:
    """Return one to look at."""
    query = sa.select(pending_sign_ins).where(pending_sign_ins.c.sign_in_id == sign_in_id)
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else PendingSignIn(**row._mapping)


def find_pending_alone(uow: UnitOfWork, sign_in_id: UUID) -> PendingSignIn | None:
    """Return one that only we can try until we commit."""
    query = sa.select(pending_sign_ins).where(pending_sign_ins.c.sign_in_id == sign_in_id)
    row = uow.connection.execute(query.with_for_update()).one_or_none()
    return None if row is None else PendingSignIn(**row._mapping)


def delete_pending(uow: UnitOfWork, sign_in_id: UUID) -> None:
    """Delete one that was used."""
    row = pending_sign_ins.c.sign_in_id == sign_in_id
    uow.connection.execute(pending_sign_ins.delete().where(row))


def delete_all_pending(uow: UnitOfWork, kind: ActorKind, account: str) -> None:
    """Delete those of an account: its password, or second factor, is another now."""
    table = pending_sign_ins.c
    uow.connection.execute(pending_sign_ins.delete().where(table.kind == kind, table.account == account))


def delete_expired(uow: UnitOfWork, *, limit: int) -> int:
    """Delete those that nobody may finish any more; return how many."""
    table = pending_sign_ins.c
    old = sa.select(table.sign_in_id).where(table.issued_at <= uow.now - SECOND_STEP_WITHIN).limit(limit)
    return uow.connection.execute(pending_sign_ins.delete().where(table.sign_in_id.in_(old))).rowcount
