"""After five failures an account is locked for ten minutes, the next time for twice as long. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.contracts.errors import Refused

FAILURES = 5
FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=48)  # longer than the longest lock


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What is remembered of the failures of one account; `locks` counts the locks so far."""

    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = None
    failed_at: datetime | None = None

    def fail(self, *, at: datetime) -> "Lock":
        """Count a failure; the fifth locks."""
        lock = self.remembered(at=at)
        lock = replace(lock, failures=lock.failures + 1, failed_at=at)
        if lock.failures < FAILURES:
            return lock
        until = at + min(FIRST_LOCK * 2 ** min(lock.locks, 10), LONGEST_LOCK)
        return replace(lock, failures=0, locks=lock.locks + 1, locked_until=until)

    def is_locked(self, *, at: datetime) -> bool:
        """Is the account locked at this moment? Not any more when the time has come."""
        return self.locked_until is not None and at < self.locked_until

    def remembered(self, *, at: datetime) -> "Lock":
        """Failures are forgotten after two quiet days."""
        forgotten = self.failed_at is not None and at - self.failed_at >= FORGOTTEN_AFTER
        return Lock() if forgotten else self

    def problem(self) -> Refused:
        """Say until when; the same for accounts that do not exist."""
        until = self.locked_until.isoformat() if self.locked_until else ""
        return Refused("locked", "too many failures", until=until)
