"""Sign-ins: how long they live, who may come in. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.errors import Forbidden
from services.contracts.values import ActorKind

TOKEN_LIVES = timedelta(seconds=60)
LONGEST_IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)


class Outcome(StrEnum):
    """What became of an attempt to come in, or to leave."""

    SIGNED_IN = "signed_in"
    PICTURE_CODE_WRONG = "picture_code_wrong"
    FAILED = "failed"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Who somebody says to be; there may be no such account."""

    kind: ActorKind
    account: str

    def name(self) -> str:
        """Return the name under which its failures are counted, account or not."""
        return f"{self.kind}:{self.account}"


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in of an account; tokens come from it for as long as it lives."""

    id: UUID
    kind: ActorKind
    account: str
    started_at: datetime
    renewed_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def begin(cls, *, id: UUID, candidate: Candidate, at: datetime) -> "Session":
        """Begin a sign-in of somebody whose password was right."""
        return cls(id=id, kind=candidate.kind, account=candidate.account, started_at=at, renewed_at=at)

    def candidate(self) -> Candidate:
        """Return whose sign-in it is."""
        return Candidate(kind=self.kind, account=self.account)

    def renew(self, *, token_issued_at: datetime, at: datetime) -> "Session":
        """Go on. Forbidden when ended, idle for 15 minutes, 12 hours old, or the token is an old one."""
        last_sign = min(token_issued_at, self.renewed_at)
        if self.ended_at or at >= last_sign + LONGEST_IDLE or at >= self.started_at + LONGEST:
            raise Forbidden("session_over", "sign in again")
        return replace(self, renewed_at=max(at, self.renewed_at))

    def end(self, *, at: datetime) -> "Session":
        """End it for good; what has ended stays as it is."""
        return self if self.ended_at else replace(self, ended_at=at)

    def token_expires_at(self, *, at: datetime) -> datetime:
        """Return when a token made now runs out: never after the sign-in itself."""
        return min(at + TOKEN_LIVES, self.started_at + LONGEST)
