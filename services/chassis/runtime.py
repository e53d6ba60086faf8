"""What a process builds once at start, whatever its kind, and shares among its parts."""

import threading
from dataclasses import dataclass, field
from typing import Any

from services.chassis import sealing
from services.chassis.aside import Aside
from services.chassis.blobstore import BlobStore
from services.chassis.clock import Clock, clock_from
from services.chassis.database import Database
from services.chassis.relay import Relay
from services.chassis.sessions import SessionVerifier
from services.chassis.settings import Settings
from services.chassis.unit_of_work import Executor, Job

SPARE_CONNECTIONS = 3  # relay, health page, a sweeper


@dataclass(frozen=True)
class Runtime:
    """Database, blobs, clock, keys; and the two flags that threads wait for."""

    settings: Settings
    database: Database
    sessions: SessionVerifier
    blobs: BlobStore
    clock: Clock
    aside: Aside
    outbox_filled: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def start(cls, settings: Settings) -> "Runtime":
        """Open what the settings name."""
        sealing.configure(settings.field_keys.get_secret_value())
        clock = clock_from(settings)
        pool_size = max(settings.max_workers, settings.max_jobs) + SPARE_CONNECTIONS
        return cls(
            settings=settings,
            database=Database(settings.database_url, pool_size),
            sessions=SessionVerifier(settings.session_public_key, clock),
            blobs=BlobStore.at(settings.blobs),
            clock=clock,
            aside=Aside(settings.broker_url, settings.retry_delays_ms),
        )

    def executor(self) -> Executor:
        """Return what runs handlers."""
        wake = self.outbox_filled.set
        return Executor(self.database, self.sessions, self.clock, wake, self.settings, self.blobs)

    def job(self, trace: str = "") -> Job:
        """Return what heavy or periodic work gets."""
        return Job(self.settings, self.blobs, self.clock, self.database, self.outbox_filled.set, trace)

    def relay(self) -> Relay:
        """Return the relay of this process."""
        return Relay(self.database, self.settings.broker_url, self.outbox_filled)

    def nameko_config(self) -> dict[str, Any]:
        """Return the configuration of a nameko container."""
        return {
            "AMQP_URI": self.settings.broker_url,
            "max_workers": self.settings.max_workers,
            "heartbeat": 10,
            "runtime": self,
        }

    def close(self) -> None:
        """Give back what `start` opened."""
        self.aside.close()
        self.database.close()
