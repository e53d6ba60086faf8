"""Uploads: a large file arrives in pieces, over a line that breaks, and goes on where it stopped."""

from typing import Annotated

from pydantic import Field

from services.contracts.base import Command, Query, View
from services.contracts.values import BlobRef, UploadId


class UploadView(View):
    """A file on its way: `received` of `size` bytes. `pieces`: all of it in order, once it is complete."""

    upload_id: UploadId
    filename: str
    size: int
    received: int
    pieces: tuple[BlobRef, ...] = ()


class BeginUpload(Command[UploadView]):
    """Announce a file. The upload takes the id of its command."""

    filename: Annotated[str, Field(min_length=1, max_length=200)]
    size: Annotated[int, Field(ge=1, le=2**36, description="bytes")]


class AddPiece(Command[UploadView]):
    """Hand in the bytes from `offset` on. A piece that is there already changes nothing."""

    upload_id: UploadId
    offset: Annotated[int, Field(ge=0)]
    blob: BlobRef


class GetUpload(Query[UploadView]):
    """Show how much has arrived, to whoever began it; Missing `upload_missing`."""

    upload_id: UploadId
