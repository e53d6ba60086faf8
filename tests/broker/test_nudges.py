"""Nudges on a real broker: whoever listens at the moment hears them, and nothing of them stays."""

import time
from collections.abc import Callable
from typing import Any

from kombu import Connection, Producer

from services.chassis import topology
from services.chassis.ids import new_id
from services.chassis.nudges import NudgeListener
from services.chassis.publishing import ConfirmedPublisher, Outgoing
from services.contracts.notify import PromptsRaised

BODY = {"at": "2023-09-14T01:40:30Z", "employers": ["91410181170508042W"]}


def publish(broker_url: str, body: Any = BODY) -> None:
    """Publish as the relay does."""
    topology.declare(broker_url, [], [])
    publisher = ConfirmedPublisher(broker_url)
    publisher.publish([Outgoing(str(new_id()), PromptsRaised.routing_key(), body)])
    publisher.close()


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_every_listener_hears_a_nudge(broker_url: str) -> None:
    topology.declare(broker_url, [], [])
    heard: list[list[Any]] = [[], []]
    listeners = [NudgeListener(broker_url, PromptsRaised, box.append) for box in heard]
    for listener in listeners:
        listener.start()
    wait_for(lambda: all(listener.is_connected() for listener in listeners))
    publish(broker_url)
    wait_for(lambda: heard == [[BODY], [BODY]])
    for listener in listeners:
        listener.stop()


def test_a_nudge_that_nobody_hears_is_no_dead_letter(broker_url: str) -> None:
    topology.declare(broker_url, [], [])
    with Connection(broker_url) as connection:
        dead = topology.DEAD_LETTERS.bind(connection.channel())
        before = dead.queue_declare(passive=True).message_count
        publish(broker_url)
        assert dead.queue_declare(passive=True).message_count == before


def test_what_cannot_be_read_does_not_end_the_listening(broker_url: str) -> None:
    topology.declare(broker_url, [], [])
    heard: list[Any] = []

    def hear(body: Any) -> None:
        heard.append(PromptsRaised.model_validate(body).employers)

    listener = NudgeListener(broker_url, PromptsRaised, hear)
    listener.start()
    wait_for(listener.is_connected)
    with Connection(broker_url) as connection:
        key = PromptsRaised.routing_key()
        Producer(connection).publish(
            {"nonsense": 1}, exchange=topology.NUDGES, routing_key=key, serializer="json"
        )
    publish(broker_url)
    wait_for(lambda: heard == [("91410181170508042W",)])
    listener.stop()
