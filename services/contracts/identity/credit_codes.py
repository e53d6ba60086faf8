"""Credit-code maintenance (统一社会信用代码维护): declared by a person or entered at the counter."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.contracts.base import Command, Query, View
from services.contracts.identity.fields import Reason
from services.contracts.values import (
    CheckedCreditCode,
    CreditCode,
    MaintenanceId,
    Phone,
    ShortText,
    UnitNo,
)


class MaintenanceState(StrEnum):
    """What became of a maintenance."""

    DECLARED = "declared"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class MaintenanceView(View):
    """A maintenance: accepted, it ties a credit code and a handler's phone to an insured unit. `declared_by`
    is the person's name, or the clerk's who entered it at the counter."""

    maintenance_id: MaintenanceId
    state: MaintenanceState
    credit_code: str
    unit_no: str
    unit_name: str
    handler_name: str
    handler_phone_masked: str
    declared_by: str
    declared_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class MaintenancesView(View):
    """A page of maintenances, the latest first; `next_after` is None on the last page."""

    maintenances: tuple[MaintenanceView, ...]
    next_after: UUID | None


class DeclareMaintenance(Command[MaintenanceView]):
    """A person declares a maintenance; the reception post of the unit's region decides.

    Refused: `unit_registered`, `maintenance_limit_total` (3), `maintenance_limit_day` (2, Shanghai),
    `credit_code_tied`, `maintenance_pending` (one of this unit waits already).
    """

    credit_code: CheckedCreditCode
    unit_no: UnitNo
    unit_name: ShortText
    handler_name: ShortText
    handler_phone: Phone


class EnterMaintenance(Command[MaintenanceView]):
    """The reception post enters a maintenance at the counter. At most 3 a unit in all, 2 a Shanghai day."""

    credit_code: CheckedCreditCode
    unit_no: UnitNo
    unit_name: ShortText
    handler_name: ShortText
    handler_phone: Phone


class AcceptMaintenance(Command[MaintenanceView]):
    """The reception post accepts what a person declared; the limits are looked at once more."""

    maintenance_id: MaintenanceId


class RefuseMaintenance(Command[MaintenanceView]):
    """The reception post refuses what a person declared; the person reads why."""

    maintenance_id: MaintenanceId
    reason: Reason


class ListMaintenances(Query[MaintenancesView]):
    """A person sees its own; a reception clerk (and an auditor) those of its region. `find`: unit number or
    credit code, which also shows the history of one unit."""

    state: MaintenanceState | None = None
    find: Annotated[UnitNo | CreditCode | None, Field(description="unit number or credit code")] = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
