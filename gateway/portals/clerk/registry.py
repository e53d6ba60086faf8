"""数据导入: files of the registry, and the account of every line."""

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.api.registry import receive, rejects_of
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, once, show
from gateway.portals.clerk.blueprint import pages
from services.contracts.subsidy.registry import GetImport, ImportKind, ListImports
from services.contracts.values import ImportId


@pages.get("/imports")
def imports() -> Response:
    """List the latest imports, and the form for the next."""
    return _show_imports()


@pages.post("/imports")
def upload() -> Response:
    """Keep the file and have it loaded."""
    file, kind = request.files.get("file"), request.form.get("kind", "")
    try:
        if kind not in list(ImportKind):
            raise InvalidForm(["kind"])
        if file is None or not file.filename:
            raise InvalidForm(["file"])
        received = receive(file.stream, id=once(), kind=kind, filename=file.filename[-200:])
    except FAULTS as error:
        return _show_imports(error)
    return redirect(url_for(".import_page", import_id=received.import_id), 303)


@pages.get("/imports/<uuid:import_id>")
def import_page(import_id: UUID) -> Response:
    """Show how far an import is, and its account of every line."""
    return show("clerk/import.html", job=ask(GetImport(import_id=ImportId(import_id))))


@pages.get("/imports/<uuid:import_id>/rejects.csv")
def rejects(import_id: UUID) -> Response:
    """Download the refused lines."""
    return rejects_of(ask(GetImport(import_id=ImportId(import_id))))


def _show_imports(error: Exception | None = None) -> Response:
    return show("clerk/imports.html", error, imports=ask(ListImports()).imports)
