"""Clerks in the database."""

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Post
from services.identity.clerks.domain import Clerk
from services.identity.schema import metadata

clerks = sa.Table(
    "clerks",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("posts", sa.JSON, nullable=False),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("disabled_at", UtcDateTime),
)


def add_clerk(uow: UnitOfWork, clerk: Clerk) -> bool:
    """Add a clerk unless the account exists; say whether it was new."""
    posts = sorted(post.value for post in clerk.posts)
    return insert_if_new(uow.connection, clerks, **{**vars(clerk), "posts": posts})


def find_clerk(uow: UnitOfWork, account: str) -> Clerk | None:
    """Return a clerk to look at."""
    row = uow.connection.execute(sa.select(clerks).where(clerks.c.account == account)).one_or_none()
    if row is None:
        return None
    return Clerk(**{**row._mapping, "posts": frozenset(map(Post, row.posts))})
