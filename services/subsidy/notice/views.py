"""What the public sees of notices. No session is needed."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.notice import (
    ListNoticeLines,
    ListNotices,
    NoticeLinesView,
    NoticeLineView,
    NoticesView,
    NoticeView,
)
from services.contracts.values import mask_code
from services.subsidy.notice import store
from services.subsidy.notice.domain import Notice


def list_notices(uow: UnitOfWork, query: ListNotices) -> NoticesView:
    """Show the latest notices to anybody."""
    return NoticesView(notices=tuple(map(notice_view, store.list_notices(uow, query.limit))))


def list_notice_lines(uow: UnitOfWork, query: ListNoticeLines) -> NoticeLinesView:
    """Show a page of a notice to anybody."""
    notice = store.get_notice(uow, query.notice_id)
    rows = store.list_lines(uow, notice.id, query.after, query.limit + 1)
    lines = tuple(
        NoticeLineView(
            unit_no=row.unit_no,
            unit_name=row.unit_name,
            credit_code_masked=mask_code(row.credit_code),
            headcount=row.headcount,
            amount=row.amount,
        )
        for row in rows[: query.limit]
    )
    return NoticeLinesView(lines=lines, next_after=lines[-1].unit_no if len(rows) > query.limit else None)


def notice_view(notice: Notice) -> NoticeView:
    """Return the view of a notice."""
    return NoticeView(
        notice_id=notice.id,
        number=notice.number,
        batch_id=notice.batch_id,
        programme_year=notice.programme_year,
        count=notice.count,
        amount=notice.amount,
        waived=notice.waived,
        by=notice.by_name or notice.by,
        published_at=notice.published_at,
    )
