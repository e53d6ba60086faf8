"""Clerks in the database."""

from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.sealing import SealedText
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Post, region_prefix
from services.identity.clerks.domain import Clerk
from services.identity.schema import metadata

clerks = sa.Table(
    "clerks",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("posts", sa.JSON, nullable=False),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("disabled_at", UtcDateTime),
    sa.Column("totp_secret", SealedText),
    sa.Column("totp_step", sa.BigInteger, comment="the latest whose code was used"),
)


def add_clerk(uow: UnitOfWork, clerk: Clerk) -> bool:
    """Add a clerk unless the account exists; say whether it was new."""
    return insert_if_new(uow.connection, clerks, **_row(clerk))


def save_clerk(uow: UnitOfWork, clerk: Clerk) -> None:
    """Save a clerk."""
    row = clerks.c.account == clerk.account
    uow.connection.execute(clerks.update().where(row).values(_row(clerk)))


def find_clerk(uow: UnitOfWork, account: str) -> Clerk | None:
    """Return a clerk to look at."""
    row = uow.connection.execute(sa.select(clerks).where(clerks.c.account == account)).one_or_none()
    return None if row is None else _clerk(row)


def find_clerk_alone(uow: UnitOfWork, account: str) -> Clerk | None:
    """Return a clerk that only we can change until we commit."""
    query = sa.select(clerks).where(clerks.c.account == account).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else _clerk(row)


def list_administrators_alone(uow: UnitOfWork) -> list[Clerk]:
    """Return all who have the post, disabled or not; none of them changes until we commit."""
    has_post = sa.cast(clerks.c.posts, sa.Text).contains(f'"{Post.ADMINISTRATOR.value}"')
    query = sa.select(clerks).where(has_post).order_by(clerks.c.account).with_for_update()
    return [_clerk(row) for row in uow.connection.execute(query)]


def list_clerks(uow: UnitOfWork, *, region: str, find: str, after: str | None, limit: int) -> list[Clerk]:
    """Return the clerks of a region and those within it, by account."""
    table = clerks.c
    query = sa.select(clerks).where(table.region.startswith(region_prefix(region)))
    if find:
        query = query.where(
            table.account.icontains(find, autoescape=True) | table.name.icontains(find, autoescape=True)
        )
    if after is not None:
        query = query.where(table.account > after)
    rows = uow.connection.execute(query.order_by(table.account).limit(limit))
    return [_clerk(row) for row in rows]


def _row(clerk: Clerk) -> dict[str, Any]:
    return {**vars(clerk), "posts": sorted(post.value for post in clerk.posts)}


def _clerk(row: sa.Row[Any]) -> Clerk:
    return Clerk(**{**row._mapping, "posts": frozenset(map(Post, row.posts))})
