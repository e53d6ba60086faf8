"""One function per message: load → decide → save."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.uploads import AddPiece, BeginUpload, UploadView
from services.contracts.values import Post, UploadId
from services.subsidy.uploads import store
from services.subsidy.uploads.domain import Piece, Upload
from services.subsidy.uploads.views import upload_view


def begin_upload(uow: UnitOfWork, command: BeginUpload) -> UploadView:
    """An approver announces a file."""
    uow.actor.require_post(Post.APPROVER)
    new = Upload(
        id=UploadId(command.id),
        by=uow.actor.id,
        filename=command.filename,
        size=command.size,
        begun_at=uow.now,
    )
    store.add_upload(uow, new)
    return upload_view(new)


def add_piece(uow: UnitOfWork, command: AddPiece) -> UploadView:
    """Take the next piece: of two at once the second sees the first."""
    uow.actor.require_post(Post.APPROVER)
    upload = store.get_upload(uow, command.upload_id, alone=True)
    upload.require_owner(by=uow.actor)
    piece = Piece(command.offset, command.blob)
    upload = upload.add(piece=piece)
    store.add_piece(uow, upload.id, piece)
    return upload_view(upload)
