"""A bus that answers from the golden examples and remembers what it was asked. For tests only."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from services.contracts.base import Message, Request, View

EXAMPLES = Path(__file__).parent.parent / "contracts/examples"

AMessage = TypeVar("AMessage", bound=Message)


class Asked(NamedTuple):
    """One request with the session, the trace and the caller that came with it."""

    request: Any
    session: str | None
    trace: str
    caller: dict[str, str]


def example(kind: type[AMessage], /, **changes: Any) -> AMessage:
    """Return the golden example of a message, with some values changed."""
    text = (EXAMPLES / kind.owner / f"{kind.name}.json").read_text("utf-8")
    return kind.model_validate({**json.loads(text), **changes})


class FakeBus:
    """Answers with the example of the view, or as `answers` says: a view, an error, a function."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[type[Request[Any]], View | Exception | Callable[[Any], View]] = {}
        self.connected = True

    def ask(self, request: Request[Any], session: str | None = None, trace: str = "", **caller: str) -> View:
        """Answer like the real client: a view, or an exception."""
        self.asked.append(Asked(request, session, trace, caller))
        answer = self.answers.get(type(request), example(request.answer_type()))
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def is_connected(self, seconds: float) -> bool:
        """Say what the test has set."""
        return self.connected

    def requests(self, kind: type[AMessage]) -> list[AMessage]:
        """Return the requests of one kind, in order."""
        return [asked.request for asked in self.asked if isinstance(asked.request, kind)]

    def last(self, kind: type[AMessage]) -> AMessage:
        """Return the latest request of a kind."""
        return self.requests(kind)[-1]
