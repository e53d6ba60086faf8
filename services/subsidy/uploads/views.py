"""What the owner of an upload sees."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.uploads import GetUpload, UploadView
from services.contracts.values import Post
from services.subsidy.uploads import store
from services.subsidy.uploads.domain import Upload


def get_upload(uow: UnitOfWork, query: GetUpload) -> UploadView:
    """Show an upload to the clerk who began it."""
    uow.actor.require_post(Post.APPROVER)
    upload = store.get_upload(uow, query.upload_id)
    upload.require_owner(by=uow.actor)
    return upload_view(upload)


def upload_view(upload: Upload) -> UploadView:
    """Return the view of an upload; its pieces once they are all there."""
    return UploadView(
        upload_id=upload.id,
        filename=upload.filename,
        size=upload.size,
        received=upload.received,
        pieces=tuple(piece.blob for piece in upload.pieces) if upload.is_complete else (),
    )
