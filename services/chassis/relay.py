"""The relay: sends what the units of work have put into the outbox. At least once, in batches.

Knows no framework: it runs in a green thread of a service and in a plain thread of a worker alike.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import utc_now
from services.chassis.database import Database, claim
from services.chassis.publishing import BROKER_LOST, ConfirmedPublisher, Outgoing
from services.chassis.schema import outbox

log = logging.getLogger(__name__)


class Outbox:
    """The unsent rows. A claim is a lease: a relay that dies loses its rows to the others when it ends."""

    LEASE = timedelta(seconds=15)
    LARGEST = 4_000_000  # characters, or packed bytes, in hand: an event may tell of thousands of refunds

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, limit: int) -> dict[int, Outgoing]:
        """Take the oldest free rows. No I/O happens under the lock, on either database."""
        now = utc_now()
        free = outbox.c.sent_at.is_(None) & sa.or_(
            outbox.c.leased_until.is_(None), outbox.c.leased_until < now
        )
        with self._database.read() as connection:
            if connection.scalar(sa.select(outbox.c.seq).where(free).limit(1)) is None:
                return {}  # without disturbing the writers
        length = self._length().label("length")
        with self._database.write() as connection:
            found = connection.execute(
                claim(sa.select(outbox.c.seq, length).where(free).order_by(outbox.c.seq).limit(limit))
            )
            taken = list(_first_few(found, self.LARGEST))
            self._update(connection, taken, leased_until=now + self.LEASE)
            columns = (outbox.c.message_id, outbox.c.routing_key, sa.cast(outbox.c.body, sa.Text))
            bodies = sa.select(outbox.c.seq, *columns, outbox.c.trace).where(outbox.c.seq.in_(taken))
            rows = connection.execute(bodies.order_by(outbox.c.seq)).all()
        return {seq: Outgoing(*rest) for seq, *rest in rows}

    def _length(self) -> sa.Function[int]:
        """Return about how long a body is: on PostgreSQL as it is kept, or it would unpack all to count."""
        if self._database.is_sqlite:
            return sa.func.length(outbox.c.body)
        return sa.func.pg_column_size(outbox.c.body)

    def mark_sent(self, rows: list[int]) -> None:
        """The broker has them."""
        with self._database.write() as connection:
            self._update(connection, rows, sent_at=utc_now())

    def release(self, rows: list[int]) -> None:
        """The broker does not have them: anybody may try."""
        with self._database.write() as connection:
            self._update(connection, rows, leased_until=None)

    @staticmethod
    def _update(connection: sa.Connection, rows: list[int], **values: Any) -> None:
        if rows:
            connection.execute(outbox.update().where(outbox.c.seq.in_(rows)).values(**values))


def _first_few(found: Iterable[Any], largest: int) -> Iterator[int]:
    """Yield rows until they are too much to carry at once; always the first."""
    carried = 0
    for row in found:
        carried += row.length
        if carried > largest and carried > row.length:
            return
        yield row.seq


class Relay:
    """Claim, publish, mark, until `stop`; woken by `filled`, looking by itself now and then."""

    BATCH = 200
    IDLE_SECONDS = 0.5
    GATHER_SECONDS = 0.02  # let a batch come together: two transactions for many events instead of for each

    def __init__(self, database: Database, broker_url: str, filled: threading.Event) -> None:
        self._outbox = Outbox(database)
        self._open: Callable[[], ConfirmedPublisher] = lambda: ConfirmedPublisher(broker_url)
        self._filled = filled
        self._stopping = threading.Event()
        self._publisher: ConfirmedPublisher | None = None

    def run(self) -> None:
        """Send until stopped, and then what is left."""
        while True:
            sent = self.send_batch()
            if not sent and self._stopping.is_set():
                break
            if not sent:
                self._filled.wait(self.IDLE_SECONDS)
            self._filled.clear()
            self._stopping.wait(self.GATHER_SECONDS)
        self._close()

    def stop(self) -> None:
        """Let `run` return once the outbox is empty or the broker away."""
        self._stopping.set()
        self._filled.set()

    def send_batch(self) -> int:
        """Return how many were sent. A failure costs a delay or a duplicate, never a message."""
        try:
            batch = self._outbox.claim(self.BATCH)
            return self._send(batch) if batch else 0
        except Exception:
            log.exception("outbox relay: will try again")
            return 0

    def _send(self, batch: dict[int, Outgoing]) -> int:
        try:
            self._publisher = self._publisher or self._open()
            self._publisher.publish(list(batch.values()))
        except BROKER_LOST as error:
            log.warning("outbox relay: %s events wait for the broker: %r", len(batch), error)
            self._close()
            self._outbox.release(list(batch))
            return 0
        self._outbox.mark_sent(list(batch))
        return len(batch)

    def _close(self) -> None:
        if self._publisher:
            self._publisher.close()
        self._publisher = None
