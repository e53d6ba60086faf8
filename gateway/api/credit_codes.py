"""统一社会信用代码维护 at the counter."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask
from services.contracts.identity.credit_codes import EnterMaintenance, MaintenanceView

api = room("credit_codes")

EnterMaintenanceBody = body_of(EnterMaintenance)


@api.post("/maintenances", responses={201: MaintenanceView})
def enter_maintenance(body: EnterMaintenanceBody) -> Response:
    """Tie a credit code and a handler's phone to an insured unit (reception post)."""
    return reply(ask(command(EnterMaintenance, body)), 201)
