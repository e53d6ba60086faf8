"""Approval (稳岗返还批量核定): a maker freezes a batch with control totals, another clerk approves it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import (
    BasisPoints,
    BatchId,
    BlobRef,
    CreditCode,
    Money,
    RefundId,
    Region,
    ScreeningId,
    Sealed,
    Sha256,
    ShortText,
    SizeClass,
    UnitNo,
    Year,
)


class BatchState(StrEnum):
    """How far a batch is. FILLING and APPROVING are under way; the others wait for people or are final."""

    FILLING = "filling"
    MADE = "made"
    APPROVING = "approving"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class LineOutcome(StrEnum):
    """What became of a line of a file of units, or of an eligible unit, when a batch was filled.

    HELD: another batch of the programme has it. FILTERED: the filter of the batch does not choose it.
    NOTHING: eligible, but the amount rounds to 0.00. NOT_IN_RUN: the screening knows no such unit.
    """

    TAKEN = "taken"
    LEFT_OUT = "left_out"
    HELD = "held"
    FILTERED = "filtered"
    NOTHING = "nothing"
    INELIGIBLE = "ineligible"
    UNKNOWN = "unknown"
    NOT_IN_RUN = "not_in_run"
    OUTSIDE_REGION = "outside_region"
    NO_NUMBER = "no_number"
    REPEATED = "repeated"


class OutcomeCountView(View):
    """How many lines, or units, had one outcome."""

    outcome: LineOutcome
    count: int


class ItemRemark(View):
    """What a reviewer says of one line of a batch that goes back."""

    unit_no: UnitNo
    reason: ShortText


class BatchFilter(View):
    """Which of the eligible units a batch takes."""

    region: Region | None = None
    sizes: tuple[SizeClass, ...] = ()
    min_amount: Money | None = None
    max_amount: Money | None = None


class BatchView(View):
    """A batch with its control totals: count, sum (fen), digest over its items.

    `left_out`: eligible units that could not be paid, because account or phone are missing.
    `held_out`: units that a clerk held out of it with a reason; the totals are without them.
    `lines`: of the file of units that it was made of; 0: there was none. `outcomes`: when it was filled, of
    these lines, or without a file of the eligible units of its region; their sum is all of them.
    `remarks`: lines of which the reviewer said something when it went back.
    """

    batch_id: BatchId
    number: str
    screening_id: ScreeningId
    programme_year: Year
    filter: BatchFilter
    state: BatchState
    count: int
    amount: Money
    digest: str | None
    refunds_made: int
    maker: str
    made_at: datetime
    checker: str | None
    checked_at: datetime | None
    reason: str | None
    left_out: int = 0
    held_out: int = 0
    lines: int = 0
    outcomes: tuple[OutcomeCountView, ...] = ()
    remarks: int = 0
    maker_id: str = ""


class BatchesView(View):
    """Batches, the latest first."""

    batches: tuple[BatchView, ...]


class BatchItemView(View):
    """One line of a batch. `missing`: what a unit lacks that was left out (account, bank, phone, …).

    `held_out`: why a clerk held it out. `refund_id`: the refund that was made of it, once there is one.
    `remark`: what the reviewer said of it when the batch went back.
    """

    unit_no: UnitNo
    unit_name: str
    credit_code: CreditCode
    base: Money
    ratio: BasisPoints
    amount: Money
    missing: tuple[str, ...] = ()
    held_out: str | None = None
    refund_id: RefundId | None = None
    remark: str | None = None


class BatchItemsView(View):
    """A page of lines in the order of unit numbers."""

    items: tuple[BatchItemView, ...]
    next_after: UnitNo | None


class BatchLineView(View):
    """A line of the file that a batch was made of; `line`: its number in the file.

    `missing`: what a unit lacks that was left out. `held_by`: the number of the batch that had the unit;
    None: it was free again a moment later. `refund_id`: the refund that was made of it.
    """

    line: int
    unit_no: UnitNo | None
    unit_name: str | None
    outcome: LineOutcome
    missing: tuple[str, ...] = ()
    held_by: str | None = None
    refund_id: RefundId | None = None


class BatchLinesView(View):
    """A page of lines in the order of the file; `next_after` is the number of a line."""

    lines: tuple[BatchLineView, ...]
    next_after: int | None


class MakeBatch(Command[BatchView]):
    """Freeze a batch: eligible units of a finished run that no other batch of the programme holds.

    `units`: a file of unit numbers, CSV or text, UTF-8 or GB18030, one a line: these alone. The employers are
    told of the run from now on, if they were not yet.
    """

    screening_id: ScreeningId
    filter: BatchFilter = BatchFilter()
    units: BlobRef | None = None


class HoldOutItem(Command[BatchView]):
    """Keep a unit out of a batch that waits for its check; another batch may take it. The totals follow."""

    batch_id: BatchId
    unit_no: UnitNo
    reason: ShortText


class TakeItemBack(Command[BatchView]):
    """Let a unit that was held out count again, unless another batch has taken it."""

    batch_id: BatchId
    unit_no: UnitNo


class WithdrawBatch(Command[BatchView]):
    """Its maker takes a batch back before the check; its units are free again."""

    batch_id: BatchId
    reason: ShortText


class ApproveBatch(Command[BatchView]):
    """复核: another clerk approves. The totals it saw are sent along: it approves what it looked at.

    A batch that was changed since it was made needs the digest too: count and amount may be the same again.
    """

    batch_id: BatchId
    count: int
    amount: Money
    digest: Sha256 | None = None


class ReturnBatch(Command[BatchView]):
    """Another clerk sends the batch back, with remarks on single lines; its units are free again."""

    batch_id: BatchId
    reason: ShortText
    items: Annotated[tuple[ItemRemark, ...], Field(max_length=200)] = ()


class GetBatch(Query[BatchView]):
    """Show one batch."""

    batch_id: BatchId


class ListBatches(Query[BatchesView]):
    """Show the latest batches."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ListBatchItems(Query[BatchItemsView]):
    """Page through a batch, or through the units that were left out of it, or held out of it.

    `remarked`: those of which the reviewer said something, whatever else they are.
    """

    batch_id: BatchId
    left_out: bool = False
    held_out: bool = False
    remarked: bool = False
    after: UnitNo | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ListBatchLines(Query[BatchLinesView]):
    """Page through the lines of the file that a batch was made of, with what became of each."""

    batch_id: BatchId
    outcome: LineOutcome | None = None
    after: Annotated[int, Field(ge=0)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class BatchRequested(Event):
    """A batch has to be filled and frozen."""

    version: Literal[1] = 1
    batch_id: BatchId


class BatchApproved(Event):
    """The refunds of a batch have to be made."""

    version: Literal[1] = 1
    batch_id: BatchId


class ApprovedRefund(View):
    """What others need to know of one approved refund."""

    refund_id: RefundId
    number: str
    employer: CreditCode
    unit_name: str
    amount: Money
    phone: Sealed | None


class RefundsApproved(Event):
    """Up to 5,000 refunds of a batch are approved; their employers have to be told."""

    version: Literal[1] = 1
    batch_id: BatchId
    programme_year: Year
    deadline: date
    refunds: tuple[ApprovedRefund, ...]
