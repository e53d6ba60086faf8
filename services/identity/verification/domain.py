"""Codes: when they count, how often they may be tried and sent. Chance comes in. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.contracts.errors import Refused
from services.contracts.values import SHANGHAI

GOOD_FOR = timedelta(minutes=5)
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
A_DAY = 10

PICTURE_LENGTH = 4
PICTURE_CHARACTERS = "ACEFHJKLMNPRTUVWXY34679"  # no look-alikes: 0OQD 1I 2Z 5S 8B G


def shanghai_day(at: datetime) -> date:
    """Return the calendar day of a moment where the agency is."""
    return at.astimezone(SHANGHAI).date()


def plain_picture_text(text: str) -> str:
    """Return what somebody read as it is compared: capitals, no blanks."""
    return "".join(text.upper().split())


def counts(*, issued_at: datetime, at: datetime) -> bool:
    """Is a code that was issued then still good now?"""
    return at < issued_at + GOOD_FOR


@dataclass(frozen=True, kw_only=True)
class SmsCode:
    """A code sent to a phone for one purpose and account; only its keyed hash is kept."""

    code_hash: str
    issued_at: datetime
    tries: int = 0

    def attempt(self, *, code_hash: str, at: datetime) -> tuple["SmsCode", bool]:
        """Count a try and say whether it was right. A code tried too often is never right."""
        right = self.tries < TRIES and counts(issued_at=self.issued_at, at=at) and code_hash == self.code_hash
        return replace(self, tries=min(self.tries + 1, TRIES)), right


@dataclass(frozen=True, kw_only=True)
class SmsQuota:
    """How many codes were asked for on `day` (Shanghai), and when the last time: for a phone and a purpose, a
    phone in all, or from an address."""

    day: date | None = None
    asked: int = 0
    asked_at: datetime | None = None

    def ask(self, *, at: datetime) -> "SmsQuota":
        """Count one more for a phone and a purpose; refuse when it comes too soon or too often."""
        if self.asked_at is not None and at < self.asked_at + RESEND_AFTER:
            wait = -((at - self.asked_at - RESEND_AFTER) // timedelta(seconds=1))
            raise Refused("sms_too_soon", "a code was just asked for", seconds_left=wait)
        return self.ask_for_phone(at=at)

    def ask_for_phone(self, *, at: datetime) -> "SmsQuota":
        """Count one more for a phone, whatever for; refuse when it is too often."""
        if self._today(at) >= A_DAY:
            raise Refused("sms_daily_limit", "no more codes for this phone today", limit=A_DAY)
        return self._counted(at)

    def ask_from_address(self, *, at: datetime, limit: int) -> "SmsQuota":
        """Count one more from an address, where many people may be; refuse when it is too often."""
        if self._today(at) >= limit:
            raise Refused("sms_address_limit", "no more codes for this address today", limit=limit)
        return self._counted(at)

    def _today(self, at: datetime) -> int:
        return self.asked if self.day == shanghai_day(at) else 0

    def _counted(self, at: datetime) -> "SmsQuota":
        return SmsQuota(day=shanghai_day(at), asked=self._today(at) + 1, asked_at=at)
