"""数据导入: files of the registry, and the account of every line."""

from uuid import UUID

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.api.registry import receive, rejected_lines_of, rejects_of
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, once, show, typed_value
from gateway.portals.clerk.blueprint import pages
from gateway.portals.clerk.versions import looked_over
from services.contracts.subsidy.registry import (
    ConfirmImport,
    DiscardImport,
    GetImport,
    GetImportPreview,
    ImportKind,
    ImportState,
    ListImports,
)
from services.contracts.values import ImportId, Post


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
        preview = bool(request.form.get("preview"))
        received = receive(file.stream, id=once(), kind=kind, filename=file.filename[-200:], preview=preview)
    except FAULTS as error:
        return _show_imports(error)
    return redirect(url_for(".import_page", import_id=received.import_id), 303)


@pages.get("/imports/<uuid:import_id>")
def import_page(import_id: UUID) -> Response:
    """Show how far an import is: its preview while it waits, then its account of every line."""
    return _show_import(ImportId(import_id))


@pages.post("/imports/<uuid:import_id>")
def map_import(import_id: UUID) -> Response:
    """Take which column is which: to look at the first lines anew, or to load the file."""
    mapping = _typed_mapping()
    if request.form.get("action") != "confirm":
        return _show_import(ImportId(import_id), mapping=mapping)
    try:
        ask(ConfirmImport(id=once(), import_id=ImportId(import_id), mapping=mapping))
    except FAULTS as error:
        return _show_import(ImportId(import_id), error, mapping=mapping)
    return redirect(url_for(".import_page", import_id=import_id), 303)


@pages.post("/imports/<uuid:import_id>/discard")
def discard_import(import_id: UUID) -> Response:
    """Do without a waiting file."""
    try:
        ask(DiscardImport(id=once(), import_id=ImportId(import_id)))
    except FAULTS as error:
        return _show_import(ImportId(import_id), error)
    return redirect(url_for(".import_page", import_id=import_id), 303)


@pages.get("/imports/<uuid:import_id>/rejects.csv")
def rejects(import_id: UUID) -> Response:
    """Download what is wrong with the refused lines."""
    return rejects_of(ask(GetImport(import_id=ImportId(import_id))))


@pages.get("/imports/<uuid:import_id>/rejected-lines.csv")
def rejected_lines(import_id: UUID) -> Response:
    """Download the refused lines themselves."""
    return rejected_lines_of(ask(GetImport(import_id=ImportId(import_id))))


def _show_imports(error: Exception | None = None) -> Response:
    return show("clerk/imports.html", error, imports=ask(ListImports()).imports)


def _show_import(
    import_id: ImportId, error: Exception | None = None, mapping: dict[str, str] | None = None
) -> Response:
    job = ask(GetImport(import_id=import_id))
    preview = None
    if job.state is ImportState.WAITING and Post.APPROVER in g.actor.posts:
        preview = ask(GetImportPreview(import_id=import_id, mapping=mapping))
    return show("clerk/import.html", error, job=job, preview=preview, **looked_over(job))


def _typed_mapping() -> dict[str, str]:
    """Return our header → the file's, of the fields `of-<header>` that something is chosen in."""
    chosen = {name[3:203]: typed_value(name)[:200] for name in request.form if name[:3] == "of-" and name[3:]}
    return {header: column for header, column in list(chosen.items())[:50] if column}
