"""公示: the public lists."""

from uuid import UUID

from flask import render_template, request

from gateway.bus import ask
from gateway.portals.public.blueprint import pages
from gateway.queries import from_address
from services.contracts.errors import Missing
from services.contracts.subsidy.notice import ListNoticeLines, ListNotices
from services.contracts.values import NoticeId


@pages.get("/notices")
def notices() -> str:
    """List the published notices."""
    return render_template("public/notices.html", notices=ask(ListNotices()).notices)


@pages.get("/notices/<uuid:notice_id>")
def notice(notice_id: UUID) -> str:
    """Show the lines of a notice, a page at a time."""
    lines = ask(from_address(ListNoticeLines, notice_id=NoticeId(notice_id)))
    known = {notice.notice_id: notice for notice in ask(ListNotices(limit=100)).notices}
    if notice_id not in known and not lines.lines:
        raise Missing("notice_missing", "there is no such notice")
    return render_template(
        "public/notice.html",
        notice=known.get(NoticeId(notice_id)),
        page=lines,
        after=request.args.get("after"),
    )
