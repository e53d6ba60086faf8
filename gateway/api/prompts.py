"""Prompts: what waits for the employer's answer."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gateway.api.messages import reply
from gateway.bus import ask
from services.contracts.notify import ListPrompts, PromptsView

api = APIBlueprint("prompts", __name__, abp_tags=[Tag(name="prompts")])


@api.get("/prompts", responses={200: PromptsView})
def list_prompts(query: ListPrompts) -> Response:
    """Show the employer its prompts, open ones first."""
    return reply(ask(query))
