"""nameko's way of hearing an event, made safe: acks when the effect is committed or the message put aside."""

import logging
from typing import Any

from nameko.messaging import Consumer

from services.chassis import topology
from services.contracts.base import Event

log = logging.getLogger(__name__)


class EventConsumer(Consumer):
    """Hears one event in a queue of its own."""

    def __init__(self, event: type[Event], **kwargs: Any) -> None:
        self.event = event
        super().__init__(queue=None, **kwargs)

    def setup(self) -> None:
        runtime = self.container.config["runtime"]
        self.aside = runtime.aside
        self.queue = topology.event_queue(self.container.service_name, self.event)
        topology.declare(runtime.settings.broker_url, [self.queue], runtime.settings.retry_delays_ms)
        super().setup()

    def handle_message_processed(self, message: Any, result: Any = None, exc_info: Any = None) -> None:
        """Nobody waits here: a failure is put aside and its worker is free again."""
        try:
            if exc_info:
                self.aside.put(self.queue.name, message, exc_info[1])
        except Exception:
            log.exception("could not put a failed message aside: back to its queue")
            self.queue_consumer.requeue_message(message)
        else:
            self.queue_consumer.ack_message(message)
