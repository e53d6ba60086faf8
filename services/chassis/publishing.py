"""Publishing with confirms: what every process that sends events or puts messages aside stands on."""

from typing import Any, NamedTuple

import amqp.exceptions
import kombu.exceptions
from kombu import Connection, Producer

from services.chassis import topology

BROKER_LOST = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.OperationalError)
PERSISTENT = 2
JSON_TEXT = {"content_type": "application/json", "content_encoding": "utf-8"}


class Outgoing(NamedTuple):
    """An event on its way out."""

    message_id: str
    routing_key: str
    body: dict[str, Any] | str  # or its JSON
    trace: str = ""


class ConfirmedPublisher:
    """Publishes a batch, then waits once until the broker has taken responsibility for all of it.

    One thread at a time. After an exception it is broken: close it and open another.
    """

    def __init__(self, broker_url: str, timeout: float = 10) -> None:
        self._timeout = timeout
        self._connection = Connection(broker_url, connect_timeout=5)
        channel = self._connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        self._producer = Producer(channel)
        self._last_tag = 0
        self._unconfirmed: set[int] = set()
        self._refused = False

    def publish(self, batch: list[Outgoing]) -> None:
        """Publish events; return when all of them are safe, raise when any may not be."""
        for event in batch:
            exchange = topology.exchange_of(event.routing_key)
            headers = {"nameko.message_id": event.message_id, "nameko.trace": event.trace}
            self.send(
                event.body,
                exchange=exchange,
                routing_key=event.routing_key,
                mandatory=exchange is not topology.NUDGES,
                message_id=event.message_id,
                headers=headers,
            )
        self.confirm()

    def send(self, body: Any, mandatory: bool = True, **properties: Any) -> None:
        """Publish one message, unconfirmed yet; `body` is data, or JSON already.

        A mandatory one that no queue takes raises in `confirm`.
        """
        self._last_tag += 1
        self._unconfirmed.add(self._last_tag)
        form = JSON_TEXT if isinstance(body, str) else {"serializer": "json"}
        self._producer.publish(body, **form, delivery_mode=PERSISTENT, mandatory=mandatory, **properties)

    def confirm(self) -> None:
        """Return when everything sent is safe."""
        while self._unconfirmed:
            self._connection.drain_events(timeout=self._timeout)
        if self._refused:
            raise ConnectionError("the broker refused a message (nack)")

    def close(self) -> None:
        """Close the connection; nothing is outstanding that its owner does not still hold."""
        self._connection.collect()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unconfirmed -= {t for t in self._unconfirmed if t == tag or (multiple and t < tag)}

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused = True
        self._on_ack(tag, multiple)
