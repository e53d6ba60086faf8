"""One function per message: load → decide → save."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.credit_codes import EnterMaintenance, MaintenanceView
from services.contracts.values import Post, mask_phone
from services.identity.credit_codes import store
from services.identity.credit_codes.domain import Maintenance


def enter_maintenance(uow: UnitOfWork, command: EnterMaintenance) -> MaintenanceView:
    """The reception post enters a maintenance for a unit of its region."""
    uow.actor.require_post(Post.RECEPTION, region=command.unit_no[:6])
    unit = store.tie_unit_alone(uow, unit_no=command.unit_no, credit_code=command.credit_code)
    unit.require_another(at=uow.now)
    facts = command.model_dump(exclude={"id"})
    maintenance = Maintenance(**facts, accepted_at=uow.now, accepted_by=uow.actor.id)
    store.add_maintenance(uow, command.id, maintenance)
    return _view(maintenance)


def _view(maintenance: Maintenance) -> MaintenanceView:
    return MaintenanceView(
        credit_code=maintenance.credit_code,
        unit_no=maintenance.unit_no,
        unit_name=maintenance.unit_name,
        handler_name=maintenance.handler_name,
        handler_phone_masked=mask_phone(maintenance.handler_phone),
        accepted_at=maintenance.accepted_at,
    )
