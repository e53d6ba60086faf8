"""What later rooms do with locks, within their own unit of work."""

from collections.abc import Callable

from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.identity.locks import store
from services.identity.locks.domain import Lock


def attempt(uow: UnitOfWork, name: str, is_right: Callable[[], bool], *, wrong: Refused) -> Refused | None:
    """Let somebody try something and count the failures of `name`; return `wrong`, or the lock's problem.

    Who tries the same name meanwhile waits. The caller must return the refusal, so that the count stays.
    """
    key = fingerprint(name)
    lock = store.get_lock_alone(uow, key)
    if lock.is_locked(at=uow.now):
        return lock.problem()
    if is_right():
        store.save_lock(uow, key, Lock())
        return None
    lock = lock.fail(at=uow.now)
    store.save_lock(uow, key, lock)
    return lock.problem() if lock.is_locked(at=uow.now) else wrong
