"""SMS in the database; phone and text sealed."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, claim, upsert_rows
from services.chassis.sealing import SealedText, fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.notify.schema import metadata
from services.notify.sms.domain import Sms, SmsState

sms_messages = sa.Table(
    "sms_messages",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("phone", SealedText, nullable=False),
    sa.Column("template", sa.String(40), nullable=False),
    sa.Column("text", SealedText, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("occasion", sa.String(80), unique=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("leased_until", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("error", sa.Text),
)
_CREATED = sms_messages.c.state == SmsState.CREATED.value
_SENDING = sms_messages.c.state == SmsState.SENDING.value
for _name, _columns, _only in (
    ("sms_messages_due", ("priority", "next_at", "id"), "state = 'created'"),
    ("sms_messages_sending", ("leased_until",), "state = 'sending'"),
):
    sa.Index(
        _name,
        *(sms_messages.c[column] for column in _columns),
        postgresql_where=sa.text(_only),
        sqlite_where=sa.text(_only),
    )

development_outbox = sa.Table(
    "development_outbox",
    metadata,
    sa.Column("sms_id", sa.Uuid, primary_key=True),
    sa.Column("phone", SealedText, nullable=False),
    sa.Column(
        "phone_fingerprint", sa.String(64), nullable=False, index=True, info={"keyed": ("sms phone", "phone")}
    ),
    sa.Column("text", SealedText, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
)

FIELDS = tuple(field.name for field in fields(Sms))


def phone_key(phone: str) -> str:
    """Return what a phone is searched by."""
    return fingerprint(f"sms phone:{phone}")


def add_messages(uow: UnitOfWork, messages: Sequence[Sms]) -> None:
    """Add messages; those whose occasion has its SMS already are left out."""
    upsert_rows(uow.connection, sms_messages, [_row(sms) for sms in messages], key=["occasion"], update=[])


def drop_expired(uow: UnitOfWork) -> int:
    """Give up what nobody needs any more; return how many."""
    return _set_state(uow, _CREATED & _is_expired(uow), SmsState.DROPPED)


def give_up_lost(uow: UnitOfWork) -> int:
    """Mark what was being sent when its sender died: unknown, for people to look at; return how many."""
    return _set_state(uow, _SENDING & (sms_messages.c.leased_until < uow.now), SmsState.UNKNOWN)


def get_next_due(uow: UnitOfWork) -> Sms | None:
    """Return the most urgent message whose time has come, locked for us."""
    due = (
        sa.select(*(sms_messages.c[name] for name in FIELDS))
        .where(_CREATED & (sms_messages.c.next_at <= uow.now) & ~_is_expired(uow))
        .order_by(sms_messages.c.priority, sms_messages.c.next_at, sms_messages.c.id)
        .limit(1)
    )
    row = uow.connection.execute(claim(due)).one_or_none()
    return None if row is None else Sms(**{**row._mapping, "state": SmsState(row.state)})


def save_begun(uow: UnitOfWork, sms: Sms) -> None:
    """Save that a call to the provider is about to begin."""
    _save(uow, sms, sms_messages.c.id == sms.id)


def save_outcome(uow: UnitOfWork, sms: Sms) -> None:
    """Save how the call ended, also when it took longer than its lease; never over another attempt."""
    ours = (sms_messages.c.id == sms.id) & (sms_messages.c.attempts == sms.attempts)
    open_states = (SmsState.SENDING.value, SmsState.UNKNOWN.value)
    _save(uow, sms, ours & sms_messages.c.state.in_(open_states))


def list_outbox(uow: UnitOfWork, phone: str, limit: int) -> list[Any]:
    """Return what the development outbox holds, the newest first; `phone` "" means all."""
    query = (
        sa.select(development_outbox, *(sms_messages.c[name] for name in ("state", "created_at", "sent_at")))
        .join(sms_messages, sms_messages.c.id == development_outbox.c.sms_id)
        .order_by(sms_messages.c.created_at.desc(), sms_messages.c.id.desc())
        .limit(limit)
    )
    if phone:
        query = query.where(development_outbox.c.phone_fingerprint == phone_key(phone))
    return list(uow.connection.execute(query))


def _is_expired(uow: UnitOfWork) -> sa.ColumnElement[bool]:
    return sms_messages.c.expires_at.is_not(None) & (sms_messages.c.expires_at <= uow.now)


def _row(sms: Sms) -> dict[str, Any]:
    return {**{name: getattr(sms, name) for name in FIELDS}, "state": sms.state.value}


def _save(uow: UnitOfWork, sms: Sms, where: sa.ColumnElement[bool]) -> None:
    changing = ("attempts", "next_at", "leased_until", "sent_at", "error")
    values: dict[str, Any] = {name: getattr(sms, name) for name in changing}
    uow.connection.execute(sms_messages.update().where(where).values(state=sms.state.value, **values))


def _set_state(uow: UnitOfWork, where: sa.ColumnElement[bool], state: SmsState) -> int:
    values: dict[str, datetime | str | None] = {"state": state.value, "leased_until": None}
    return uow.connection.execute(sms_messages.update().where(where).values(values)).rowcount
