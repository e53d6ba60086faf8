"""What persons and clerks see of maintenances."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.credit_codes import ListMaintenances, MaintenancesView, MaintenanceView
from services.contracts.values import ActorKind, MaintenanceId, Post, mask_phone
from services.identity.credit_codes import store
from services.identity.credit_codes.domain import Maintenance


def list_maintenances(uow: UnitOfWork, query: ListMaintenances) -> MaintenancesView:
    """A person sees its own, the reception post and the auditor those of their region."""
    actor = uow.actor
    is_person = actor.kind is ActorKind.PERSON
    if not is_person:
        actor.require_post(Post.RECEPTION, Post.AUDITOR)
    found = store.list_maintenances(
        uow,
        declared_by=actor.id if is_person else None,
        region=None if is_person else actor.region,
        state=query.state,
        find=query.find,
        before=query.after,
        limit=query.limit + 1,
    )
    page = found[: query.limit]
    return MaintenancesView(
        maintenances=tuple(map(maintenance_view, page)),
        next_after=page[-1].id if len(found) > query.limit else None,
    )


def maintenance_view(maintenance: Maintenance) -> MaintenanceView:
    """Return a maintenance as it is shown."""
    return MaintenanceView(
        maintenance_id=MaintenanceId(maintenance.id),
        state=maintenance.state,
        credit_code=maintenance.credit_code,
        unit_no=maintenance.unit_no,
        unit_name=maintenance.unit_name,
        handler_name=maintenance.handler_name,
        handler_phone_masked=mask_phone(maintenance.handler_phone),
        declared_by=maintenance.declared_by_name,
        declared_at=maintenance.declared_at,
        decided_by=maintenance.decided_by_name,
        decided_at=maintenance.decided_at,
        reason=maintenance.reason,
    )
