"""公示: published by clerks, read by anybody."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.subsidy.notice import (
    ListNoticeLines,
    ListNotices,
    NoticeLinesView,
    NoticesView,
    NoticeView,
    PublishNotice,
)

api = room("notice")

PublishNoticeBody = body_of(PublishNotice)
NoticePath = only(ListNoticeLines, "notice_id")
LinesQuery = body_of(ListNoticeLines, "notice_id")


@api.post("/notices", responses={201: NoticeView})
def publish_notice(body: PublishNoticeBody) -> Response:
    """Publish what is confirmed in a batch; from then on its answers are frozen."""
    return reply(ask(command(PublishNotice, body)), 201)


@api.get("/notices", responses={200: NoticesView})
def list_notices(query: ListNotices) -> Response:
    """Show the published notices."""
    return reply(ask(query))


@api.get("/notices/<uuid:notice_id>/lines", responses={200: NoticeLinesView})
def list_notice_lines(path: NoticePath, query: LinesQuery) -> Response:
    """Page through a notice."""
    return reply(ask(ListNoticeLines(**dict(path), **dict(query))))
