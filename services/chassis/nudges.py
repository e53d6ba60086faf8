"""Hear nudges: a thread with a queue of its own, which dies with it. What comes while nobody listens is lost,
and that is right: a nudge says only that there is something new to read."""

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from kombu import Connection, Consumer, Queue

from services.chassis.publishing import BROKER_LOST
from services.chassis.topology import NUDGES
from services.contracts.base import Nudge

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0


class NudgeListener:
    """Calls `hear(body)` for each nudge of one kind, in its own thread; reconnects until it is stopped."""

    def __init__(self, broker_url: str, kind: type[Nudge], hear: Callable[[Any], None]) -> None:
        self._broker_url, self._kind, self._hear = broker_url, kind, hear
        self._connected, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen_forever, name="nudges", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        self._thread.join(3)

    def is_connected(self) -> bool:
        """Are we listening at this moment?"""
        return self._connected.is_set()

    def _listen_forever(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            try:
                self._listen()
            except BROKER_LOST as error:
                pause = 0.2 if self._connected.is_set() else min(pause * 2, LONGEST_PAUSE)
                log.warning("nudges: connection lost, again in %s s: %r", pause, error)
            self._connected.clear()
            self._stopping.wait(pause)

    def _listen(self) -> None:
        with Connection(self._broker_url, heartbeat=10, connect_timeout=3) as connection:
            channel = connection.channel()
            consumer = Consumer(
                channel, [self._queue()], callbacks=[self._on_message], no_ack=True, accept=["json"]
            )
            with consumer:
                self._connected.set()
                while not self._stopping.is_set():
                    _drain(connection)

    def _queue(self) -> Queue:
        limits = {"x-max-length": 10_000, "x-message-ttl": 60_000}
        return Queue(
            "",
            NUDGES,
            routing_key=self._kind.routing_key(),
            exclusive=True,
            auto_delete=True,
            durable=False,
            queue_arguments=limits,
        )

    def _on_message(self, body: Any, message: Any) -> None:
        """A nudge that nobody can read must not end the listening: say so, and go on."""
        try:
            self._hear(body)
        except ValueError:
            log.exception("nudges: this is no %s", self._kind.name)


def _drain(connection: Connection) -> None:
    try:
        connection.drain_events(timeout=1)
    except socket.timeout:
        pass
    connection.heartbeat_check()
