"""The development outbox: messages that reach no real phone."""

from flask import Response, abort, current_app

from gateway.api.messages import reply, room
from gateway.bus import ask
from services.contracts.notify import ListOutboxSms, OutboxSmsPageView

api = room("sms")


@api.get("/outbox-sms", responses={200: OutboxSmsPageView})
def list_outbox_sms(query: ListOutboxSms) -> Response:
    """Show the messages of a development machine, the latest first; 404 elsewhere."""
    if not current_app.extensions["settings"].development:
        abort(404)
    return reply(ask(query))
