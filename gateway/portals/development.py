"""The page of developers: the SMS that reach no real phone. In production there is no such page."""

from flask import Blueprint, abort, current_app, render_template, request

from gateway.bus import ask
from services.contracts.notify import ListOutboxSms

pages = Blueprint("development", __name__, url_prefix="/development")


@pages.before_request
def only_in_development() -> None:
    """Everywhere else this address does not exist."""
    if not current_app.extensions["settings"].development:
        abort(404)


@pages.get("/")
def outbox() -> str:
    """Show the latest messages."""
    phone = request.args.get("phone", "").strip()[:20]
    return render_template("development.html", phone=phone, messages=ask(ListOutboxSms(phone=phone)).messages)
