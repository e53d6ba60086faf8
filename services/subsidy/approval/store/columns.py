"""The columns that lines and refunds have in common: what is frozen of a unit, and by which programme."""

from typing import Any

import sqlalchemy as sa

from services.chassis.sealing import Token
from services.contracts.values import SizeClass, UnitType
from services.subsidy.schema import words


def unit_columns(*, complete: bool) -> list[sa.Column[Any]]:
    """Return the columns of what is frozen of a unit; one that was left out may lack some."""
    return [
        sa.Column("unit_no", sa.String(12), primary_key=not complete, nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("unit_name", sa.String(200), nullable=False),
        sa.Column("unit_type", words(UnitType), nullable=False),
        sa.Column("size_class", words(SizeClass)),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("headcount", sa.Integer, nullable=False),
        sa.Column("layoff_rate", sa.Integer, nullable=False),
        sa.Column("base", sa.BigInteger, nullable=False),
        sa.Column("ratio", sa.Integer, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("account_name", sa.String(200), nullable=not complete),
        sa.Column("account", Token, nullable=not complete),
        sa.Column("bank", sa.String(200), nullable=not complete),
        sa.Column("contact", sa.String(100), nullable=False),
        sa.Column("phone", Token, nullable=not complete),
    ]


def programme_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("programme_year", sa.Integer, nullable=False),
        sa.Column("base_year", sa.Integer, nullable=False),
        sa.Column("policy_version", sa.Integer, nullable=False),
        sa.Column("policy_digest", sa.String(64), nullable=False),
        sa.Column("deadline", sa.Date, nullable=False),
    ]
