"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import (
    ConfirmImport,
    DiscardImport,
    GetImportPreview,
    ImportConfirmed,
    ImportPreviewView,
    ImportReceived,
    ImportView,
    ReceiveImport,
)
from services.contracts.values import ImportId, Post
from services.subsidy.registry import store
from services.subsidy.registry.adapters.columns import LAYOUTS
from services.subsidy.registry.adapters.previews import mapping_view, rows_view
from services.subsidy.registry.domain import Import, TableOf, refuse_same
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
        preview=command.preview,
    )
    if not store.add_import(uow, new):
        raise refuse_same(store.get_same_import(uow, command.kind, command.blob.sha256))
    uow.publish(ImportReceived(at=uow.now, import_id=new.id))
    return import_view(new)


def confirm_import(uow: UnitOfWork, command: ConfirmImport) -> ImportView:
    """An approver has said which column is which; a worker will load the file."""
    uow.actor.require_post(Post.APPROVER)
    one = store.get_import(uow, command.import_id, alone=True)
    one.require_waiting()
    layout = LAYOUTS[one.kind]
    table = TableOf(layout.needed, layout.optional, store.get_preview(uow, one.id).columns)
    confirmed = one.confirm(mapping=command.mapping, table=table)
    store.save_import(uow, confirmed)
    store.forget_preview(uow, one.id)
    uow.publish(ImportConfirmed(at=uow.now, import_id=one.id))
    return import_view(confirmed)


def discard_import(uow: UnitOfWork, command: DiscardImport) -> ImportView:
    """An approver does without a waiting file."""
    uow.actor.require_post(Post.APPROVER)
    discarded = store.get_import(uow, command.import_id, alone=True).discard(at=uow.now)
    store.save_import(uow, discarded)
    store.forget_preview(uow, discarded.id)
    return import_view(discarded)


def get_import_preview(uow: UnitOfWork, query: GetImportPreview) -> ImportPreviewView:
    """Show an approver the first lines of a waiting file, as a mapping reads them."""
    uow.actor.require_post(Post.APPROVER)
    one = store.get_import(uow, query.import_id)
    one.require_waiting()
    layout, preview = LAYOUTS[one.kind], store.get_preview(uow, one.id)
    mapping = preview.mapping if query.mapping is None else query.mapping
    return ImportPreviewView(
        import_id=one.id,
        kind=one.kind,
        filename=one.filename,
        format=one.format,
        encoding=one.encoding,
        header_line=preview.header_line,
        columns=preview.columns,
        mapping=mapping_view(layout, preview.columns, mapping),
        rows=rows_view(layout, preview, mapping),
    )
