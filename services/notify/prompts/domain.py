"""Prompts: an employer is reminded of its refund until it has answered, by whatever door. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.contracts.notify import PromptsRaised
from services.contracts.subsidy.approval import ApprovedRefund, RefundsApproved
from services.contracts.values import CreditCode, PromptId, RefundId

NUDGE_SIZE = 1000


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A reminder. Whether it is done is not its own fact: that is told by the answer of its refund."""

    id: PromptId
    refund_id: RefundId
    employer: CreditCode
    number: str
    programme_year: int
    unit_name: str
    amount: int
    deadline: date
    raised_at: datetime


def raise_prompt(*, id: PromptId, event: RefundsApproved, refund: ApprovedRefund, at: datetime) -> Prompt:
    """Return the prompt of an approved refund."""
    return Prompt(
        id=id,
        refund_id=refund.refund_id,
        employer=refund.employer,
        number=refund.number,
        programme_year=event.programme_year,
        unit_name=refund.unit_name,
        amount=refund.amount,
        deadline=event.deadline,
        raised_at=at,
    )


def nudges(*, prompts: Sequence[Prompt], at: datetime) -> Iterator[PromptsRaised]:
    """Yield the hints for the live pages, each employer once, in messages that stay small."""
    employers = _unique(prompt.employer for prompt in prompts)
    for start in range(0, len(employers), NUDGE_SIZE):
        yield PromptsRaised(at=at, employers=tuple(employers[start : start + NUDGE_SIZE]))


def _unique(codes: Iterable[CreditCode]) -> list[CreditCode]:
    return list(dict.fromkeys(codes))
