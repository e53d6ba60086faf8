"""Clerks: who they are, what they are there for, what they prove it with. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind, Post

STEP = 30  # seconds for which a code of an authenticator is shown
DRIFT = 1  # steps that its clock may be off


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """A clerk's account; `posts` say what it may do, within `region`.

    Without `totp_secret` the password is a first one, which the next sign-in replaces. `totp_step` is the
    latest step of the authenticator whose code was used.
    """

    account: str
    name: str
    posts: frozenset[Post]
    region: str
    password_hash: str = field(repr=False)
    created_at: datetime
    disabled_at: datetime | None = None
    totp_secret: str | None = field(default=None, repr=False)
    totp_step: int | None = None

    def usable_password_hash(self) -> str | None:
        """Return what a password is checked against, None when nobody may come in."""
        return None if self.disabled_at else self.password_hash

    def is_administrator(self) -> bool:
        """May this clerk look after the others?"""
        return Post.ADMINISTRATOR in self.posts and self.disabled_at is None

    def actor(self) -> Actor:
        """Return who acts after this clerk has signed in."""
        return Actor(
            id=f"clerk:{self.account}",
            kind=ActorKind.CLERK,
            name=self.name,
            posts=frozenset(post.value for post in self.posts),
            region=self.region,
        )

    def acceptable_steps(self, *, at: datetime) -> list[int]:
        """Return the steps whose codes count now: one to each side, and none that was used already."""
        now = step_of(at)
        last = -1 if self.totp_step is None else self.totp_step
        return [step for step in range(now - DRIFT, now + DRIFT + 1) if step > last]

    def enrol(self, *, password_hash: str, totp_secret: str, totp_step: int) -> "Clerk":
        """Return the clerk with an own password and an authenticator."""
        return replace(self, password_hash=password_hash, totp_secret=totp_secret, totp_step=totp_step)

    def reset(self, *, password_hash: str) -> "Clerk":
        """Return the clerk with a first password, to be enrolled anew."""
        return replace(self, password_hash=password_hash, totp_secret=None, totp_step=None)


def step_of(at: datetime) -> int:
    """Return the number of the 30 s in which a moment lies."""
    return int(at.timestamp()) // STEP


def require_other_administrator(administrators: Iterable[Clerk], *, account: str) -> None:
    """Refuse what would leave nobody to look after the clerks."""
    if not any(clerk.is_administrator() and clerk.account != account for clerk in administrators):
        raise Refused("last_administrator", "there must be another administrator")


def require_other(actor: Actor, account: str) -> None:
    """Refuse what nobody may do with the own account."""
    if actor.id == f"clerk:{account}":
        raise Refused("own_account", "ask another administrator")


def plain_account(account: str) -> str:
    """Return an account as it is kept: small letters, no blanks around."""
    return account.strip().lower()


def require_good_clerk(*, account: str, name: str, posts: frozenset[Post], region: str) -> None:
    """Refuse a clerk account that breaks a rule, and say which."""
    rules = {
        "account": re.fullmatch(r"[a-z][a-z0-9._-]{1,63}", account),
        "name": name.strip(),
        "posts": posts,
        "region": re.fullmatch(r"\d{6}", region),
    }
    broken = [rule for rule, kept in rules.items() if not kept]
    if broken:
        raise Refused("clerk_invalid", "this clerk account breaks a rule", fields=broken)
