"""Batches. Two rules are the database's own: nobody checks the batch it made, and none is approved unchecked.

A batch is a lock as well: an answer shares it, a notice takes it alone, so that every answer is either
committed before the notice counts, or sees what it froze. (SQLite has one writer anyway.)
"""

from typing import Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.approval import BatchFilter, BatchState, LineOutcome
from services.contracts.values import BatchId, BlobRef, region_prefix
from services.subsidy.approval.domain import Batch
from services.subsidy.approval.store.columns import programme_columns
from services.subsidy.schema import metadata, words
from services.subsidy.screening.store import screenings

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("screening_id", sa.ForeignKey(screenings.c.id), nullable=False),
    *programme_columns(),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("filter", sa.JSON, nullable=False),
    sa.Column("state", words(BatchState), nullable=False),
    sa.Column("maker", sa.String(80), nullable=False),
    sa.Column("maker_name", sa.String(100), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False, index=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64)),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("held_out", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_by", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("refunds_made", sa.Integer, nullable=False),
    sa.Column("made_up_to", sa.String(12)),
    sa.Column("checker", sa.String(80)),
    sa.Column("checker_name", sa.String(100)),
    sa.Column("checked_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.Column("units", sa.JSON(none_as_null=True), comment="the file of units it was made of"),
    sa.Column("outcomes", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("remarks", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("checker <> maker", name="maker_is_not_checker"),
    sa.CheckConstraint(
        "state NOT IN ('approving', 'approved') OR checker IS NOT NULL", name="approved_by_a_checker"
    ),
)


def add_batch(uow: UnitOfWork, batch: Batch) -> None:
    """Add a batch."""
    uow.connection.execute(batches.insert().values(_row(batch)))


def save_batch(uow: UnitOfWork, batch: Batch) -> None:
    """Save the state of a batch."""
    uow.connection.execute(batches.update().where(batches.c.id == batch.id).values(_row(batch)))


def get_batch(uow: UnitOfWork, batch_id: BatchId) -> Batch:
    """Return a batch to look at."""
    return _get_batch(uow, sa.select(batches).where(batches.c.id == batch_id))


def get_batch_alone(uow: UnitOfWork, batch_id: BatchId) -> Batch:
    """Return a batch after all answers under way are committed; later ones wait for us."""
    return _get_batch(uow, sa.select(batches).where(batches.c.id == batch_id).with_for_update())


def share_batches(uow: UnitOfWork, batch_ids: set[BatchId]) -> None:
    """Hold the batches of refunds that are being answered: no notice can be published before we commit."""
    chosen = sa.select(batches.c.id).where(batches.c.id.in_(batch_ids)).order_by(batches.c.id)
    uow.connection.execute(chosen.with_for_update(read=True)).all()


def list_batches(uow: UnitOfWork, region: str, limit: int) -> list[Batch]:
    """Return the latest batches within a region."""
    within = batches.c.region.startswith(region_prefix(region))
    query = sa.select(batches).where(within).order_by(batches.c.made_at.desc(), batches.c.id).limit(limit)
    return [_batch(row) for row in uow.connection.execute(query)]


def _row(batch: Batch) -> dict[str, Any]:
    units = batch.units and batch.units.model_dump()
    return vars(batch) | {"filter": batch.filter.to_wire(), "units": units, "outcomes": dict(batch.outcomes)}


def _get_batch(uow: UnitOfWork, query: sa.Select[Any]) -> Batch:
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        raise Missing("batch_missing", "there is no such batch")
    return _batch(row)


def _batch(row: sa.Row[Any]) -> Batch:
    values = dict(row._mapping)
    parsed = {
        "filter": BatchFilter.model_validate(values["filter"]),
        "changed_by": tuple(values["changed_by"]),
        "units": values["units"] and BlobRef(**values["units"]),
        "outcomes": {LineOutcome(name): count for name, count in values["outcomes"].items()},
    }
    return Batch(**values | parsed)
