"""A challenge: a text that nobody has signed before, for one page in one browser, good for two minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts.errors import Refused

TAG = "wengang sign-in v1"  # first line of what is signed: a signature made for this is good for nothing else
NONCE = 32  # bytes
GOOD_FOR = timedelta(seconds=120)


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """A text to be signed. `binding` is a hash of the browser's pre-session."""

    id: UUID
    text: str
    binding: str
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Return until when it may be answered."""
        return self.issued_at + GOOD_FOR


def make_challenge(*, id: UUID, origin: str, binding: str, nonce: bytes, at: datetime) -> Challenge:
    """Return the challenge for a page at `origin`."""
    text = "\n".join((TAG, origin, str(id), nonce.hex()))
    return Challenge(id=id, text=text, binding=binding, issued_at=at)


def judge_challenge(challenge: Challenge | None, *, binding: str, at: datetime) -> Refused | None:
    """Say why an answer to this challenge does not count; None: it does. Absent is used up, or swept."""
    if challenge is None or at >= challenge.expires_at:
        return Refused("challenge_expired", "ask for a new challenge and sign that")
    if challenge.binding != binding:
        return Refused("challenge_elsewhere", "the challenge was made for another browser")
    return None
