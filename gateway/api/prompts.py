"""Prompts: what waits for the employer's answer."""

from flask import Response

from gateway.api.messages import reply, room
from gateway.bus import ask
from services.contracts.notify import ListPrompts, PromptsView

api = room("prompts")


@api.get("/prompts", responses={200: PromptsView})
def list_prompts(query: ListPrompts) -> Response:
    """Show the employer its prompts, open ones first."""
    return reply(ask(query))
