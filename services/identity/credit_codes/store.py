"""Maintained units and their history. The unit's row is the lock under which its maintenances are counted."""

from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance
from services.identity.schema import metadata

maintained_units = sa.Table(
    "maintained_units",
    metadata,
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("credit_code", sa.String(18), nullable=False, unique=True),
    sa.Column("registered_at", UtcDateTime),
)

maintenances = sa.Table(
    "maintenances",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("unit_no", sa.ForeignKey(maintained_units.c.unit_no), nullable=False, index=True),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("handler_name", sa.String(200), nullable=False),
    sa.Column("handler_phone", SealedText, nullable=False),
    sa.Column("accepted_at", UtcDateTime, nullable=False),
    sa.Column("accepted_by", sa.String(100), nullable=False),
)


def tie_unit_alone(uow: UnitOfWork, *, unit_no: str, credit_code: str) -> MaintainedUnit:
    """Return a unit with this credit code tied to it; who wants it meanwhile waits for us.

    Refused: the code is tied to another unit. An earlier code of this unit is free again.
    """
    insert_if_new(uow.connection, maintained_units, unit_no=unit_no, credit_code=credit_code)
    unit = _get_unit_alone(uow, maintained_units.c.unit_no == unit_no)
    if unit is None:
        raise _tied()
    if unit.credit_code != credit_code:
        row = maintained_units.c.unit_no == unit_no
        try:
            uow.connection.execute(maintained_units.update().where(row).values(credit_code=credit_code))
        except sa.exc.IntegrityError as error:
            raise _tied() from error
    return unit


def get_unit_alone(uow: UnitOfWork, credit_code: str) -> MaintainedUnit | None:
    """Return the unit to which a credit code is tied; who wants it meanwhile waits for us."""
    return _get_unit_alone(uow, maintained_units.c.credit_code == credit_code)


def save_registered(uow: UnitOfWork, unit_no: str, at: datetime) -> None:
    """Remember that the unit has registered: no more maintenance."""
    row = maintained_units.c.unit_no == unit_no
    uow.connection.execute(maintained_units.update().where(row).values(registered_at=at))


def add_maintenance(uow: UnitOfWork, maintenance_id: object, maintenance: Maintenance) -> None:
    """Add a maintenance to the history, where all stay."""
    uow.connection.execute(maintenances.insert().values(id=maintenance_id, **vars(maintenance)))


def find_latest(uow: UnitOfWork, credit_code: str) -> Maintenance | None:
    """Return the latest maintenance of the unit to which the code is tied now."""
    query = (
        sa.select(maintenances)
        .join(maintained_units, maintained_units.c.unit_no == maintenances.c.unit_no)
        .where(maintained_units.c.credit_code == credit_code)
        .order_by(maintenances.c.accepted_at.desc(), maintenances.c.id.desc())
        .limit(1)
    )
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Maintenance(**{key: value for key, value in row._mapping.items() if key != "id"})


def _get_unit_alone(uow: UnitOfWork, condition: sa.ColumnElement[bool]) -> MaintainedUnit | None:
    query = sa.select(maintained_units).where(condition).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        return None
    moments = sa.select(maintenances.c.accepted_at).where(maintenances.c.unit_no == row.unit_no)
    return MaintainedUnit(**row._mapping, accepted=tuple(uow.connection.scalars(moments)))


def _tied() -> Refused:
    return Refused("credit_code_tied", "the credit code is tied to another unit")
