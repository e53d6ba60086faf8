"""Imports: the clerks' files, and what they say of a unit. The bytes go to the blob store in blocks, their
claim check over the bus."""

from typing import Any

from flask import Response, current_app, request
from flask_openapi3 import RawModel

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.bus import ask
from gateway.downloads import download
from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.registry import (
    ConfirmImport,
    DiscardImport,
    GetImport,
    GetImportPreview,
    GetUnit,
    ImportPreviewView,
    ImportsView,
    ImportView,
    ListImports,
    ReceiveImport,
    UnitView,
)
from services.contracts.values import BlobRef

api = room("registry")

MEDIA_TYPES = ("application/octet-stream", "text/csv")
ReceiveImportQuery = only(ReceiveImport, "kind", "filename", "preview")
ConfirmImportBody = body_of(ConfirmImport, "import_id")
PreviewBody = body_of(GetImportPreview, "import_id")
ImportPath = only(GetImport, "import_id")
UnitPath = only(GetUnit, "unit_no")
CSV_FILE = {"content": {"text/csv": {"schema": {"type": "string"}}}}


class RawFile(RawModel):
    """The file as it is."""

    mimetypes = list(MEDIA_TYPES)


@api.post("/imports", responses={202: ImportView})
def receive_import(query: ReceiveImportQuery, raw: RawFile) -> Response:
    """Take a CSV, xlsx or Parquet file; the worker loads it, or lets it wait: look at it again by its id."""
    return reply(receive(request.stream, **dict(query)), 202)


@api.get("/imports", responses={200: ImportsView})
def list_imports(query: ListImports) -> Response:
    """Show the latest imports."""
    return reply(ask(query))


@api.get("/imports/<uuid:import_id>", responses={200: ImportView})
def get_import(path: ImportPath) -> Response:
    """Show one import with its account of every line."""
    return reply(ask(query(GetImport, path)))


@api.get("/imports/<uuid:import_id>/preview", responses={200: ImportPreviewView})
def get_import_preview(path: ImportPath) -> Response:
    """Show the first lines of a waiting file, as the proposed mapping reads them."""
    return reply(ask(query(GetImportPreview, path)))


@api.post("/imports/<uuid:import_id>/preview", responses={200: ImportPreviewView})
def try_mapping(path: ImportPath, body: PreviewBody) -> Response:
    """Show the first lines of a waiting file, as this mapping reads them; nothing changes."""
    return reply(ask(query(GetImportPreview, path, body)))


@api.post("/imports/<uuid:import_id>/confirmation", responses={202: ImportView})
def confirm_import(path: ImportPath, body: ConfirmImportBody) -> Response:
    """Say which column of a waiting file is which; the worker loads it."""
    return reply(ask(command(ConfirmImport, path, body)), 202)


@api.post("/imports/<uuid:import_id>/discarding", responses={200: ImportView})
def discard_import(path: ImportPath) -> Response:
    """Do without a waiting file."""
    return reply(ask(command(DiscardImport, path)))


@api.get("/imports/<uuid:import_id>/rejects", responses={200: CSV_FILE})
def get_rejects(path: ImportPath) -> Response:
    """Download what is wrong (line, field, value, reason), in the encoding of the file."""
    return rejects_of(ask(query(GetImport, path)))


@api.get("/imports/<uuid:import_id>/rejected-lines", responses={200: CSV_FILE})
def get_rejected_lines(path: ImportPath) -> Response:
    """Download the refused lines as they were, with line and reason added, to be put right and sent again."""
    return rejected_lines_of(ask(query(GetImport, path)))


@api.get("/units/<string:unit_no>", responses={200: UnitView})
def get_unit(path: UnitPath) -> Response:
    """Show an insured unit as the registry of today has it, to a clerk of its region."""
    return reply(ask(query(GetUnit, path)))


def receive(stream: Any, **described: Any) -> ImportView:
    """Keep the bytes and hand in their claim check."""
    blob = current_app.extensions["blobs"].put("imports", stream)
    if blob.size == 0:
        raise Refused("file_empty", "there is nothing in this file")
    return ask(command(ReceiveImport, blob=blob, **described))


def rejects_of(view: ImportView) -> Response:
    """Return what is wrong with an import as a file."""
    return _csv_of(view, view.rejects, "rejects")


def rejected_lines_of(view: ImportView) -> Response:
    """Return the refused lines of an import as a file."""
    return _csv_of(view, view.rejected_lines, "rejected-lines")


def _csv_of(view: ImportView, blob: BlobRef | None, name: str) -> Response:
    if blob is None:
        raise Missing("no_rejects", "no line was refused")
    charset = "gb18030" if view.encoding == "gb18030" else "utf-8"
    return download(blob, f"{name}-{view.import_id}.csv", f"text/csv; charset={charset}")
