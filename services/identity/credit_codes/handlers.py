"""One function per message: load → decide → save."""

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    DeclareMaintenance,
    EnterMaintenance,
    MaintenanceView,
    RefuseMaintenance,
)
from services.contracts.values import Post, mask_phone
from services.identity.audit.steps import record
from services.identity.credit_codes import store
from services.identity.credit_codes.domain import Maintenance
from services.identity.credit_codes.views import maintenance_view


def declare_maintenance(uow: UnitOfWork, command: DeclareMaintenance) -> MaintenanceView:
    """A person declares: what cannot be accepted today is refused at once; the limits count at acceptance."""
    uow.actor.require_person()
    unit = store.find_unit(uow, command.unit_no)
    if unit:
        unit.require_another(at=uow.now)
    store.require_free_code(uow, unit_no=command.unit_no, credit_code=command.credit_code)
    maintenance = Maintenance.declare(command, id=new_id(), by=uow.actor, at=uow.now)
    if not store.add_maintenance(uow, maintenance):
        raise Refused("maintenance_pending", "one for this unit waits already", unit_no=command.unit_no)
    _record(uow, Act.MAINTENANCE_DECLARED, maintenance)
    return maintenance_view(maintenance)


def enter_maintenance(uow: UnitOfWork, command: EnterMaintenance) -> MaintenanceView:
    """The reception post enters a maintenance for a unit of its region: accepted at once."""
    uow.actor.require_post(Post.RECEPTION, region=command.unit_no[:6])
    maintenance = Maintenance.declare(command, id=new_id(), by=uow.actor, at=uow.now)
    maintenance = maintenance.accept(by=uow.actor, at=uow.now)
    store.tie_unit_alone(uow, maintenance).require_another(at=uow.now)
    store.add_maintenance(uow, maintenance)
    _record(uow, Act.MAINTENANCE_ENTERED, maintenance)
    return maintenance_view(maintenance)


def accept_maintenance(uow: UnitOfWork, command: AcceptMaintenance) -> MaintenanceView:
    """The reception post accepts: from now on code, unit and handler's phone are tied."""
    maintenance = _get_to_decide(uow, command).accept(by=uow.actor, at=uow.now)
    store.tie_unit_alone(uow, maintenance).require_another(at=uow.now)
    store.save_maintenance(uow, maintenance)
    _record(uow, Act.MAINTENANCE_ACCEPTED, maintenance)
    return maintenance_view(maintenance)


def refuse_maintenance(uow: UnitOfWork, command: RefuseMaintenance) -> MaintenanceView:
    """The reception post refuses; nothing is tied or counted."""
    maintenance = _get_to_decide(uow, command)
    maintenance = maintenance.refuse(reason=command.reason, by=uow.actor, at=uow.now)
    store.save_maintenance(uow, maintenance)
    _record(uow, Act.MAINTENANCE_REFUSED, maintenance)
    return maintenance_view(maintenance)


def _get_to_decide(uow: UnitOfWork, command: AcceptMaintenance | RefuseMaintenance) -> Maintenance:
    uow.actor.require_post(Post.RECEPTION)
    maintenance = store.get_maintenance_alone(uow, command.maintenance_id)
    uow.actor.require_post(Post.RECEPTION, region=maintenance.unit_no[:6])
    return maintenance


def _record(uow: UnitOfWork, act: Act, maintenance: Maintenance) -> None:
    record(
        uow,
        act,
        subject=maintenance.credit_code,
        maintenance_id=str(maintenance.id),
        unit_no=maintenance.unit_no,
        phone=mask_phone(maintenance.handler_phone),
    )
