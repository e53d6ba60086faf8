"""统一社会信用代码维护: entered at the counter, or declared and then decided there."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    DeclareMaintenance,
    EnterMaintenance,
    ListMaintenances,
    MaintenancesView,
    MaintenanceView,
    RefuseMaintenance,
)

api = room("credit_codes")

DeclareMaintenanceBody = body_of(DeclareMaintenance)
EnterMaintenanceBody = body_of(EnterMaintenance)
MaintenancePath = only(AcceptMaintenance, "maintenance_id")
AcceptMaintenanceBody = body_of(AcceptMaintenance, "maintenance_id")
RefuseMaintenanceBody = body_of(RefuseMaintenance, "maintenance_id")


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


@api.post("/maintenances/<uuid:maintenance_id>/acceptance", responses={200: MaintenanceView})
def accept_maintenance(path: MaintenancePath, body: AcceptMaintenanceBody) -> Response:
    """受理通过: accept what a person declared (reception post)."""
    return reply(ask(command(AcceptMaintenance, path, body)))


@api.post("/maintenances/<uuid:maintenance_id>/refusal", responses={200: MaintenanceView})
def refuse_maintenance(path: MaintenancePath, body: RefuseMaintenanceBody) -> Response:
    """不予受理: refuse what a person declared, and say why (reception post)."""
    return reply(ask(command(RefuseMaintenance, path, body)))
