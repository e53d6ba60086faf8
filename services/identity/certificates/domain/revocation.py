"""How fresh an authority's word on revocation is, when it is asked again, and what that means at the door."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from services.contracts.errors import Refused
from services.contracts.identity.certificates import Freshness
from services.identity.certificates.domain.proofs import CLOCK_SKEW

Verdict = Literal["good", "revoked", "unknown"]
LEASE = timedelta(minutes=2)  # for asking; who died meanwhile is asked for again
SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=1)
FIRST_RETRY, LAST_RETRY = timedelta(seconds=30), timedelta(minutes=15)
KEPT_FOR = timedelta(days=30)  # answers about certificates that nobody has used since are not asked for again
USED_ANEW = timedelta(days=1)  # how exactly we remember when a certificate was last used
RETRY_AFTER = 3  # seconds until an answer of OCSP should be there


@dataclass(frozen=True, kw_only=True)
class RevocationList:
    """A list that is what it says: serial numbers in hex."""

    sha256: str
    number: int | None
    this_update: datetime
    next_update: datetime
    serials: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an authority says about one certificate."""

    verdict: Verdict
    this_update: datetime
    next_update: datetime


@dataclass(frozen=True, kw_only=True)
class Word:
    """What was last heard from an authority: of all its certificates (a list), or of one (an answer).

    `next_update`: until when it counts by itself. `problem`: why the last try failed.
    """

    authority_id: UUID
    due_at: datetime
    this_update: datetime | None = None
    next_update: datetime | None = None
    fetched_at: datetime | None = None
    failures: int = 0
    problem: str | None = None

    def freshness(self, *, at: datetime, grace: timedelta) -> Freshness:
        """Fresh; stale: past its time, but counting until `grace` is over; unknown: counting no more."""
        if self.next_update is None or at > self.next_update + grace:
            return Freshness.UNKNOWN
        return Freshness.FRESH if at <= self.next_update else Freshness.STALE

    def judge(self, *, is_revoked: bool, at: datetime, grace: timedelta) -> Refused | None:
        """Say why a certificate does not count by this word; None: it does."""
        if is_revoked:
            return Refused("certificate_revoked", "the CA has revoked this certificate")
        if self.freshness(at=at, grace=grace) is not Freshness.UNKNOWN:
            return None
        if self.failures:
            return Refused("revocation_unknown", "the CA does not say at the moment what it has revoked")
        return Refused("certificate_status_pending", "the CA is being asked", retry_after_seconds=RETRY_AFTER)

    def lease(self, *, at: datetime) -> Self:
        """Return the word while somebody asks for a newer one."""
        return replace(self, due_at=at + LEASE)

    def fail(self, problem: str, *, at: datetime) -> Self:
        """Return the word after a try that failed; the next comes soon, then less and less often."""
        wait = min(FIRST_RETRY * 2 ** min(self.failures, 10), LAST_RETRY)
        return replace(self, failures=self.failures + 1, problem=problem, due_at=at + wait)

    def _hear(self, *, this_update: datetime, next_update: datetime, at: datetime) -> Self:
        """Return the word after a try that succeeded; asked again before its time is over."""
        wait = min(max((next_update - at) / 4, SOONEST), LATEST)
        return replace(
            self,
            this_update=this_update,
            next_update=next_update,
            fetched_at=at,
            failures=0,
            problem=None,
            due_at=at + wait,
        )


@dataclass(frozen=True, kw_only=True)
class ListWord(Word):
    """What was last heard by a list (CRL)."""

    number: int | None = None
    sha256: str | None = None

    def is_older(self, *, number: int | None, this_update: datetime) -> bool:
        """Would this list undo what we know? Numbers only grow (RFC 5280, 5.2.3)."""
        if self.number is not None and (number is None or number < self.number):
            return True
        return self.this_update is not None and this_update < self.this_update

    def take(self, found: RevocationList, *, at: datetime) -> "ListWord":
        """Return the word that this list gives."""
        word = self._hear(this_update=found.this_update, next_update=found.next_update, at=at)
        return replace(word, number=found.number, sha256=found.sha256)


@dataclass(frozen=True, kw_only=True)
class Answer(Word):
    """What was last heard about one certificate (OCSP)."""

    serial: str
    used_at: datetime
    verdict: Verdict | None = None

    def take(self, said: Said, *, at: datetime) -> "Answer":
        """Return the word that this answer gives."""
        word = self._hear(this_update=said.this_update, next_update=said.next_update, at=at)
        return replace(word, verdict=said.verdict)

    def judge_certificate(self, *, at: datetime, grace: timedelta) -> Refused | None:
        """Say why the certificate does not count; None: it does."""
        if self.verdict == "unknown":
            return Refused("revocation_unknown", "the CA does not know this certificate")
        return self.judge(is_revoked=self.verdict == "revoked", at=at, grace=grace)


def want(*, authority_id: UUID, serial: str, at: datetime) -> Answer:
    """Return the wish to hear about a certificate that nobody has asked about."""
    return Answer(authority_id=authority_id, serial=serial, due_at=at, used_at=at)


def wait_for_list(*, authority_id: UUID, at: datetime) -> ListWord:
    """Return what is known of a new authority's list: nothing, and it is due."""
    return ListWord(authority_id=authority_id, due_at=at)


def require_in_time(*, this_update: datetime, at: datetime) -> str | None:
    """Return the problem of a word from the future."""
    return "revocation_from_the_future" if this_update > at + CLOCK_SKEW else None


def worst(refusals: Iterable[Refused | None]) -> Refused | None:
    """Return the refusal that says most: revoked, then unknown, then pending."""
    order = ("certificate_revoked", "revocation_unknown", "certificate_status_pending")
    found = [refusal for refusal in refusals if refusal is not None]
    return min(found, key=lambda refusal: order.index(refusal.code), default=None)
