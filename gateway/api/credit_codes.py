"""统一社会信用代码维护 at the counter."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask
from services.contracts.identity.credit_codes import (
    DeclareMaintenance,
    EnterMaintenance,
    ListMaintenances,
    MaintenancesView,
    MaintenanceView,
)

api = room("credit_codes")

DeclareMaintenanceBody = body_of(DeclareMaintenance)
EnterMaintenanceBody = body_of(EnterMaintenance)


@api.get("/maintenances", responses={200: MaintenancesView})
def list_maintenances(query: ListMaintenances) -> Response:
    """Show a person its own; a reception clerk or auditor those of its region."""
    return reply(ask(query))


@api.post("/maintenances/declaration", responses={201: MaintenanceView})
def declare_maintenance(body: DeclareMaintenanceBody) -> Response:
    """维护申报: a person declares, the reception post of the unit's region decides."""
    return reply(ask(command(DeclareMaintenance, body)), 201)


@api.post("/maintenances", responses={201: MaintenanceView})
def enter_maintenance(body: EnterMaintenanceBody) -> Response:
    """Tie a credit code and a handler's phone to an insured unit (reception post)."""
    return reply(ask(command(EnterMaintenance, body)), 201)
