"""The door of a worker: one line per heavy job. A plain process: no eventlet, no nameko.

class SubsidyWorker(Worker):
    name = "subsidy-worker"
    on_import_received = job(ImportReceived, registry.load_import)
    on_refunds_approved = event(RefundsApproved, prompts.on_refunds_approved)
    check_fixity = every(3600.0, evidence.check_fixity)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.chassis.unit_of_work import Job as Job
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.base import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class JobDoor:
    """An event and the function that works on it."""

    message: type[Event]
    function: Callable[[Any, Any], None]


@dataclass(frozen=True)
class EventDoor(JobDoor):
    """An event and the handler that applies it: one message = one transaction. `queue_of`: see `event`."""

    queue_of: str = ""


@dataclass(frozen=True)
class PeriodicDoor:
    """A function and how often it runs."""

    seconds: float
    function: Callable[[Job], None]


def job(message: type[E], function: Callable[[Job, E], None]) -> JobDoor:
    """Declare a job: at least once, so that each of its steps is idempotent by its own rows."""
    return JobDoor(message, function)


def event(message: type[E], handler: Callable[[UnitOfWork, E], None], *, queue_of: str = "") -> EventDoor:
    """Declare an event that a handler applies once, as in a service, where the load is too heavy for one.

    `queue_of`: the process whose queue it takes over, if the door stood elsewhere before: so no message is
    left behind in a queue that nobody reads.
    """
    return EventDoor(message, handler, queue_of)


def every(seconds: float, function: Callable[[Job], None]) -> PeriodicDoor:
    """Declare periodic work: one at a time per process, again after a failure."""
    return PeriodicDoor(seconds, function)


class Worker:
    """Base of every worker: what differs is the list of doors."""

    name: str

    def __init_subclass__(cls) -> None:
        """A door is named after its message: grep one word and see the whole story."""
        for attribute, door in vars(cls).items():
            if isinstance(door, JobDoor) and attribute != f"on_{door.message.name}":
                raise TypeError(f"{cls.__name__}.{attribute} must be called on_{door.message.name}")


def job_doors(worker: type[Worker]) -> dict[str, JobDoor]:
    """Return the jobs of a worker by the name of their door."""
    return {name: door for name, door in vars(worker).items() if isinstance(door, JobDoor)}


def queue_owner(worker: type[Worker], door: JobDoor) -> str:
    """Return the process after which the queue of a door is named."""
    return door.queue_of if isinstance(door, EventDoor) and door.queue_of else worker.name


def periodic_doors(worker: type[Worker]) -> list[PeriodicDoor]:
    """Return the periodic work of a worker."""
    return [door for door in vars(worker).values() if isinstance(door, PeriodicDoor)]


def worked_events(worker: type[Worker]) -> list[type[Event]]:
    """Return the events a worker takes."""
    return [door.message for door in job_doors(worker).values()]
