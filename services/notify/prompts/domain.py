"""Prompts: an employer is reminded of its refund until it has answered, by whatever door. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.notify import PromptsRaised
from services.contracts.subsidy.approval import RefundsApproved
from services.contracts.values import CreditCode, PromptId, RefundId, Sealed

NUDGE_SIZE = 1000


class Prompt(NamedTuple):
    """A reminder. Whether it is done is not its own fact: that is told by the answer of its refund.

    `phone` (sealed): whom to tell of it by SMS; None: nobody, or it is told. A tuple: they come by the
    hundred thousand.
    """

    id: PromptId
    refund_id: RefundId
    employer: CreditCode
    number: str
    programme_year: int
    unit_name: str
    amount: int
    deadline: date
    raised_at: datetime
    phone: Sealed | None


def raise_prompts(*, ids: Iterable[UUID], event: RefundsApproved, at: datetime) -> list[Prompt]:
    """Return the prompts of approved refunds."""
    year, deadline = event.programme_year, event.deadline
    return [
        Prompt(
            PromptId(id),
            refund.refund_id,
            refund.employer,
            refund.number,
            year,
            refund.unit_name,
            refund.amount,
            deadline,
            at,
            refund.phone,
        )
        for id, refund in zip(ids, event.refunds, strict=True)
    ]


def nudges(*, prompts: Sequence[Prompt], at: datetime) -> Iterator[PromptsRaised]:
    """Yield the hints for the live pages, each employer once, in messages that stay small."""
    employers = _unique(prompt.employer for prompt in prompts)
    for start in range(0, len(employers), NUDGE_SIZE):
        yield PromptsRaised(at=at, employers=tuple(employers[start : start + NUDGE_SIZE]))


def _unique(codes: Iterable[CreditCode]) -> list[CreditCode]:
    return list(dict.fromkeys(codes))
