"""Sign-ins: what is asked for before one begins, how long it lives, which browsers are known. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts.errors import Forbidden
from services.contracts.identity.sessions import Factor
from services.contracts.values import Actor, ActorKind

TOKEN_LIVES = timedelta(seconds=60)
LONGEST_IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)

SECOND_STEP_WITHIN = timedelta(minutes=5)
SECOND_STEP_TRIES = 5

DEVICE_KNOWN_FOR = timedelta(days=180)
MOST_DEVICES = 10


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Who somebody says to be; without `account` there is nobody of that name.

    The trail shows `subject`; `key` is the same unmasked, where it is masked.
    """

    kind: ActorKind
    account: str | None
    subject: str
    key: str = ""

    def name(self) -> str:
        """Return the name under which its failures are counted, account or not."""
        return f"sign-in:{self.kind}:{self.account or self.key or self.subject}"


def account_of(actor: Actor) -> str:
    """Return the account of who acts: person id, credit code, or clerk's account."""
    return actor.id.partition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in of an account; tokens come from it for as long as it lives. One by certificate names it."""

    id: UUID
    kind: ActorKind
    account: str
    address: str
    agent: str
    started_at: datetime
    renewed_at: datetime
    ended_at: datetime | None = None
    authority_id: UUID | None = None
    serial: str | None = None

    @property
    def certificate(self) -> bool:
        """Did this sign-in come with a certificate?"""
        return self.authority_id is not None

    def renew(self, *, token_issued_at: datetime, at: datetime) -> "Session":
        """Go on. Forbidden when ended, idle for 15 minutes, 12 hours old, or the token is an old one."""
        last_sign = min(token_issued_at, self.renewed_at)
        if not self.is_alive(at=at) or at >= last_sign + LONGEST_IDLE:
            raise Forbidden("session_over", "sign in again")
        return replace(self, renewed_at=max(at, self.renewed_at))

    def is_alive(self, *, at: datetime) -> bool:
        """Could it go on?"""
        in_time = at < self.renewed_at + LONGEST_IDLE and at < self.started_at + LONGEST
        return self.ended_at is None and in_time

    def end(self, *, at: datetime) -> "Session":
        """End it for good; what has ended stays as it is."""
        return self if self.ended_at else replace(self, ended_at=at)

    def token_expires_at(self, *, at: datetime) -> datetime:
        """Return when a token made now runs out: never after the sign-in itself."""
        return min(at + TOKEN_LIVES, self.started_at + LONGEST)


def factor_for(
    kind: ActorKind, *, is_enrolled: bool, is_known_device: bool, was_picture_read: bool, is_suspicious: bool
) -> Factor | None:
    """Return what is asked for after the password; None: nothing. Of clerks always something."""
    if kind is ActorKind.CLERK:
        return Factor.TOTP if is_enrolled else Factor.ENROLMENT
    is_trusted = is_known_device and was_picture_read and not is_suspicious
    return None if is_trusted else Factor.SMS


@dataclass(frozen=True, kw_only=True)
class PendingSignIn:
    """A sign-in whose password was right and whose second step is awaited.

    `secret`: of the authenticator that is being set up.
    """

    sign_in_id: UUID
    kind: ActorKind
    account: str
    factor: Factor
    issued_at: datetime
    tries: int = 0
    secret: str | None = field(default=None, repr=False)

    def with_secret(self, secret: str) -> "PendingSignIn":
        """Return it with the authenticator that is being set up."""
        return replace(self, secret=secret)

    def is_open(self, *, at: datetime) -> bool:
        """May the second step still be tried?"""
        return self.tries < SECOND_STEP_TRIES and at < self.issued_at + SECOND_STEP_WITHIN

    def fail(self) -> "PendingSignIn":
        """Count a wrong try."""
        return replace(self, tries=min(self.tries + 1, SECOND_STEP_TRIES))

    def tries_left(self) -> int:
        """Return how many tries there are left."""
        return SECOND_STEP_TRIES - self.tries

    def resend(self, *, at: datetime) -> "PendingSignIn":
        """A new code has its five minutes; the tries stay counted."""
        return replace(self, issued_at=at)
