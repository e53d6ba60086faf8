"""After five failures an account is locked for ten minutes, the next time for twice as long; an address after
many more within an hour, always for ten minutes. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.contracts.errors import Refused

FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(hours=48)  # longer than the longest lock
SUSPICIOUS = 2  # one mistyped password is no reason to doubt somebody


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Which failure locks. Without `within` they are counted until somebody comes in, or two quiet days."""

    failures: int
    within: timedelta | None = None
    doubles: bool = True


ACCOUNT = Limit(failures=5)


def address_limit(failures: int) -> Limit:
    """Return the limit of an address. Many people may share one, and never is it quiet: an hour counts."""
    return Limit(failures=failures, within=timedelta(hours=1), doubles=False)


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What is remembered of the failures of one name, the first at `since`; `locks` counts the locks."""

    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = None
    since: datetime | None = None
    failed_at: datetime | None = None

    def fail(self, *, at: datetime, limit: Limit = ACCOUNT) -> "Lock":
        """Count a failure; the last one of the limit locks."""
        lock = self.remembered(at=at, limit=limit)
        lock = replace(lock, failures=lock.failures + 1, since=lock.since or at, failed_at=at)
        if lock.failures < limit.failures:
            return lock
        longer = 2 ** min(lock.locks, 10) if limit.doubles else 1
        until = at + min(FIRST_LOCK * longer, LONGEST_LOCK)
        return replace(lock, failures=0, since=None, locks=lock.locks + 1, locked_until=until)

    def is_locked(self, *, at: datetime) -> bool:
        """Is the name locked at this moment? Not any more when the time has come."""
        return self.locked_until is not None and at < self.locked_until

    def is_suspicious(self, *, at: datetime) -> bool:
        """Have there been failures, or a lock, of late?"""
        lock = self.remembered(at=at)
        return lock.locks > 0 or lock.failures >= SUSPICIOUS

    def remembered(self, *, at: datetime, limit: Limit = ACCOUNT) -> "Lock":
        """Failures are forgotten after two quiet days, and when the time within which they count is over."""
        if self.failed_at is not None and at - self.failed_at >= FORGOTTEN_AFTER:
            return Lock()
        if limit.within and self.since is not None and at - self.since >= limit.within:
            return replace(self, failures=0, since=None)
        return self

    def problem(self, code: str = "locked") -> Refused:
        """Say until when; the same for accounts that do not exist."""
        until = self.locked_until.isoformat() if self.locked_until else ""
        return Refused(code, "too many failures", until=until)
