"""Maintained units and the history of maintenances. The unit's row is the lock under which the accepted ones
are counted; there is none before the first is accepted, so nothing declared or refused ties anything."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing, Refused
from services.contracts.identity.credit_codes import MaintenanceState
from services.contracts.values import region_prefix
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance
from services.identity.schema import metadata

maintained_units = sa.Table(
    "maintained_units",
    metadata,
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("credit_code", sa.String(18), nullable=False, unique=True),
    sa.Column("maintenance_id", sa.Uuid, nullable=False, comment="the one that counts"),
    sa.Column("registered_at", UtcDateTime),
)

maintenances = sa.Table(
    "maintenances",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("unit_no", sa.String(12), nullable=False),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("handler_name", sa.String(200), nullable=False),
    sa.Column("handler_phone", SealedText, nullable=False),
    sa.Column("declared_by", sa.String(100), nullable=False),
    sa.Column("declared_by_name", sa.String(200), nullable=False),
    sa.Column("declared_at", UtcDateTime, nullable=False),
    sa.Column("decided_by", sa.String(100)),
    sa.Column("decided_by_name", sa.String(200)),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
)
for _name, _column in (
    ("maintenances_of_unit", "unit_no"),
    ("maintenances_of_code", "credit_code"),
    ("maintenances_of_person", "declared_by"),
    ("maintenances_in_state", "state"),
):
    sa.Index(_name, maintenances.c[_column], maintenances.c.id)
_PENDING = sa.text("state = 'declared'")
sa.Index(
    "maintenances_pending",
    maintenances.c.unit_no,
    maintenances.c.declared_by,
    unique=True,
    postgresql_where=_PENDING,
    sqlite_where=_PENDING,
)


def tie_unit_alone(uow: UnitOfWork, maintenance: Maintenance) -> MaintainedUnit:
    """Tie code and unit by this maintenance, which counts from now on; who wants the unit waits for us.

    Returns the unit with what was accepted before. Refused: the code is tied to another unit. An earlier code
    of this unit is free again.
    """
    tie = {"credit_code": maintenance.credit_code, "maintenance_id": maintenance.id}
    insert_if_new(uow.connection, maintained_units, unit_no=maintenance.unit_no, **tie)
    unit = _get_unit(uow, _of_unit(maintenance.unit_no).with_for_update())
    if unit is None:
        raise _tied()
    row = maintained_units.c.unit_no == maintenance.unit_no
    try:
        uow.connection.execute(maintained_units.update().where(row).values(tie))
    except sa.exc.IntegrityError as error:
        raise _tied() from error
    return unit


def require_free_code(uow: UnitOfWork, *, unit_no: str, credit_code: str) -> None:
    """Refuse a code that is tied to another unit at this moment."""
    unit = find_unit_of_code(uow, credit_code)
    if unit and unit.unit_no != unit_no:
        raise _tied()


def find_unit(uow: UnitOfWork, unit_no: str) -> MaintainedUnit | None:
    """Return a unit to look at."""
    return _get_unit(uow, _of_unit(unit_no))


def find_unit_of_code(uow: UnitOfWork, credit_code: str) -> MaintainedUnit | None:
    """Return the unit to which a code is tied, to look at."""
    return _get_unit(uow, _of_code(credit_code))


def get_unit_alone(uow: UnitOfWork, credit_code: str) -> MaintainedUnit | None:
    """Return the unit to which a credit code is tied; who wants it meanwhile waits for us."""
    return _get_unit(uow, _of_code(credit_code).with_for_update())


def save_registered(uow: UnitOfWork, unit_no: str, at: datetime) -> None:
    """Remember that the unit has registered: no more maintenance."""
    row = maintained_units.c.unit_no == unit_no
    uow.connection.execute(maintained_units.update().where(row).values(registered_at=at))


def add_maintenance(uow: UnitOfWork, maintenance: Maintenance) -> bool:
    """Add a maintenance to the history, where all stay; False: this person has one pending for the unit."""
    return insert_if_new(uow.connection, maintenances, **_row(maintenance))


def save_maintenance(uow: UnitOfWork, maintenance: Maintenance) -> None:
    """Save what was decided."""
    row = maintenances.c.id == maintenance.id
    uow.connection.execute(maintenances.update().where(row).values(_row(maintenance)))


def get_maintenance_alone(uow: UnitOfWork, maintenance_id: UUID) -> Maintenance:
    """Return a maintenance that only we can decide until we commit."""
    query = sa.select(maintenances).where(maintenances.c.id == maintenance_id).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        raise Missing("maintenance_missing", "there is no such maintenance")
    return _maintenance(row)


def find_latest(uow: UnitOfWork, credit_code: str) -> Maintenance | None:
    """Return the maintenance that counts for the unit to which the code is tied now."""
    query = (
        sa.select(maintenances)
        .join(maintained_units, maintained_units.c.maintenance_id == maintenances.c.id)
        .where(maintained_units.c.credit_code == credit_code)
    )
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else _maintenance(row)


def list_maintenances(
    uow: UnitOfWork,
    *,
    declared_by: str | None,
    region: str | None,
    state: MaintenanceState | None,
    find: str | None,
    before: UUID | None,
    limit: int,
) -> list[Maintenance]:
    """Return maintenances, the latest first; what is None does not matter."""
    table = maintenances.c
    conditions: list[tuple[Any, sa.ColumnElement[bool]]] = [
        (declared_by, table.declared_by == declared_by),
        (region, table.unit_no.startswith(region_prefix(region or ""))),
        (state, table.state == (state and state.value)),
        (find, (table.unit_no == find) | (table.credit_code == find)),
        (before, table.id < (before or UUID(int=0))),
    ]
    query = sa.select(maintenances).order_by(table.id.desc()).limit(limit)
    query = query.where(*(condition for asked, condition in conditions if asked is not None))
    return [_maintenance(row) for row in uow.connection.execute(query)]


def _of_unit(unit_no: str) -> sa.Select[Any]:
    return sa.select(maintained_units).where(maintained_units.c.unit_no == unit_no)


def _of_code(credit_code: str) -> sa.Select[Any]:
    return sa.select(maintained_units).where(maintained_units.c.credit_code == credit_code)


def _get_unit(uow: UnitOfWork, query: sa.Select[Any]) -> MaintainedUnit | None:
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        return None
    accepted = maintenances.c.state == MaintenanceState.ACCEPTED.value
    of_unit = maintenances.c.unit_no == row.unit_no
    moments = sa.select(maintenances.c.decided_at).where(of_unit, accepted)
    return MaintainedUnit(**row._mapping, accepted=tuple(uow.connection.scalars(moments)))


def _row(maintenance: Maintenance) -> dict[str, Any]:
    return {**vars(maintenance), "state": maintenance.state.value}


def _maintenance(row: sa.Row[Any]) -> Maintenance:
    return Maintenance(**{**row._mapping, "state": MaintenanceState(row.state)})


def _tied() -> Refused:
    return Refused("credit_code_tied", "the credit code is tied to another unit")
