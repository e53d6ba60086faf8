"""Uploads in pieces: begin, add, see how far it is after a break, and hand the whole in as an import."""

import io

from flask import Response, current_app, request

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.api.registry import RawFile, receive
from gateway.bus import ask
from gateway.uploads import Joined
from services.contracts.errors import Refused
from services.contracts.subsidy.registry import ImportView, ReceiveImport
from services.contracts.subsidy.uploads import AddPiece, BeginUpload, GetUpload, UploadView

api = room("uploads")

BeginUploadBody = body_of(BeginUpload)
UploadPath = only(GetUpload, "upload_id")
PieceQuery = only(AddPiece, "offset")
UploadedQuery = body_of(ReceiveImport, "filename", "blob")


@api.post("/uploads", responses={201: UploadView})
def begin_upload(body: BeginUploadBody) -> Response:
    """Announce a file by name and size."""
    return reply(ask(command(BeginUpload, body)), 201)


@api.get("/uploads/<uuid:upload_id>", responses={200: UploadView})
def get_upload(path: UploadPath) -> Response:
    """Show how many bytes have arrived: go on there."""
    return reply(ask(query(GetUpload, path)))


@api.post("/uploads/<uuid:upload_id>/pieces", responses={200: UploadView})
def add_piece(path: UploadPath, query: PieceQuery, raw: RawFile) -> Response:
    """Hand in the bytes from `offset` on, up to 32 MB; the same piece again changes nothing."""
    blob = current_app.extensions["blobs"].put("uploads", request.stream)
    return reply(ask(command(AddPiece, path, query, blob=blob)))


@api.post("/uploads/<uuid:upload_id>/import", responses={202: ImportView})
def import_upload(path: UploadPath, query: UploadedQuery) -> Response:
    """Hand in the whole file, once all of it is there, as if it had come at once."""
    upload = ask(GetUpload(**dict(path)))
    if not upload.pieces:
        received = {"received": upload.received, "size": upload.size}
        raise Refused("upload_incomplete", "some of the file is still to come", **received)
    with io.BufferedReader(Joined(current_app.extensions["blobs"], upload.pieces)) as whole:
        return reply(receive(whole, filename=upload.filename, **dict(query)), 202)
