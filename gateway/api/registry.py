"""Imports: the clerks' files, and what they say of a unit. The bytes go to the blob store in blocks, their
claim check over the bus."""

from typing import Any

from flask import Response, current_app, request
from flask_openapi3 import RawModel

from gateway.api.messages import command, only, query, reply, room
from gateway.bus import ask
from gateway.downloads import download
from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.registry import (
    GetImport,
    GetUnit,
    ImportsView,
    ImportView,
    ListImports,
    ReceiveImport,
    UnitView,
)

api = room("registry")

MEDIA_TYPES = ("application/octet-stream", "text/csv")
ReceiveImportQuery = only(ReceiveImport, "kind", "filename")
ImportPath = only(GetImport, "import_id")
UnitPath = only(GetUnit, "unit_no")
CSV_FILE = {"content": {"text/csv": {"schema": {"type": "string"}}}}


class RawFile(RawModel):
    """The file as it is."""

    mimetypes = list(MEDIA_TYPES)


@api.post("/imports", responses={202: ImportView})
def receive_import(query: ReceiveImportQuery, raw: RawFile) -> Response:
    """Take a file; it is loaded by the worker: look at it again by its id."""
    return reply(receive(request.stream, **dict(query)), 202)


@api.get("/imports", responses={200: ImportsView})
def list_imports(query: ListImports) -> Response:
    """Show the latest imports."""
    return reply(ask(query))


@api.get("/imports/<uuid:import_id>", responses={200: ImportView})
def get_import(path: ImportPath) -> Response:
    """Show one import with its account of every line."""
    return reply(ask(query(GetImport, path)))


@api.get("/imports/<uuid:import_id>/rejects", responses={200: CSV_FILE})
def get_rejects(path: ImportPath) -> Response:
    """Download the refused lines (line, field, value, reason)."""
    return rejects_of(ask(query(GetImport, path)))


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
    """Return the refused lines of an import as a file."""
    if view.rejects is None:
        raise Missing("no_rejects", "no line was refused")
    return download(view.rejects, f"rejects-{view.import_id}.csv", "text/csv; charset=utf-8")
