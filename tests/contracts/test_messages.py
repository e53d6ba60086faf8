"""The shared language is written down: a changed contract is a visible diff."""

import json
from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from services.contracts.base import Event, Message, Query, Request
from services.contracts.subsidy.policy import CriterionBody, PolicyBody, PolicyRef, SectionBody
from tests.contracts.messages import HERE, all_messages, example_file, schema_file

MESSAGES = all_messages()
each_message = pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: f"{kind.owner}.{kind.name}")
HINT = "run `python -m tests.contracts.write` and read the diff"


def _example(kind: type[Message]) -> Any:
    return json.loads(example_file(kind).read_text("utf-8"))


def test_every_message_has_an_example_and_a_schema_and_nothing_else_lies_there() -> None:
    expected = {path for kind in MESSAGES for path in (example_file(kind), schema_file(kind))}
    assert set(HERE.glob("*/*/*.json")) == expected, HINT


def test_no_two_messages_of_an_owner_share_a_name() -> None:
    counted = Counter((kind.owner, kind.name) for kind in MESSAGES)
    assert [key for key, count in counted.items() if count > 1] == []


@each_message
def test_an_example_tells_every_field_and_survives_the_wire(kind: type[Message]) -> None:
    example = _example(kind)
    assert set(example) == set(kind.model_fields), HINT
    message = kind.model_validate(example)
    assert message.to_wire() == example
    assert kind.model_validate_json(message.model_dump_json()) == message


@each_message
def test_a_schema_is_as_agreed(kind: type[Message]) -> None:
    assert json.loads(schema_file(kind).read_text("utf-8")) == kind.model_json_schema(), HINT


PARTS_OF_REQUESTS = {PolicyBody, CriterionBody, SectionBody, PolicyRef}  # shown as well, but never more


@each_message
def test_requests_refuse_unknown_fields_while_views_and_events_may_grow(kind: type[Message]) -> None:
    grown = {**_example(kind), "something_newer": 1}
    if issubclass(kind, Request) or kind in PARTS_OF_REQUESTS:
        with pytest.raises(ValidationError, match="something_newer"):
            kind.model_validate(grown)
    else:
        assert kind.model_validate(grown) == kind.model_validate(_example(kind))


@each_message
def test_orders_and_questions_are_told_apart_by_their_names(kind: type[Message]) -> None:
    asks = kind.name.split("_")[0] in {"get", "list", "check", "explain", "compare", "simulate"}
    assert asks == issubclass(kind, Query), kind.name


@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if issubclass(kind, Event)])
def test_every_event_says_which_version_it_is(kind: type[Event]) -> None:
    assert kind.model_fields["version"].default == (2 if kind.name.endswith("_v2") else 1)
