"""The tables that every service has: what it has heard, and what it has to say."""

import sqlalchemy as sa

from services.chassis.database import UtcDateTime

metadata = sa.MetaData()

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("message_id", sa.String(36), primary_key=True),
    sa.Column("handler", sa.String(80), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("answer", sa.JSON),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("message_id", sa.String(36), nullable=False, unique=True),
    sa.Column("routing_key", sa.String(120), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("trace", sa.String(64), nullable=False, server_default=""),
    sa.Column("leased_until", UtcDateTime),
    sa.Column("sent_at", UtcDateTime),
)

_UNSENT = outbox.c.sent_at.is_(None)
sa.Index("outbox_unsent", outbox.c.seq, postgresql_where=_UNSENT, sqlite_where=_UNSENT)
