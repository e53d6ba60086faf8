"""From the contracts to the API: bodies, paths and queries are parts of messages, answers are views."""

from typing import Any, TypeVar

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, create_model

from gateway.bus import command_id
from gateway.problems import MEDIA_TYPE
from services.contracts.base import Message

AMessage = TypeVar("AMessage", bound=Message)

PREFIX = "/api/v1"
_STATUSES = ("400", "401", "403", "404", "405", "409", "413", "415", "422", "500", "503")
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}}


def room(name: str) -> APIBlueprint:
    """Return the blueprint of a room: every answer may be a problem."""
    return APIBlueprint(
        name,
        __name__,
        url_prefix=PREFIX,
        abp_tags=[Tag(name=name)],
        abp_security=[{"session": []}],
        abp_responses={status: {"description": "Problem", "content": _PROBLEM} for status in _STATUSES},
    )


def only(message: type[Message], *names: str) -> type[BaseModel]:
    """Return a model with these fields of a message: `only(GetBatch, "batch_id")`."""
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in message.model_fields.items() if name in names
    }
    name = message.__name__ + "".join(part.title().replace("_", "") for part in names)
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def body_of(message: type[Message], *elsewhere: str) -> type[BaseModel]:
    """Return a model with the fields of a message but its id and what comes from elsewhere (the path)."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in message.model_fields.items()
        if name not in ("id", *elsewhere)
    }
    return create_model(
        f"{message.__name__}Body", __config__=ConfigDict(extra="forbid"), __doc__=message.__doc__, **fields
    )


def command(message: type[AMessage], *parts: BaseModel, **given: Any) -> AMessage:
    """Put a command together from the parts of the request, under the caller's id or a new one."""
    return message.model_validate({"id": command_id(), **_merged(parts), **given})


def query(message: type[AMessage], *parts: BaseModel, **given: Any) -> AMessage:
    """Put a query together from the parts of the request."""
    return message.model_validate({**_merged(parts), **given})


def reply(view: BaseModel, status: int = 200) -> Response:
    """Return a view as JSON."""
    return Response(view.model_dump_json(), status, content_type="application/json")


def _merged(parts: tuple[BaseModel, ...]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part}
