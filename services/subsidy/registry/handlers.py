"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportReceived, ImportView, ReceiveImport
from services.contracts.values import ImportId, Post
from services.subsidy.registry import store
from services.subsidy.registry.domain import Import, refuse_same
from services.subsidy.registry.views import import_view


def receive_import(uow: UnitOfWork, command: ReceiveImport) -> ImportView:
    """An approver hands in a file; a worker will load it."""
    uow.actor.require_post(Post.APPROVER)
    new = Import(
        id=ImportId(command.id),
        kind=command.kind,
        filename=command.filename,
        blob=command.blob,
        by=uow.actor.id,
        by_name=uow.actor.name,
        received_at=uow.now,
    )
    if not store.add_import(uow, new):
        raise refuse_same(store.get_same_import(uow, command.kind, command.blob.sha256))
    uow.publish(ImportReceived(at=uow.now, import_id=new.id))
    return import_view(new)
