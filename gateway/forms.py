"""Forms without magic: what was typed becomes a command of the contracts, or words beside each field."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, make_response, render_template, request
from pydantic import BaseModel, ValidationError

from gateway import words
from gateway.problems import code_of
from services.chassis.ids import new_id
from services.chassis.rpc_client import ServiceFailed, Unavailable
from services.contracts.errors import Problem

CAPITALS = {"credit_code", "check_code", "id_number"}

AModel = TypeVar("AModel", bound=BaseModel)


class InvalidForm(Exception):
    """Some fields are not right; `fields` names them."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


# What a form is shown again for, instead of losing what was typed.
FAULTS = (InvalidForm, Problem, Unavailable, ServiceFailed)


def filled(message: type[AModel], **given: Any) -> AModel:
    """Build a message from the form (fields of the same names) and what else is given."""
    typed: dict[str, Any] = {name: typed_value(name) for name in message.model_fields if name in request.form}
    if "id" in message.model_fields:
        typed["id"] = once()
    try:
        return message.model_validate({**typed, **given})
    except ValidationError as error:
        raise InvalidForm(dict.fromkeys(str(item["loc"][0]) for item in error.errors())) from None


def typed_value(name: str) -> str:
    """Return what was typed, without the spaces around it; codes in capitals. Passwords stay as they are."""
    value = request.form.get(name, "")
    if "password" in name:
        return value
    return value.strip().upper() if name in CAPITALS else value.strip()


def same_passwords() -> None:
    """Refuse a new password that was typed differently the second time."""
    if request.form.get("password") != request.form.get("password_again"):
        raise InvalidForm(["password_again"])


def once() -> UUID:
    """Return the id of this form: sent twice, it is still one command."""
    try:
        return UUID(request.form.get("once", ""))
    except ValueError:
        return new_id()


def show(template: str, error: Exception | None = None, **context: Any) -> Response:
    """Show a page with a form; after a fault with the words of it and what was typed."""
    fields = error.fields if isinstance(error, InvalidForm) else ()
    status, told = 200, None
    if isinstance(error, InvalidForm):
        status = 422
    elif error is not None:
        status, code, facts = code_of(error)
        told = words.of(code, facts)
    page = render_template(
        template,
        wrong={name: words.field(name) for name in fields},
        told=told,
        typed=request.form,
        # Nobody knows what became of an unanswered command: the same id again is safe. A refused one is over.
        once=once() if isinstance(error, (Unavailable, ServiceFailed)) else new_id(),
        **context,
    )
    return make_response(page, status)


def fen(name: str) -> int | None:
    """Return an amount that was typed in yuan ("1,234.5") as fen; nothing typed is None."""
    text = request.form.get(name, "").strip().replace(",", "")
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,2}))?", text, re.ASCII)
    if not found:
        raise InvalidForm([name])
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
