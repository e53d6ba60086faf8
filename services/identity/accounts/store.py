"""Accounts of employers in the database, and the history of their handlers."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.ids import new_id
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.identity.accounts.domain import Employer
from services.identity.schema import metadata

employers = sa.Table(
    "employers",
    metadata,
    sa.Column("credit_code", sa.String(18), primary_key=True),
    sa.Column("unit_no", sa.String(12), unique=True),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("handler_name", sa.String(200)),
    sa.Column("handler_phone", SealedText),
    sa.Column("agreement", sa.String(40), nullable=False, comment="version that was agreed to, at opened_at"),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("administrator_since", UtcDateTime),
    sa.Column("password_changed_at", UtcDateTime),
    sa.Column("disabled_at", UtcDateTime),
)

employer_handlers = sa.Table(
    "employer_handlers",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.ForeignKey(employers.c.credit_code), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("phone", SealedText, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(100), nullable=False, comment="actor; empty: at registration"),
    sa.Column("message_id", sa.String(36), nullable=False),
)


def add_employer(uow: UnitOfWork, employer: Employer) -> bool:
    """Add an account unless there is one; say whether it was new."""
    return insert_if_new(uow.connection, employers, **vars(employer))


def save_employer(uow: UnitOfWork, employer: Employer) -> None:
    """Save an account."""
    row = employers.c.credit_code == employer.credit_code
    uow.connection.execute(employers.update().where(row).values(vars(employer)))


def add_handler(uow: UnitOfWork, employer: Employer, *, since: datetime, by: str) -> None:
    """Add the employer's handler of this moment to the history, where all stay."""
    uow.connection.execute(
        employer_handlers.insert().values(
            id=new_id(),
            credit_code=employer.credit_code,
            name=employer.handler_name,
            phone=employer.handler_phone,
            since=since,
            by=by,
            message_id=uow.message_id,
        )
    )


def find_employer(uow: UnitOfWork, credit_code: str) -> Employer | None:
    """Return an account to look at."""
    return _find(uow, sa.select(employers).where(employers.c.credit_code == credit_code))


def find_employer_alone(uow: UnitOfWork, credit_code: str) -> Employer | None:
    """Return an account that only we can change until we commit."""
    return _find(uow, sa.select(employers).where(employers.c.credit_code == credit_code).with_for_update())


def get_employer(uow: UnitOfWork, credit_code: str) -> Employer:
    """Return an account to look at; Missing: there is none."""
    return _required(find_employer(uow, credit_code))


def get_employer_alone(uow: UnitOfWork, credit_code: str) -> Employer:
    """Return an account that only we can change until we commit; Missing: there is none."""
    return _required(find_employer_alone(uow, credit_code))


def _required(employer: Employer | None) -> Employer:
    if employer is None:
        raise Missing("employer_missing", "this employer has no account")
    return employer


def _find(uow: UnitOfWork, query: sa.Select[Any]) -> Employer | None:
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else Employer(**row._mapping)
