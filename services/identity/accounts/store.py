"""Accounts of employers in the database."""

from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.unit_of_work import UnitOfWork
from services.identity.accounts.domain import Employer
from services.identity.schema import metadata

employers = sa.Table(
    "employers",
    metadata,
    sa.Column("credit_code", sa.String(18), primary_key=True),
    sa.Column("unit_no", sa.String(12), nullable=False, unique=True),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("agreement", sa.String(40), nullable=False, comment="version that was agreed to, at opened_at"),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("administrator_since", UtcDateTime),
    sa.Column("disabled_at", UtcDateTime),
)


def add_employer(uow: UnitOfWork, employer: Employer) -> None:
    """Add an account."""
    uow.connection.execute(employers.insert().values(vars(employer)))


def save_employer(uow: UnitOfWork, employer: Employer) -> None:
    """Save an account."""
    row = employers.c.credit_code == employer.credit_code
    uow.connection.execute(employers.update().where(row).values(vars(employer)))


def find_employer(uow: UnitOfWork, credit_code: str) -> Employer | None:
    """Return an account to look at."""
    return _find(uow, sa.select(employers).where(employers.c.credit_code == credit_code))


def find_employer_alone(uow: UnitOfWork, credit_code: str) -> Employer | None:
    """Return an account that only we can change until we commit."""
    return _find(uow, sa.select(employers).where(employers.c.credit_code == credit_code).with_for_update())


def _find(uow: UnitOfWork, query: sa.Select[Any]) -> Employer | None:
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else Employer(**row._mapping)
