"""Filters live in the address: a list can be bookmarked, shared and reloaded."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import abort, request
from pydantic import ValidationError

from gateway.forms import InvalidForm
from services.contracts.base import Message

AMessage = TypeVar("AMessage", bound=Message)


def from_address(message: type[AMessage], **given: Any) -> AMessage:
    """Build a query from the address; empty filters are no filters, unknown words are ignored.

    A filter that is no good is an InvalidForm that names it.
    """
    asked = {
        name: request.args[name].strip()
        for name in message.model_fields
        if request.args.get(name, "").strip() and name not in given
    }
    try:
        return message.model_validate({**asked, **given})
    except ValidationError as error:
        raise InvalidForm(dict.fromkeys(str(item["loc"][0]) for item in error.errors())) from None


def turned(after: str | None) -> str:
    """Return the address of this list from another line on, with the same filters; None is the first page."""
    filters = {name: value for name, value in request.args.items() if name != "after" and value}
    if after is not None:
        filters["after"] = after
    return f"{request.path}?{urlencode(filters)}" if filters else request.path


def from_path(message: type[AMessage], **given: Any) -> AMessage:
    """Build a query from what the path says; what can be no such thing is no page."""
    try:
        return message.model_validate(given)
    except ValidationError:
        abort(404)
