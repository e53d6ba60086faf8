"""Changes of bank accounts: the later word counts.

A change is written into the registry of its moment, and into imports that were received before it and finish
after it; an import that is received after it is the newer statement and wins, even with the old account.
"""

from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import UnitNo
from services.subsidy.registry.domain import AccountChange, Import, Unit
from services.subsidy.registry.store.files import counting, current_employers, imports, latest
from services.subsidy.registry.store.insured_units import units
from services.subsidy.schema import metadata

account_changes = sa.Table(
    "account_changes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("unit_no", sa.String(12), nullable=False),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("account_name", sa.String(100), nullable=False),
    sa.Column("account", SealedText, nullable=False),
    sa.Column("bank", sa.String(100), nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("by_name", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("address", sa.String(45), nullable=False),
    sa.Column("message_id", sa.String(36), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)
sa.Index("account_changes_of_unit", account_changes.c.unit_no, account_changes.c.at, unique=True)


def add_account_change(uow: UnitOfWork, change: AccountChange) -> None:
    """Keep a change for ever, and let it count in the registry of its moment."""
    uow.connection.execute(account_changes.insert().values(vars(change)))
    then = sa.select(imports.c.id).where(counting(ImportKind.EMPLOYERS), imports.c.received_at <= change.at)
    _set_account(uow, then.order_by(*latest()).limit(1).scalar_subquery(), change)


def apply_account_changes(uow: UnitOfWork, one: Import) -> None:
    """Let the changes count that were made since this import was received, the last of a unit last."""
    since = sa.select(account_changes).where(account_changes.c.at >= one.received_at)
    for row in uow.connection.execute(since.order_by(account_changes.c.at)).all():
        _set_account(uow, sa.literal(one.id, sa.Uuid), AccountChange(**row._mapping))


def get_last_change(uow: UnitOfWork, unit_no: UnitNo) -> AccountChange | None:
    """Return the last change of a unit's account, in force or not."""
    return _last_change(uow, account_changes.c.unit_no == unit_no)


def get_change_in_force(uow: UnitOfWork, unit: Unit) -> AccountChange | None:
    """Return the change that gave a unit the account it has today; None: the registry's file did."""
    received = sa.select(imports.c.received_at).where(imports.c.id == current_employers()).scalar_subquery()
    mine = (account_changes.c.unit_no == unit.unit_no) & (account_changes.c.credit_code == unit.credit_code)
    return _last_change(uow, mine & (account_changes.c.at >= received))


def _last_change(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> AccountChange | None:
    query = sa.select(account_changes).where(which).order_by(account_changes.c.at.desc()).limit(1)
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else AccountChange(**row._mapping)


def _set_account(uow: UnitOfWork, import_id: sa.ColumnElement[Any], change: AccountChange) -> None:
    """A unit that has come to another employer meanwhile keeps what the file says."""
    unit = (units.c.import_id == import_id) & (units.c.unit_no == change.unit_no)
    mine = unit & (units.c.credit_code == change.credit_code)
    account = {"account_name": change.account_name, "account": change.account, "bank": change.bank}
    uow.connection.execute(units.update().where(mine).values(account))
