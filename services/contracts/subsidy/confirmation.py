"""Confirmation (享受稳岗返还信息确认): read, choose, save, submit from 待办; the last submission counts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import (
    BasisPoints,
    Choice,
    CreditCode,
    Money,
    ReadingId,
    RefundId,
    Sealed,
    SizeClass,
    TodoId,
    UnitNo,
    UnitType,
    Year,
)


class RefundState(StrEnum):
    """Where a refund is."""

    APPROVED = "approved"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    NOTICED = "noticed"


class RefundView(View):
    """A refund as its employer sees it; the bank account is masked. Only enterprises have a size class."""

    refund_id: RefundId
    number: str
    programme_year: Year
    base_year: Year
    state: RefundState
    choice: Choice | None
    revision: int
    chosen_at: datetime | None
    noticed_at: datetime | None
    deadline: date
    credit_code: CreditCode
    unit_no: UnitNo
    unit_name: str
    unit_type: UnitType
    size_class: SizeClass | None
    contact: str
    phone_masked: str
    layoff_rate: BasisPoints
    ratio: BasisPoints
    base: Money
    amount: Money
    account_name: str
    account_masked: str
    bank: str


class RefundsView(View):
    """The refunds of one employer, the latest programme first."""

    refunds: tuple[RefundView, ...]


class StatementSection(View):
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


class StatementView(View):
    """The policy statement and the reading that has just begun. Saving is possible from `readable_at` on."""

    reading_id: ReadingId
    refund_id: RefundId
    title: str
    documents: tuple[str, ...]
    sections: tuple[StatementSection, ...]
    digest: str
    opened_at: datetime
    readable_at: datetime


class TodoView(View):
    """A saved choice that waits in 待办."""

    todo_id: TodoId
    refund_id: RefundId
    business: Literal["refund_confirmation"]
    unit_no: UnitNo
    unit_name: str
    programme_year: Year
    amount: Money
    choice: Choice
    saved_at: datetime


class TodosView(View):
    """待办 of one employer."""

    todos: tuple[TodoView, ...]


class SubmittedItem(View):
    """What became of one submitted item; `code` says why it failed."""

    todo_id: TodoId
    refund_id: RefundId | None
    succeeded: bool
    code: str | None = None


class SubmissionView(View):
    """温馨提示: 本次提交 n 条, 成功 n 条, 失败 n 条."""

    submitted: int
    succeeded: int
    failed: int
    items: tuple[SubmittedItem, ...]


class ListRefunds(Query[RefundsView]):
    """Show the employer its refunds; at the counter a reception clerk names the employer."""

    employer: CreditCode | None = None


class GetRefund(Query[RefundView]):
    """Show one refund to its employer, or to a clerk of its region."""

    refund_id: RefundId


class OpenStatement(Command[StatementView]):
    """Open the policy statement: the reading clock starts on the server."""

    refund_id: RefundId


class SaveChoice(Command[TodoView]):
    """保存: put a choice into 待办. Needs 10 s of reading, the tick, and the text still the same."""

    refund_id: RefundId
    reading_id: ReadingId
    agreed: bool
    choice: Choice


class ListTodos(Query[TodosView]):
    """Show 待办."""


class DeleteTodos(Command[TodosView]):
    """Take items out of 待办 and show what is left."""

    todo_ids: Annotated[tuple[TodoId, ...], Field(min_length=1, max_length=100)]


class SubmitTodos(Command[SubmissionView]):
    """提交: finished at once (即时办结). Each item has its own outcome."""

    todo_ids: Annotated[tuple[TodoId, ...], Field(min_length=1, max_length=100)]


class _RefundAnswered(Event):
    """All that the slip and the prompt need; `revision` orders the answers of one refund."""

    version: Literal[1] = 1
    refund_id: RefundId
    revision: int
    number: str
    programme_year: Year
    base_year: Year
    documents: tuple[str, ...]
    deadline: date
    employer: CreditCode
    unit_no: UnitNo
    unit_name: str
    unit_type: UnitType
    size_class: SizeClass | None
    layoff_rate: BasisPoints
    base: Money
    ratio: BasisPoints
    amount: Money
    account_name: str
    account: Sealed
    bank: str
    handler: str
    phone: Sealed


class RefundConfirmed(_RefundAnswered):
    """An employer takes its refund (确认享受)."""


class RefundWaived(_RefundAnswered):
    """An employer gives its refund up (放弃享受)."""
