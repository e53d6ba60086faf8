"""Notice (公示): the confirmed refunds of a batch, published; from then on their answers are frozen."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import BatchId, Money, NoticeId, RefundId, UnitNo, Year


class NoticeView(View):
    """A published notice with its control totals. `waived` counts the waivers it froze but does not list."""

    notice_id: NoticeId
    number: str
    batch_id: BatchId
    programme_year: Year
    count: int
    amount: Money
    waived: int
    by: str
    published_at: datetime


class NoticesView(View):
    """Notices, the latest first."""

    notices: tuple[NoticeView, ...]


class NoticeLineView(View):
    """One line of the public list."""

    unit_no: UnitNo
    unit_name: str
    credit_code_masked: str
    headcount: int
    amount: Money


class NoticeLinesView(View):
    """A page of the public list."""

    lines: tuple[NoticeLineView, ...]
    next_after: UnitNo | None


class PublishNotice(Command[NoticeView]):
    """Publish what is confirmed in a batch, and freeze every answer given in it so far.

    One transaction, so that no answer can come between: 100,000 lines take some ten seconds.
    """

    patience: ClassVar[float] = 120

    batch_id: BatchId


class ListNotices(Query[NoticesView]):
    """Show the published notices to anybody."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ListNoticeLines(Query[NoticeLinesView]):
    """Page through a notice; public."""

    notice_id: NoticeId
    after: UnitNo | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class RefundsNoticed(Event):
    """Up to 5,000 refunds stand in a notice, or were frozen by it."""

    version: Literal[1] = 1
    notice_id: NoticeId
    number: str
    refund_ids: tuple[RefundId, ...]
