"""Codes in the database: keyed hashes only, deleted when used or expired."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, upsert_rows
from services.chassis.unit_of_work import UnitOfWork
from services.identity.schema import metadata
from services.identity.verification.domain import SmsCode, SmsQuota

picture_codes = sa.Table(
    "picture_codes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False, index=True),
)

sms_codes = sa.Table(
    "sms_codes",
    metadata,
    sa.Column("binding", sa.String(64), primary_key=True, comment="purpose, account and phone, fingerprint"),
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
)

code_quotas = sa.Table(
    "code_quotas",
    metadata,
    sa.Column(
        "name", sa.String(64), primary_key=True, comment="phone, phone and purpose, or address, fingerprint"
    ),
    sa.Column("day", sa.Date, index=True),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("asked_at", UtcDateTime),
)


def add_picture_code(uow: UnitOfWork, *, picture_id: UUID, text_hash: str, issued_at: datetime) -> None:
    """Add a picture's code."""
    uow.connection.execute(
        picture_codes.insert().values(id=picture_id, text_hash=text_hash, issued_at=issued_at)
    )


def take_picture_code(uow: UnitOfWork, picture_id: UUID) -> tuple[str, datetime] | None:
    """Delete a picture's code and return (hash, issued at); only one caller gets it."""
    taken = picture_codes.delete().where(picture_codes.c.id == picture_id)
    columns = (picture_codes.c.text_hash, picture_codes.c.issued_at)
    row = uow.connection.execute(taken.returning(*columns)).one_or_none()
    return None if row is None else (row.text_hash, row.issued_at)


def put_sms_code(uow: UnitOfWork, binding: str, code: SmsCode) -> None:
    """Put the code that counts from now on in the place of an earlier one."""
    row = {"binding": binding, **vars(code)}
    upsert_rows(uow.connection, sms_codes, [row], key=["binding"], update=list(vars(code)))


def get_sms_code_alone(uow: UnitOfWork, binding: str) -> SmsCode | None:
    """Return a code that only we can try until we commit."""
    query = sa.select(sms_codes).where(sms_codes.c.binding == binding).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        return None
    return SmsCode(code_hash=row.code_hash, issued_at=row.issued_at, tries=row.tries)


def delete_sms_code(uow: UnitOfWork, binding: str) -> None:
    """Delete a code that was used."""
    uow.connection.execute(sms_codes.delete().where(sms_codes.c.binding == binding))


def get_quota_alone(uow: UnitOfWork, name: str) -> SmsQuota:
    """Return the quota of a phone or an address (a fingerprint); who asks for it meanwhile waits for us."""
    new = {"name": name, **vars(SmsQuota())}  # the update changes nothing, but holds the row
    upsert_rows(uow.connection, code_quotas, [new], key=["name"], update=["name"])
    row = uow.connection.execute(sa.select(code_quotas).where(code_quotas.c.name == name)).one()
    return SmsQuota(day=row.day, asked=row.asked, asked_at=row.asked_at)


def save_quota(uow: UnitOfWork, name: str, quota: SmsQuota) -> None:
    """Save the quota of a phone or an address."""
    uow.connection.execute(code_quotas.update().where(code_quotas.c.name == name).values(vars(quota)))


def delete_codes(uow: UnitOfWork, *, issued_before: datetime, limit: int) -> int:
    """Delete expired codes, `limit` of each kind; return how many."""
    count = 0
    for table, key in ((picture_codes, picture_codes.c.id), (sms_codes, sms_codes.c.binding)):
        old = sa.select(key).where(table.c.issued_at <= issued_before).limit(limit)
        count += uow.connection.execute(table.delete().where(key.in_(old))).rowcount
    return count


def delete_quotas(uow: UnitOfWork, *, before: date, limit: int) -> int:
    """Delete the quotas of days that are over; return how many."""
    old = sa.select(code_quotas.c.name).where(code_quotas.c.day < before).limit(limit)
    return uow.connection.execute(code_quotas.delete().where(code_quotas.c.name.in_(old))).rowcount
