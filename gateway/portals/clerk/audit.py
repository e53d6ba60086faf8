"""审计日志: the auditor reads the trail, and takes it along as a file."""

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.formats import moment
from gateway.forms import InvalidForm, show
from gateway.labels import label
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address
from gateway.trail import facts_in_words
from services.contracts.identity.audit import Act, AuditEntriesView, AuditEntryView, ListAuditEntries

FILTERS = ("act", "actor", "subject", "since", "until")


@pages.get("/audit")
def audit() -> Response:
    """Show a page of the trail by the filters of the address."""
    try:
        return _show(ask(from_address(ListAuditEntries)))
    except InvalidForm as error:
        return _show(AuditEntriesView(entries=(), next_after=None), error)


@pages.get("/audit/entries.csv")
def audit_export() -> Response:
    """Download all lines that the filters of the address leave."""
    try:
        first = from_address(ListAuditEntries, after=None, limit=PAGE)
    except InvalidForm as error:
        return _show(AuditEntriesView(entries=(), next_after=None), error)
    return csv_file(read_pages(first, _header(), _rows), gettext("审计日志") + ".csv")


def _show(page: AuditEntriesView, error: Exception | None = None) -> Response:
    filters = {name: request.args.get(name, "").strip() for name in FILTERS}
    return show(
        "clerk/audit.html", error, page=page, filters=filters, acts=tuple(Act), facts_in_words=facts_in_words
    )


def _rows(page: AuditEntriesView) -> list[Row]:
    return [_row(entry) for entry in page.entries]


def _header() -> Row:
    return (
        gettext("序号"),
        gettext("时间（北京时间）"),
        gettext("行为"),
        gettext("行为代码"),
        gettext("操作人"),
        gettext("操作人姓名"),
        gettext("对象"),
        gettext("网络地址"),
        gettext("浏览器"),
        gettext("消息编号"),
        gettext("追踪编号"),
        gettext("详情"),
    )


def _row(entry: AuditEntryView) -> Row:
    return (
        entry.seq,
        moment(entry.at),
        label(entry.act),
        entry.act.value,
        entry.actor,
        entry.actor_name,
        entry.subject,
        entry.address,
        entry.agent,
        entry.message_id,
        entry.trace,
        "; ".join(f"{name}={value}" for name, value in entry.facts.items()),
    )
