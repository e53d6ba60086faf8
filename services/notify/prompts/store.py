"""Prompts, and the answers that end them.

An answer is kept whether or not its prompt is there yet: so one that overtakes the approval is not forgotten,
and the prompt is born done. Of several answers the one with the highest revision stands.
A prompt with a phone is one of which nobody is told yet.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, batched, bulk_insert_if_new, claim, insert_if_new
from services.chassis.sealing import Token
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.contracts.values import CreditCode, RefundId
from services.notify.prompts.domain import Prompt
from services.notify.schema import metadata

prompts = sa.Table(
    "prompts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("refund_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("employer", sa.String(18), nullable=False, index=True),
    sa.Column("number", sa.String(60), nullable=False),
    sa.Column("programme_year", sa.Integer, nullable=False),
    sa.Column("unit_name", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("deadline", sa.Date, nullable=False),
    sa.Column("raised_at", UtcDateTime, nullable=False),
    sa.Column("phone", Token),
)
_UNTOLD = prompts.c.phone.is_not(None)
sa.Index("prompts_untold", prompts.c.id, postgresql_where=_UNTOLD, sqlite_where=_UNTOLD)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("refund_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("answered_at", UtcDateTime, nullable=False),
)

IDS_AT_A_TIME = 1000
_SAME = ("programme_year", "deadline", "raised_at")  # of all prompts of an approval


def add_prompts(uow: UnitOfWork, new: Sequence[Prompt]) -> None:
    """Add the prompts of one approval; a refund that has one keeps it."""
    if new:
        bulk_insert_if_new(
            uow.connection, prompts, Prompt._fields, new, key=["refund_id"], insert=_insert_columns
        )


def _insert_columns(connection: sa.Connection, new: Sequence[Prompt]) -> None:
    import polars as pl  # large: only where the worker needs it

    from services.chassis.frames import insert_frame

    columns = dict(zip(Prompt._fields, zip(*new, strict=True), strict=True))
    same = {name: columns.pop(name)[0] for name in _SAME}
    for name in ("id", "refund_id"):
        columns[name] = [value.hex for value in columns[name]]
    insert_frame(connection, prompts, pl.DataFrame(columns), **same)


def claim_untold(uow: UnitOfWork, limit: int) -> list[Prompt]:
    """Return the oldest prompts of which nobody is told yet, locked for us."""
    query = sa.select(*(prompts.c[name] for name in Prompt._fields)).where(_UNTOLD)
    found = uow.connection.execute(claim(query.order_by(prompts.c.id).limit(limit)))
    return [Prompt(*row) for row in found]


def set_told(uow: UnitOfWork, told: Sequence[Prompt]) -> None:
    """Forget the phones of prompts that are told."""
    for some in batched([prompt.id for prompt in told], IDS_AT_A_TIME):
        uow.connection.execute(prompts.update().where(prompts.c.id.in_(some)).values(phone=None))


def save_answer(uow: UnitOfWork, event: RefundConfirmed | RefundWaived) -> None:
    """Remember that a refund is answered; an older answer that comes late changes nothing."""
    values = {"revision": event.revision, "answered_at": event.at}
    if insert_if_new(uow.connection, answers, refund_id=event.refund_id, **values):
        return
    older = (answers.c.refund_id == event.refund_id) & (answers.c.revision < event.revision)
    uow.connection.execute(answers.update().where(older).values(values))


def list_answered(uow: UnitOfWork, refund_ids: Sequence[RefundId]) -> set[RefundId]:
    """Return those of the refunds that are answered already."""
    answered: set[RefundId] = set()
    for some in batched(refund_ids, IDS_AT_A_TIME):
        answered.update(
            uow.connection.scalars(sa.select(answers.c.refund_id).filter(answers.c.refund_id.in_(some)))
        )
    return answered


def list_prompts(uow: UnitOfWork, employer: CreditCode, *, open_only: bool) -> list[Any]:
    """Return the rows of an employer's prompts with `done_at`, open ones first, then the latest."""
    done_at = answers.c.answered_at
    query = (
        sa.select(prompts, done_at.label("done_at"))
        .outerjoin(answers, answers.c.refund_id == prompts.c.refund_id)
        .where(prompts.c.employer == employer)
        .order_by(done_at.is_not(None), prompts.c.raised_at.desc(), prompts.c.id.desc())
    )
    return list(uow.connection.execute(query.where(done_at.is_(None)) if open_only else query))
