"""No message without a door: a request has one entrypoint, at its owner; an event somebody who hears it."""

from collections import Counter

import pytest

from services.__main__ import all_doors
from services.contracts.base import Event, Message, Nudge, Request
from tests.contracts.messages import all_messages

DOORS = list(all_doors())
REQUESTS = [kind for kind in all_messages() if issubclass(kind, Request)]
EVENTS = [kind for kind in all_messages() if issubclass(kind, Event) and not issubclass(kind, Nudge)]


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: f"{kind.owner}.{kind.name}")
def test_a_request_has_one_entrypoint_at_its_owner(kind: type[Message]) -> None:
    assert [(process, door) for process, door, message in DOORS if message is kind] == [
        (kind.owner, kind.name)
    ]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: f"{kind.owner}.{kind.name}")
def test_an_event_is_heard(kind: type[Event]) -> None:
    assert [process for process, _, message in DOORS if message is kind]


def test_a_process_takes_a_message_at_one_door_only() -> None:
    taken = Counter((process, message) for process, _, message in DOORS)
    assert [key for key, count in taken.items() if count > 1] == []
