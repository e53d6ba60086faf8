"""What later rooms do with locks, within their own unit of work.

Failures are counted for a name (an account, known or not) and for the address they come from. Who is refused
must be answered by a returned problem: what is raised would not be counted.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from services.chassis.sealing import fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.identity.locks import domain, store
from services.identity.locks.domain import Lock


def attempt(uow: UnitOfWork, name: str, is_right: Callable[[], bool], *, wrong: Refused) -> Refused | None:
    """Let somebody try something and count the failures of `name`; return `wrong`, or the lock's problem."""
    problem = hold(uow, name)
    if problem:
        return problem
    if is_right():
        forget(uow, name)
        return None
    return fail(uow, name) or wrong


def hold(uow: UnitOfWork, name: str) -> Refused | None:
    """Return why nobody may try now. Else who tries the same name meanwhile waits for us: then comes `fail`,
    `forget` or `release`."""
    problem = find_address_problem(uow)
    if problem:
        return problem
    lock = store.get_lock_alone(uow, fingerprint(name))
    return lock.problem() if lock.is_locked(at=uow.now) else None


def is_suspicious(uow: UnitOfWork, name: str) -> bool:
    """Have there been failures of a name that we hold, or a lock, of late?"""
    return store.get_lock_alone(uow, fingerprint(name)).is_suspicious(at=uow.now)


def fail(uow: UnitOfWork, name: str) -> Refused | None:
    """Count a failure; return the problem if it locks the name or the address."""
    key = fingerprint(name)
    lock = store.get_lock_alone(uow, key).fail(at=uow.now)
    store.save_lock(uow, key, lock)
    at_address = fail_address(uow)
    return lock.problem() if lock.is_locked(at=uow.now) else at_address


def forget(uow: UnitOfWork, name: str) -> None:
    """Somebody has come in: the failures of the name are forgotten, those of the address are not."""
    store.save_lock(uow, fingerprint(name), Lock())


def release(uow: UnitOfWork, name: str) -> None:
    """Leave what is remembered of a name as it is."""
    key = fingerprint(name)
    store.save_lock(uow, key, store.get_lock_alone(uow, key))


def find_address_problem(uow: UnitOfWork) -> Refused | None:
    """Return why nobody may try anything from this address now."""
    lock = store.find_lock(uow, _address_key(uow)) if uow.caller.address else None
    return lock.problem("address_locked") if lock and lock.is_locked(at=uow.now) else None


def fail_address(uow: UnitOfWork) -> Refused | None:
    """Count a failure for the address alone, the last thing before the answer: others wait for the row."""
    if not uow.caller.address:
        return None
    key, limit = _address_key(uow), domain.address_limit(uow.settings.failures_per_address)
    lock = store.get_lock_alone(uow, key)
    if not lock.is_locked(at=uow.now):
        lock = lock.fail(at=uow.now, limit=limit)
        store.save_lock(uow, key, lock)
    return lock.problem("address_locked") if lock.is_locked(at=uow.now) else None


def one_place(address: str) -> str:
    """Return what counts as one address: of IPv6 the /64 that a household gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((int(parsed), 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", parsed))


def _address_key(uow: UnitOfWork) -> str:
    return fingerprint(f"address:{one_place(uow.caller.address)}")
