"""What an import changed and what was found in it: on the page of the import, and as lists of their own."""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.forms import InvalidForm, filled, show
from gateway.imported import CHANGES, FIELDS, FINDINGS, TO_DO, change_in_words, value
from gateway.portals.clerk.blueprint import CALLERS, pages
from gateway.queries import from_address
from services.contracts.subsidy.quality import GetImportQuality
from services.contracts.subsidy.registry import GetImport, ImportKind, ImportState, ImportView
from services.contracts.subsidy.versions import (
    ChangeKind,
    GetImportDiff,
    ImportChangesView,
    ListImportChanges,
    StartComparison,
)
from services.contracts.values import ImportId

FILTERS = ("kind", "field", "against")


def looked_over(job: ImportView) -> dict[str, Any]:
    """Return what the page of an import shows of its version and its quality; nothing before it is done."""
    if job.state is not ImportState.DONE:
        return {"diff": None, "quality": None}
    is_of_employers = job.kind is ImportKind.EMPLOYERS
    return {
        "diff": ask(from_address(GetImportDiff, import_id=job.import_id)),
        "quality": ask(GetImportQuality(import_id=job.import_id)) if is_of_employers else None,
        "callers": CALLERS,
        "field_words": FIELDS,
        "finding_words": FINDINGS,
        "to_do": TO_DO,
    }


@pages.post("/imports/<uuid:import_id>/comparisons")
def compare(import_id: UUID) -> Response:
    """Have an import held against another version."""
    ask(order := filled(StartComparison, import_id=import_id))
    return redirect(url_for(".import_page", import_id=import_id, against=order.against), 303)


@pages.get("/imports/<uuid:import_id>/changes")
def import_changes(import_id: UUID) -> Response:
    """Show a page of changed lines by the filters of the address."""
    try:
        return _show(import_id, ask(from_address(ListImportChanges, import_id=import_id)))
    except InvalidForm as error:
        return _show(import_id, ImportChangesView(changes=(), next_after=None), error)


@pages.get("/imports/<uuid:import_id>/changes.csv")
def import_changes_export(import_id: UUID) -> Response:
    """Download all changed lines that the filters of the address leave."""
    try:
        first = from_address(ListImportChanges, import_id=import_id, after=None, limit=PAGE)
    except InvalidForm as error:
        return _show(import_id, ImportChangesView(changes=(), next_after=None), error)
    return csv_file(read_pages(first, _header(), _rows), gettext("版本差异") + ".csv")


def _show(import_id: UUID, page: ImportChangesView, error: Exception | None = None) -> Response:
    against = None if error else request.args.get("against")
    return show(
        "clerk/import_changes.html",
        error,
        job=ask(GetImport(import_id=ImportId(import_id))),
        diff=ask(GetImportDiff(import_id=ImportId(import_id), against=against or None)),
        page=page,
        filters={name: request.args.get(name, "").strip() for name in FILTERS},
        change_kinds=tuple(ChangeKind),
        change_words=CHANGES,
        field_words=FIELDS,
        value=value,
    )


def _header() -> Row:
    return (
        gettext("单位编号或信用代码"),
        gettext("单位名称"),
        gettext("费款所属期"),
        gettext("变化"),
        gettext("变更内容"),
    )


def _rows(page: ImportChangesView) -> list[Row]:
    return [
        (
            change.key,
            change.unit_name or "",
            change.month or "",
            CHANGES[change.kind],
            "\n".join(map(change_in_words, change.fields)),
        )
        for change in page.changes
    ]
