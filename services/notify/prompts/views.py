"""Reads."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.notify import ListPrompts, PromptsView, PromptView
from services.notify.prompts import store


def list_prompts(uow: UnitOfWork, query: ListPrompts) -> PromptsView:
    """Show the employer its own prompts, open ones first."""
    rows = store.list_prompts(uow, uow.actor.require_employer(), open_only=query.open_only)
    return PromptsView(
        prompts=tuple(
            PromptView(
                prompt_id=row.id,
                refund_id=row.refund_id,
                number=row.number,
                programme_year=row.programme_year,
                unit_name=row.unit_name,
                amount=row.amount,
                deadline=row.deadline,
                raised_at=row.raised_at,
                done_at=row.done_at,
            )
            for row in rows
        )
    )
