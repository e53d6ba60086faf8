"""Clerks: accounts made by an administrator, posts, regions, a second factor."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.contracts.base import Command, Query, View
from services.contracts.identity.fields import ClerkAccount, DoneView, Password
from services.contracts.values import Post, Region, ShortText

Posts = Annotated[frozenset[Post], Field(min_length=1)]


class ClerkView(View):
    """A clerk's account. Without a second factor the next sign-in sets it up."""

    account: str
    full_name: str
    posts: tuple[Post, ...]
    region: Region
    created_at: datetime
    disabled_at: datetime | None
    has_second_factor: bool
    signed_in: int


class ClerksView(View):
    """A page of clerks by account; `next_after` is None on the last page."""

    clerks: tuple[ClerkView, ...]
    next_after: str | None


class NewClerkView(View):
    """A clerk with the password for the first sign-in: shown once, to be changed then."""

    clerk: ClerkView
    initial_password: Annotated[str, Field(repr=False)]


class AddClerk(Command[NewClerkView]):
    """An administrator makes an account, within its own region."""

    account: ClerkAccount
    full_name: ShortText
    posts: Posts
    region: Region


class ChangeClerk(Command[ClerkView]):
    """Other posts, another region, another name; in effect everywhere within 60 s. Not one's own."""

    account: ClerkAccount
    full_name: ShortText
    posts: Posts
    region: Region


class DisableClerk(Command[ClerkView]):
    """Nobody comes in with this account any more; out everywhere within 60 s. Not one's own."""

    account: ClerkAccount


class EnableClerk(Command[ClerkView]):
    """The account may be used again."""

    account: ClerkAccount


class ResetClerk(Command[NewClerkView]):
    """A new first password; the second factor is set up anew at the next sign-in. Not one's own."""

    account: ClerkAccount


class ChangeClerkPassword(Command[DoneView]):
    """A clerk's own new password; ends its other sign-ins."""

    old_password: Password
    password: Password


class ListClerks(Query[ClerksView]):
    """Show the clerks of an administrator's or auditor's region. `find`: part of account or name."""

    find: Annotated[str, Field(max_length=60)] = ""
    after: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
