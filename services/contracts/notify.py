"""Messages of the notify service: prompts and SMS."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Nudge, Query, View
from services.contracts.values import CreditCode, Money, RefundId, Year


class PromptView(View):
    """A reminder to an employer: its refund waits for an answer. Done when the business is done."""

    prompt_id: UUID
    refund_id: RefundId
    number: str
    programme_year: Year
    unit_name: str
    amount: Money
    deadline: date
    raised_at: datetime
    done_at: datetime | None


class PromptsView(View):
    """The prompts of one employer, open ones first, then the latest."""

    prompts: tuple[PromptView, ...]


class ListPrompts(Query[PromptsView]):
    """Show the employer its prompts."""

    open_only: bool = False


class PromptsRaised(Nudge):
    """These employers have something new to look at."""

    version: Literal[1] = 1
    employers: tuple[CreditCode, ...]


class OutboxSmsView(View):
    """A message in the development outbox, in full: no real phone is behind it."""

    sms_id: UUID
    phone: str
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None


class OutboxSmsPageView(View):
    """The development outbox, the latest first."""

    messages: tuple[OutboxSmsView, ...]


class ListOutboxSms(Query[OutboxSmsPageView]):
    """Read the development outbox; Forbidden in production."""

    phone: Annotated[str, Field(max_length=20)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
