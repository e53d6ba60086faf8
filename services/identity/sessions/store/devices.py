"""Browsers that are known: of what each keeps, a keyed hash, bound to one account."""

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import ActorKind
from services.identity.schema import metadata
from services.identity.sessions.domain import DEVICE_KNOWN_FOR, MOST_DEVICES
from services.identity.sessions.store.words import words

devices = sa.Table(
    "devices",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True, comment="fingerprint"),
    sa.Column("kind", words(ActorKind), nullable=False),
    sa.Column("account", sa.String(64), nullable=False, comment="person id, credit code"),
    sa.Column("added_at", UtcDateTime, nullable=False, index=True),
)
sa.Index("devices_of_account", devices.c.kind, devices.c.account)


def add_device(uow: UnitOfWork, kind: ActorKind, account: str, device: str) -> None:
    """Know a browser from now on; of many, the oldest are forgotten."""
    row = {"name": _name(kind, account, device), "kind": kind, "account": account, "added_at": uow.now}
    uow.connection.execute(devices.insert().values(row))
    latest = sa.select(devices.c.name).where(_of(kind, account))
    latest = latest.order_by(devices.c.added_at.desc(), devices.c.name).limit(MOST_DEVICES)
    uow.connection.execute(devices.delete().where(_of(kind, account), devices.c.name.not_in(latest)))


def is_known(uow: UnitOfWork, kind: ActorKind, account: str, device: str | None) -> bool:
    """Is this what a known browser of the account keeps?"""
    if device is None:
        return False
    known = devices.c.name == _name(kind, account, device)
    query = sa.select(devices.c.name).where(known, devices.c.added_at > uow.now - DEVICE_KNOWN_FOR)
    return uow.connection.execute(query).first() is not None


def forget_devices(uow: UnitOfWork, kind: ActorKind, account: str) -> None:
    """Know no browser of an account any more."""
    uow.connection.execute(devices.delete().where(_of(kind, account)))


def delete_old(uow: UnitOfWork, *, limit: int) -> int:
    """Delete what counts no more; return how many."""
    old = sa.select(devices.c.name).where(devices.c.added_at <= uow.now - DEVICE_KNOWN_FOR).limit(limit)
    return uow.connection.execute(devices.delete().where(devices.c.name.in_(old))).rowcount


def _name(kind: ActorKind, account: str, device: str) -> str:
    return fingerprint(f"device:{kind}:{account}:{device}")


def _of(kind: ActorKind, account: str) -> sa.ColumnElement[bool]:
    return (devices.c.kind == kind) & (devices.c.account == account)
