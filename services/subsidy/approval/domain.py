"""The rules of approval. Pure: (state, facts, at) → state. Money in fen, rates in basis points, times UTC."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.contracts.errors import Conflict, Forbidden, Refused
from services.contracts.subsidy.approval import BatchFilter, BatchState, LineOutcome
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.values import (
    Actor,
    BasisPoints,
    BatchId,
    BlobRef,
    CreditCode,
    Money,
    Post,
    RefundId,
    Region,
    ScreeningId,
    Sealed,
    SizeClass,
    UnitNo,
    UnitType,
    Year,
)
from services.subsidy.registry.domain import LOOK_UP

EMPTY_BATCH = "empty_batch"
MOST_LINES = 400_000
MOST_BYTES = 32 * 1024**2


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Control totals: how many lines, how much, and a sha256 over them in the order of unit numbers."""

    count: int
    amount: Money
    digest: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A unit in a batch. `missing`: what it lacks, if it was left out. `held_out`: why it was held out."""

    unit_no: UnitNo
    missing: str
    held_out: str | None

    def hold_out(self, *, reason: str) -> "Line":
        """Keep out a line that counts."""
        if self.missing or self.held_out is not None:
            raise Refused(
                "line_does_not_count", "this unit does not count in the batch", unit_no=self.unit_no
            )
        return replace(self, held_out=reason)

    def take_back(self) -> "Line":
        """Let a line count again."""
        if self.held_out is None:
            raise Refused("line_not_held_out", "this unit is not held out", unit_no=self.unit_no)
        return replace(self, held_out=None)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where money goes."""

    account_name: str
    account: Sealed
    bank: str


@dataclass(frozen=True, kw_only=True)
class Refund:
    """What is approved for one unit in one programme, as it was when the batch was frozen; only its account
    may change, until a notice."""

    id: RefundId
    number: str
    batch_id: BatchId
    programme_year: Year
    base_year: Year
    policy_version: int
    policy_digest: str
    deadline: date
    unit_no: UnitNo
    credit_code: CreditCode
    unit_name: str
    unit_type: UnitType
    size_class: SizeClass | None
    region: Region
    headcount: int
    layoff_rate: BasisPoints
    base: Money
    ratio: BasisPoints
    amount: Money
    account_name: str
    account: Sealed
    bank: str
    contact: str
    phone: Sealed


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Refunds that are approved, or sent back, together.

    `made_up_to`: the last unit with a refund. `changed_by`: who held lines out, or took them back.
    `units`: the file of the units it is made of. `outcomes`: of its lines, or of the region's eligible units.
    """

    id: BatchId
    number: str
    screening_id: ScreeningId
    programme_year: Year
    base_year: Year
    policy_version: int
    policy_digest: str
    deadline: date
    region: Region
    filter: BatchFilter
    state: BatchState
    maker: str
    maker_name: str
    made_at: datetime
    count: int = 0
    amount: Money = 0
    digest: str | None = None
    left_out: int = 0
    held_out: int = 0
    changed_by: tuple[str, ...] = ()
    refunds_made: int = 0
    made_up_to: UnitNo | None = None
    checker: str | None = None
    checker_name: str | None = None
    checked_at: datetime | None = None
    reason: str | None = None
    units: BlobRef | None = None
    outcomes: Mapping[LineOutcome, int] = field(default_factory=dict)
    remarks: int = 0

    def freeze(self, *, totals: Totals, left_out: int, outcomes: Mapping[LineOutcome, int]) -> "Batch":
        """Fix the control totals; a batch without a line goes back by itself."""
        if self.state is not BatchState.FILLING:
            return self
        if not totals.count:
            return replace(self.give_up(reason=EMPTY_BATCH), left_out=left_out, outcomes=outcomes)
        frozen = replace(self, state=BatchState.MADE, left_out=left_out, outcomes=outcomes)
        return replace(frozen, **vars(totals))

    def give_up(self, *, reason: str) -> "Batch":
        """A batch that cannot be filled goes back by itself; the reason is a code."""
        if self.state is not BatchState.FILLING:
            return self
        return replace(self, state=BatchState.RETURNED, reason=reason)

    def require_change(self, *, by: Actor) -> None:
        """Lines are held out, and taken back, by the maker's post, before the check."""
        by.require_post(Post.APPROVER, region=self.region)
        self._require_made()

    def change(self, *, by: Actor, totals: Totals, held_out: int) -> "Batch":
        """Fix the totals anew after `held_out` lines more, or fewer, are held out; one line has to remain."""
        self.require_change(by=by)
        if not totals.count:
            raise Refused("last_line_of_batch", "a batch without a line is withdrawn instead")
        changed_by = tuple(sorted({*self.changed_by, by.id}))
        return replace(self, held_out=self.held_out + held_out, changed_by=changed_by, **vars(totals))

    def withdraw(self, *, by: Actor, reason: str) -> "Batch":
        """Its maker takes it back before the check."""
        by.require_post(Post.APPROVER, region=self.region)
        if by.id != self.maker:
            raise Forbidden("not_your_batch", "only who made a batch withdraws it")
        self._require_made()
        return replace(self, state=BatchState.WITHDRAWN, reason=reason)

    def approve(
        self, *, by: Actor, count: int, amount: Money, at: datetime, digest: str | None = None
    ) -> "Batch":
        """Another clerk approves the totals it looked at: with the digest, if lines were held out since."""
        self._require_checker(by)
        seen = digest or (None if self.changed_by else self.digest)
        if (count, amount, seen) != (self.count, self.amount, self.digest):
            raise Conflict(
                "totals_changed",
                "the totals are not those of the batch",
                count=self.count,
                amount=self.amount,
            )
        return self._checked(BatchState.APPROVING, by, at)

    def send_back(self, *, by: Actor, reason: str, at: datetime, remarks: int = 0) -> "Batch":
        """Another clerk returns the batch; its units are free for the next one."""
        self._require_checker(by)
        return replace(self._checked(BatchState.RETURNED, by, at), reason=reason, remarks=remarks)

    def has_refund(self, unit_no: UnitNo) -> bool:
        """Is the refund of a line that counts made?"""
        if self.state is BatchState.APPROVING:
            return self.made_up_to is not None and unit_no <= self.made_up_to
        return self.state is BatchState.APPROVED

    def with_refunds(self, *, count: int, up_to: UnitNo) -> "Batch":
        """Count one more chunk of refunds."""
        return replace(self, refunds_made=self.refunds_made + count, made_up_to=up_to)

    def finish(self) -> "Batch":
        """All refunds are made."""
        if self.refunds_made != self.count:
            raise ValueError(f"batch {self.number}: {self.refunds_made} refunds for {self.count} lines")
        return replace(self, state=BatchState.APPROVED)

    def _require_checker(self, by: Actor) -> None:
        by.require_post(Post.REVIEWER, region=self.region)
        if by.id == self.maker:
            raise Forbidden("maker_is_checker", "who made a batch cannot check it", maker=self.maker)
        if by.id in self.changed_by:
            raise Forbidden("changer_is_checker", "who changed a batch cannot check it")
        self._require_made()

    def _require_made(self) -> None:
        if self.state is not BatchState.MADE:
            raise Refused("batch_not_open", "this batch does not wait for a check", state=self.state.value)

    def _checked(self, state: BatchState, by: Actor, at: datetime) -> "Batch":
        return replace(self, state=state, checker=by.id, checker_name=by.name, checked_at=at)


def control_totals(lines: Iterable[tuple[UnitNo, Money]]) -> Totals:
    """Return the totals of lines in the order of unit numbers; the digest is over "unit_no,amount\\n"."""
    count, total, digest = 0, 0, hashlib.sha256()
    for unit_no, amount in lines:
        count, total = count + 1, total + amount
        digest.update(f"{unit_no},{amount}\n".encode())
    return Totals(count=count, amount=total, digest=digest.hexdigest())


def first_look(
    lines: Iterable[tuple[int, UnitNo | None]],
) -> Iterator[tuple[int, UnitNo | None, LineOutcome | None]]:
    """Yield the lines of a file with the outcome, where the file alone tells it; else None."""
    seen: set[UnitNo] = set()
    for line, unit_no in lines:
        if unit_no is None:
            yield line, None, LineOutcome.NO_NUMBER
        else:
            yield line, unit_no, LineOutcome.REPEATED if unit_no in seen else None
            seen.add(unit_no)


def require_list(*, units: BlobRef | None) -> None:
    """A file of units is not empty and fits into the memory of a worker."""
    if units is not None and units.size == 0:
        raise Refused("file_empty", "there is nothing in this file")
    if units is not None and units.size > MOST_BYTES:
        raise Refused("units_file_too_large", "this file is too large", megabytes=MOST_BYTES // 1024**2)


def require_done(*, state: ScreeningState) -> None:
    """A batch rests on a finished run."""
    if state is not ScreeningState.DONE:
        raise Refused("screening_not_done", "this run is not finished", state=state.value)


def require_maker(*, actor: Actor, filter: BatchFilter) -> Region:
    """Return the region that a batch of this clerk covers: the filter's, else the clerk's own."""
    region = filter.region or actor.region
    _require(actor, region, Post.APPROVER)
    return region


def require_onlooker(*, actor: Actor, region: Region) -> None:
    """Batches are for the clerks of the region who make, check, publish, pay and audit them."""
    _require(actor, region, Post.APPROVER, Post.REVIEWER, Post.NOTICE, Post.PAYMENT, Post.AUDITOR)


def require_caller(*, actor: Actor, region: Region) -> None:
    """Who asks units for what they lack sees whom to call: for those who may look up a unit."""
    _require(actor, region, *LOOK_UP)


def _require(actor: Actor, region: Region, *posts: Post) -> None:
    actor.require_post(*posts)
    if not actor.covers(region):
        raise Forbidden("not_your_region", "this is outside your region", region=region)
