"""Runs one worker as a process: SIGTERM stops it gently, a lost broker is waited for.

The main thread alone speaks to the broker: it takes messages, keeps the heartbeat, acknowledges. Jobs run in
a pool of threads beside it and ring a bell when they are done. What a dying connection took with it is
delivered again: while its job still runs, the new delivery joins it; after that the inbox knows it is done.
"""

import gc
import logging
import random
import select
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

from kombu import Connection, Consumer
from pydantic_core import from_json

from services.chassis import topology
from services.chassis.health import HealthPage
from services.chassis.ids import new_id
from services.chassis.logs import set_up_logs, speak_of
from services.chassis.publishing import BROKER_LOST
from services.chassis.runtime import Runtime
from services.chassis.settings import Settings
from services.chassis.worker import (
    EventDoor,
    JobDoor,
    PeriodicDoor,
    Worker,
    job_doors,
    periodic_doors,
    queue_owner,
)

log = logging.getLogger(__name__)

HEARTBEAT = 10
LONGEST_PAUSE = 5.0
GARBAGE_THRESHOLD = 100_000  # objects: messages of thousands of parts would be searched again and again


def run(worker: type[Worker], settings: Settings) -> None:
    """Run until SIGTERM: take nothing more, finish what is in hand, send the outbox, exit 0."""
    set_up_logs(worker.name, settings.log_level)
    gc.set_threshold(GARBAGE_THRESHOLD)
    runtime = Runtime.start(settings)
    host = WorkerHost(worker, runtime)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: host.stop())
    host.run()
    runtime.close()
    log.info("stopped")


class WorkerHost:
    """A worker process: consumer in the main thread, jobs, relay, sweepers and health page beside it."""

    def __init__(self, worker: type[Worker], runtime: Runtime) -> None:
        self._worker, self._runtime, self._executor = worker, runtime, runtime.executor()
        self._doors = [
            (topology.event_queue(queue_owner(worker, door), door.message), door)
            for door in job_doors(worker).values()
        ]
        self._per_door = runtime.settings.max_jobs
        # A thread for each message the broker may hand us: none waits here while another process is idle.
        self._pool = ThreadPoolExecutor(max(1, self._per_door * len(self._doors)), thread_name_prefix="job")
        self._in_hand: dict[str, list[Any]] = {}  # queue and message id → deliveries on this connection
        self._done: SimpleQueue[tuple[str, str, BaseException | None]] = SimpleQueue()
        self._ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._connected = False
        self._asked_to_stop = False

    def run(self) -> None:
        """Run until `stop`."""
        relay = self._runtime.relay()
        page = HealthPage(self._runtime, lambda: self._connected)
        threads = [threading.Thread(target=self._sweep, args=(d,)) for d in periodic_doors(self._worker)]
        sender = threading.Thread(target=relay.run, name="outbox relay")
        page.start()
        for thread in (*threads, sender):
            thread.start()
        self._consume_until_stopped()
        self._pool.shutdown()
        for thread in threads:
            thread.join()
        relay.stop()
        sender.join()
        page.stop()

    def stop(self) -> None:
        """Ask the process to end; safe in a signal handler, and in one that interrupts another."""
        if not self._asked_to_stop:  # a second SIGTERM within Event.set would wait for ever for its lock
            self._asked_to_stop = True
            self._runtime.stopping.set()
            self._ring()

    # -- the main thread

    def _consume_until_stopped(self) -> None:
        pause = 0.2
        while not self._runtime.stopping.is_set() or self._in_hand:
            try:
                self._consume()
            except BROKER_LOST as error:
                pause = 0.2 if self._connected else min(pause * 2, LONGEST_PAUSE)
                self._connected = False
                log.warning("broker lost, again in %.1f s: %r", pause, error)
                self._in_hand = {key: [] for key in self._in_hand}
                self._listen(pause * random.uniform(0.5, 1))
                self._settle()

    def _consume(self) -> None:
        """Take messages until asked to stop; then see what is in hand through."""
        settings = self._runtime.settings
        topology.declare(settings.broker_url, [queue for queue, _ in self._doors], settings.retry_delays_ms)
        with Connection(settings.broker_url, heartbeat=HEARTBEAT, connect_timeout=5) as connection:
            consumers = [self._consumer(connection, queue, door) for queue, door in self._doors]
            for consumer in consumers:
                consumer.consume()
            if not self._connected:
                log.info("ready")
            self._connected = True
            while not self._runtime.stopping.is_set():
                self._pump(connection)
            for consumer in consumers:
                consumer.cancel()
            while self._in_hand:
                self._pump(connection)

    def _consumer(self, connection: Connection, queue: Any, door: JobDoor) -> Consumer:
        take = partial(self._take, queue.name, door)
        return Consumer(
            connection.channel(),
            [queue],
            on_message=take,
            prefetch_count=self._per_door,
        )

    def _pump(self, connection: Connection) -> None:
        """Wait for the broker or the bell, whichever is first; then do what there is to do."""
        self._listen(1.0, connection.connection.sock)
        try:
            while True:
                connection.drain_events(timeout=0.001)
        except socket.timeout:
            pass
        connection.heartbeat_check()
        self._settle()

    def _listen(self, seconds: float, *sources: Any) -> None:
        ready, _, _ = select.select([self._ear, *sources], [], [], seconds)
        if self._ear in ready:
            self._ear.recv(4096)

    def _take(self, queue: str, door: JobDoor, message: Any) -> None:
        """Begin a job, unless it is a second delivery of one that runs."""
        try:
            body = from_json(message.body)
        except ValueError as error:
            log.error("undecodable message rejected: %r", error)
            message.reject()  # to the dead letters
            return
        key = f"{queue} {message.headers.get('nameko.message_id', message.delivery_tag)}"
        if key in self._in_hand:
            self._in_hand[key].append(message)
        else:
            self._in_hand[key] = [message]
            self._pool.submit(self._work, queue, key, door, body, message.headers)

    def _settle(self) -> None:
        """Acknowledge what is done and put aside what failed, as far as this connection delivered it."""
        while not self._done.empty():
            queue, key, error = self._done.get()
            for message in self._in_hand.pop(key):
                self._settle_one(queue, message, error)

    def _settle_one(self, queue: str, message: Any, error: BaseException | None) -> None:
        try:
            if error:
                self._runtime.aside.put(queue, message, error)
        except Exception:
            log.exception("could not put a failed message aside: back to its queue")
            message.requeue()
        else:
            message.ack()

    # -- the other threads

    def _work(self, queue: str, key: str, door: JobDoor, body: Any, headers: dict[str, Any]) -> None:
        error = None
        try:
            self._apply(door, body, headers.get("nameko.message_id"), headers.get("nameko.trace"))
        except BaseException as failure:
            log.exception("job failed")
            error = failure
        self._done.put((queue, key, error))
        self._ring()

    def _apply(self, door: JobDoor, body: Any, message_id: str | None, trace: str | None) -> None:
        trace = trace or str(new_id())
        if isinstance(door, EventDoor):
            self._executor.event(door.message, body, door.function, message_id, trace)
        else:
            job = self._runtime.job(trace)
            self._executor.job(door.message, body, door.function, message_id, job)

    def _sweep(self, door: PeriodicDoor) -> None:
        while not self._runtime.stopping.wait(door.seconds):
            trace = str(new_id())
            speak_of(trace=trace)
            try:
                door.function(self._runtime.job(trace))
            except Exception:
                log.exception("periodic work failed, again in %s s", door.seconds)

    def _ring(self) -> None:
        try:
            self._bell.send(b".")
        except BlockingIOError:
            pass  # it rings already
