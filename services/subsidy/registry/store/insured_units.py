"""The insured units of each version of the registry; the latest that counts is the registry of today."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.values import CreditCode, SizeClass, UnitNo, UnitType
from services.subsidy.registry.domain import SizeFrom, Unit
from services.subsidy.registry.store.files import current_employers, imports
from services.subsidy.schema import metadata, words

units = sa.Table(
    "units",
    metadata,
    sa.Column("import_id", sa.Uuid, primary_key=True),  # no foreign key: it is dear for millions of rows
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("unit_type", words(UnitType), nullable=False),
    sa.Column("size_class", words(SizeClass)),
    sa.Column("industry", sa.String(100)),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("headcount", sa.Integer),
    sa.Column("labour_dispatch", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("audit_findings", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("account_name", sa.String(100)),
    sa.Column("account", SealedText),
    sa.Column("bank", sa.String(100)),
    sa.Column("contact", sa.String(100)),
    sa.Column("phone", SealedText),
    sa.Column("employees", sa.Integer),
    sa.Column("revenue", sa.BigInteger),
    sa.Column("assets", sa.BigInteger),
    sa.Column("size_from", words(SizeFrom)),
)
sa.Index("units_of_employer", units.c.import_id, units.c.credit_code)


def get_unit(uow: UnitOfWork, unit_no: UnitNo) -> Unit:
    """Return an insured unit as the registry of today has it."""
    found = get_units(uow, [unit_no])
    if not found:
        raise Missing("unit_missing", "there is no such insured unit", unit_no=unit_no)
    return found[unit_no]


def get_units(uow: UnitOfWork, unit_nos: Sequence[UnitNo]) -> dict[UnitNo, Unit]:
    """Return insured units of today by their numbers (a few thousand at most)."""
    chosen = (units.c.import_id == current_employers()) & units.c.unit_no.in_(unit_nos)
    return {row.unit_no: _unit(row) for row in uow.connection.execute(sa.select(units).where(chosen))}


def list_units(uow: UnitOfWork, credit_code: CreditCode) -> list[Unit]:
    """Return the insured units of an employer as the registry of today has them."""
    chosen = (units.c.import_id == current_employers()) & (units.c.credit_code == credit_code)
    query = sa.select(units).where(chosen).order_by(units.c.unit_no)
    return [_unit(row) for row in uow.connection.execute(query)]


def hold_unit(uow: UnitOfWork, unit_no: UnitNo) -> None:
    """Let nobody else change this unit, and no import become the registry of today, before we commit."""
    loading = imports.c.state.in_([ImportState.RECEIVED, ImportState.WAITING, ImportState.LOADING])
    coming = sa.select(imports.c.id).where(imports.c.kind == ImportKind.EMPLOYERS, loading)
    uow.connection.execute(coming.order_by(imports.c.id).with_for_update(read=True)).all()
    unit = sa.select(units.c.unit_no).filter_by(import_id=current_employers(), unit_no=unit_no)
    uow.connection.execute(unit.with_for_update(key_share=True)).all()


def _unit(row: sa.Row[Any]) -> Unit:
    values = dict(row._mapping)
    del values["import_id"]
    return Unit(**values)
