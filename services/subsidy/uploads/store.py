"""Uploads and their pieces: the bytes lie in the blob store, here is in which order."""

from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import BlobRef, UploadId
from services.subsidy.schema import metadata
from services.subsidy.uploads.domain import Piece, Upload, missing

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("filename", sa.String(200), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("begun_at", UtcDateTime, nullable=False, index=True),
)

upload_pieces = sa.Table(
    "upload_pieces",
    metadata,
    sa.Column("upload_id", sa.ForeignKey(uploads.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(201), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)


def add_upload(uow: UnitOfWork, new: Upload) -> None:
    """Add an upload."""
    row = {name: value for name, value in vars(new).items() if name != "pieces"}
    uow.connection.execute(uploads.insert().values(row))


def add_piece(uow: UnitOfWork, upload_id: UploadId, piece: Piece) -> None:
    """Add a piece. Hold the upload alone first."""
    row = {"upload_id": upload_id, "offset": piece.offset, **piece.blob.model_dump()}
    insert_if_new(uow.connection, upload_pieces, **row)


def get_upload(uow: UnitOfWork, upload_id: UploadId, *, alone: bool = False) -> Upload:
    """Return an upload with its pieces; `alone`: nobody else can add to it until we commit."""
    query = sa.select(uploads).where(uploads.c.id == upload_id)
    row = uow.connection.execute(query.with_for_update(key_share=True) if alone else query).one_or_none()
    if row is None:
        raise missing()
    query = sa.select(upload_pieces).where(upload_pieces.c.upload_id == upload_id)
    pieces = uow.connection.execute(query.order_by(upload_pieces.c.offset))
    found = (Piece(each.offset, BlobRef(key=each.key, sha256=each.sha256, size=each.size)) for each in pieces)
    return Upload(**row._mapping, pieces=tuple(found))


def delete_begun_before(uow: UnitOfWork, moment: datetime) -> int:
    """Delete old uploads with the order of their pieces; return how many."""
    old = sa.select(uploads.c.id).where(uploads.c.begun_at < moment)
    uow.connection.execute(upload_pieces.delete().where(upload_pieces.c.upload_id.in_(old)))
    return uow.connection.execute(uploads.delete().where(uploads.c.begun_at < moment)).rowcount
