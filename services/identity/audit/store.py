"""The trail in the database. It only grows."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.sealing import SealedText, fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.audit import Act
from services.identity.audit.domain import Entry
from services.identity.schema import metadata

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("actor_name", sa.String(200), nullable=False),
    sa.Column("subject", sa.String(100), nullable=False),
    sa.Column("subject_sealed", SealedText, nullable=False, comment="unmasked"),
    sa.Column(
        "subject_key",
        sa.String(64),
        nullable=False,
        index=True,
        info={"keyed": ("audit subject", "subject_sealed")},
    ),
    sa.Column("address", sa.String(45), nullable=False),
    sa.Column("agent", sa.String(200), nullable=False),
    sa.Column("message_id", sa.String(36), nullable=False),
    sa.Column("trace", sa.String(64), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
)
_HIDDEN = {"subject_sealed", "subject_key"}  # to search by, not to show
sa.Index("audit_entries_of_actor", audit_entries.c.actor, audit_entries.c.seq)


def subject_key(subject: str) -> str:
    """Return what a subject is searched by."""
    return fingerprint(f"audit subject:{subject}")


def add_entry(uow: UnitOfWork, entry: Entry, *, key: str) -> None:
    """Add a line; `key` is the subject unmasked."""
    row = {**vars(entry), "subject_sealed": key, "subject_key": subject_key(key)}
    uow.connection.execute(audit_entries.insert().values(row))


def list_entries(
    uow: UnitOfWork,
    *,
    act: Act | None,
    actor: str,
    subject: str,
    begin: datetime | None,
    end: datetime | None,
    before: int | None,
    limit: int,
) -> list[tuple[int, Entry]]:
    """Return (seq, line), the latest first."""
    table = audit_entries.c
    query = (
        sa.select(*(column for column in table if column.name not in _HIDDEN))
        .order_by(table.seq.desc())
        .limit(limit)
    )
    conditions: list[tuple[Any, sa.ColumnElement[bool]]] = [
        (act, table.act == (act and act.value)),
        (actor, table.actor == actor),
        (subject, table.subject_key == subject_key(subject)),
        (begin, table.at >= sa.literal(begin, UtcDateTime)),
        (end, table.at < sa.literal(end, UtcDateTime)),
        (before, table.seq < (before or 0)),
    ]
    query = query.where(*(condition for asked, condition in conditions if asked))
    return [_entry(row) for row in uow.connection.execute(query)]


def _entry(row: sa.Row[Any]) -> tuple[int, Entry]:
    values = dict(row._mapping)
    seq = values.pop("seq")
    return seq, Entry(**{**values, "act": Act(row.act)})
