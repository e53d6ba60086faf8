"""Periodic work: what counts no more is deleted, in small batches."""

from services.chassis.unit_of_work import Job
from services.identity.locks import domain as locking
from services.identity.locks import store as locks
from services.identity.sessions.store import devices, pending, sessions

SWEEP = 500


def sweep_sessions(job: Job) -> None:
    """Delete dead sessions, unfinished sign-ins, browsers of long ago and forgotten failures."""
    deleted = SWEEP
    while deleted >= SWEEP:
        with job.unit_of_work() as uow:
            forgotten = uow.now - locking.FORGOTTEN_AFTER
            deleted = sessions.delete_sessions(uow, limit=SWEEP)
            deleted += pending.delete_expired(uow, limit=SWEEP)
            deleted += devices.delete_old(uow, limit=SWEEP)
            deleted += locks.delete_locks(uow, failed_before=forgotten, limit=SWEEP)
