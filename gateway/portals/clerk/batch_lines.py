"""名单处理结果: what became of each line of the file of a batch, on the screen and as a file."""

from uuid import UUID

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.forms import InvalidForm, show
from gateway.labels import MISSING, label
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address
from services.contracts.subsidy.approval import (
    BatchLinesView,
    BatchLineView,
    GetBatch,
    LineOutcome,
    ListBatchLines,
)
from services.contracts.values import BatchId


@pages.get("/batches/<uuid:batch_id>/lines")
def batch_lines(batch_id: UUID) -> Response:
    """Show a page of lines by the outcome of the address."""
    try:
        return _show(batch_id, ask(from_address(ListBatchLines, batch_id=batch_id)))
    except InvalidForm as error:
        return _show(batch_id, BatchLinesView(lines=(), next_after=None), error)


@pages.get("/batches/<uuid:batch_id>/lines.csv")
def batch_lines_export(batch_id: UUID) -> Response:
    """Download all lines with the outcome of the address, or with any."""
    try:
        first = from_address(ListBatchLines, batch_id=batch_id, after=None, limit=PAGE)
    except InvalidForm as error:
        return _show(batch_id, BatchLinesView(lines=(), next_after=None), error)
    name = f"{ask(GetBatch(batch_id=BatchId(batch_id))).number}-{gettext('名单处理结果')}.csv"
    return csv_file(read_pages(first, _header(), _rows), name)


def _show(batch_id: UUID, page: BatchLinesView, error: Exception | None = None) -> Response:
    return show(
        "clerk/batch_lines.html",
        error,
        batch=ask(GetBatch(batch_id=BatchId(batch_id))),
        page=page,
        chosen=request.args.get("outcome", ""),
        line_outcomes=tuple(LineOutcome),
    )


def _rows(page: BatchLinesView) -> list[Row]:
    return [_row(line) for line in page.lines]


def _header() -> Row:
    return (
        gettext("行号"),
        gettext("单位编号"),
        gettext("单位名称"),
        gettext("处理结果"),
        gettext("缺少"),
        gettext("所在批次"),
    )


def _row(line: BatchLineView) -> Row:
    return (
        line.line,
        line.unit_no or "",
        line.unit_name or "",
        label(line.outcome),
        "、".join(str(MISSING[lack]) for lack in line.missing),
        line.held_by or "",
    )
