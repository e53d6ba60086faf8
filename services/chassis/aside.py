"""What becomes of a message that failed: it waits and comes back to its own queue, or is a dead letter."""

import logging
import threading
from typing import Any

from kombu import Exchange
from pydantic import ValidationError

from services.chassis import topology
from services.chassis.publishing import BROKER_LOST, ConfirmedPublisher

log = logging.getLogger(__name__)

LONGEST_ERROR = 2000


class Aside:
    """Puts failed messages aside. Shared by all consumers of a process; opens its connection when needed."""

    def __init__(self, broker_url: str, retry_delays_ms: tuple[int, ...]) -> None:
        self._broker_url, self._delays = broker_url, retry_delays_ms
        self._lock = threading.Lock()
        self._publisher: ConfirmedPublisher | None = None

    def put(self, queue: str, message: Any, error: BaseException) -> None:
        """Send a failed message to the next waiting room, or to the dead letters after the last.

        Returns when the broker has it: only then may the caller acknowledge the original.
        """
        attempt = message.headers.get("attempt", 0) + 1
        exchange = self._next_exchange(attempt, error)
        fault = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
        ours = {name: value for name, value in message.headers.items() if not name.startswith("x-")}
        headers = {**ours, "attempt": attempt, "queue": queue, "error": fault}
        log.warning("%s attempt %s failed, to %s: %s", queue, attempt, exchange.name, fault)
        properties = {"routing_key": queue, "headers": headers}
        self._publish(
            message, exchange=exchange, message_id=message.headers.get("nameko.message_id"), **properties
        )

    def close(self) -> None:
        """Close the connection, if there is one."""
        with self._lock:
            self._close()

    def _next_exchange(self, attempt: int, error: BaseException) -> Exchange:
        hopeless = isinstance(error, ValidationError)  # it will not read better the next time
        if hopeless or attempt > len(self._delays):
            return topology.DEAD_LETTERS.exchange
        return topology.retry_queue(self._delays[attempt - 1]).exchange

    def _publish(self, message: Any, **properties: Any) -> None:
        """A connection that broke while it was idle shows it now: then once more on a new one."""
        with self._lock:
            try:
                self._send(message, **properties)
            except BROKER_LOST:
                self._send(message, **properties)

    def _send(self, message: Any, **properties: Any) -> None:
        try:
            self._publisher = self._publisher or ConfirmedPublisher(self._broker_url)
            self._publisher.send(message.payload, **properties)
            self._publisher.confirm()
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        if self._publisher:
            self._publisher.close()
        self._publisher = None
