"""The numbers that people quote."""

import sqlalchemy as sa

from services.chassis.database import insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Year
from services.subsidy.schema import metadata

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("prefix", sa.String(10), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)


def next_number(uow: UnitOfWork, prefix: str, year: Year) -> str:
    """Return the next business number, without gaps: PL-2023-0001. Concurrent callers wait for each other."""
    insert_if_new(uow.connection, numbers, prefix=prefix, year=year, last=0)
    row = (numbers.c.prefix == prefix) & (numbers.c.year == year)
    uow.connection.execute(numbers.update().where(row).values(last=numbers.c.last + 1))
    last = uow.connection.scalar(sa.select(numbers.c.last).where(row))
    return f"{prefix}-{year}-{last:04d}"
