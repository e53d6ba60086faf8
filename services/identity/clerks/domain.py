"""Clerks: who they are and what they are there for. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind, Post


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """A clerk's account; `posts` say what it may do, within `region`."""

    account: str
    name: str
    posts: frozenset[Post]
    region: str
    password_hash: str
    created_at: datetime
    disabled_at: datetime | None = None

    def usable_password_hash(self) -> str | None:
        """Return what a password is checked against, None when nobody may come in."""
        return None if self.disabled_at else self.password_hash

    def actor(self) -> Actor:
        """Return who acts after this clerk has signed in."""
        return Actor(
            id=f"clerk:{self.account}",
            kind=ActorKind.CLERK,
            name=self.name,
            posts=frozenset(post.value for post in self.posts),
            region=self.region,
        )


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
