"""数据质量: the findings of an import of employers, on the screen and as a file."""

from uuid import UUID

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.forms import InvalidForm, show
from gateway.imported import FINDINGS, TO_DO, detail
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address
from services.contracts.subsidy.quality import FindingKind, FindingsView, ListQualityFindings
from services.contracts.subsidy.registry import GetImport
from services.contracts.values import ImportId


@pages.get("/imports/<uuid:import_id>/findings")
def findings(import_id: UUID) -> Response:
    """Show a page of findings by the filter of the address."""
    try:
        return _show(import_id, ask(from_address(ListQualityFindings, import_id=import_id)))
    except InvalidForm as error:
        return _show(import_id, FindingsView(findings=(), next_after=None), error)


@pages.get("/imports/<uuid:import_id>/findings.csv")
def findings_export(import_id: UUID) -> Response:
    """Download all findings that the filter of the address leaves."""
    try:
        first = from_address(ListQualityFindings, import_id=import_id, after=None, limit=PAGE)
    except InvalidForm as error:
        return _show(import_id, FindingsView(findings=(), next_after=None), error)
    return csv_file(read_pages(first, _header(), _rows), gettext("数据质量") + ".csv")


def _show(import_id: UUID, page: FindingsView, error: Exception | None = None) -> Response:
    return show(
        "clerk/import_findings.html",
        error,
        job=ask(GetImport(import_id=ImportId(import_id))),
        page=page,
        filters={"kind": request.args.get("kind", "").strip()},
        finding_kinds=tuple(FindingKind),
        finding_words=FINDINGS,
        to_do=TO_DO,
        detail=detail,
    )


def _header() -> Row:
    return (
        gettext("单位编号"),
        gettext("单位名称"),
        gettext("统一社会信用代码"),
        gettext("发现"),
        gettext("说明"),
        gettext("处理建议"),
    )


def _rows(page: FindingsView) -> list[Row]:
    return [
        (one.unit_no, one.unit_name, one.credit_code, FINDINGS[one.kind], detail(one), TO_DO[one.kind])
        for one in page.findings
    ]
