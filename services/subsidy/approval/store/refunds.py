"""Refunds: what is approved for a unit in a programme. Its id says: there is one.

A row is written once; its account alone may change, under the locks of an answer.
Its number is unique because its id is: both are made of the programme and the unit, and of nothing else.
Its batch is there: it has it from its line, which refers to it, and no line is ever deleted.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.chassis.ids import named_ids
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.values import CreditCode, RefundId, UnitNo, Year
from services.subsidy.approval.domain import Account, Batch, Refund
from services.subsidy.approval.store.columns import programme_columns, unit_columns
from services.subsidy.approval.store.items import batch_items
from services.subsidy.schema import metadata

_REFUNDS = UUID("5b1f6f0e-6c0b-5d0a-9b53-2f4f5d7c9a10")
_NUMBER = "WGFH"

refunds = sa.Table(
    "refunds",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.Uuid, nullable=False),  # no foreign key: it is dear for hundreds of thousands
    *programme_columns(),
    *unit_columns(complete=True),
)
sa.Index("refunds_of_employer", refunds.c.credit_code, refunds.c.programme_year)


def refund_id(year: Year, unit_no: UnitNo) -> RefundId:
    """Return the id of the one refund that a unit can have in a programme."""
    return RefundId(uuid5(_REFUNDS, f"{year}/{unit_no}"))


def refund_number(year: Year, unit_no: UnitNo) -> str:
    """Return the number that people quote: WGFH-2023-410181000327."""
    return f"{_NUMBER}-{year}-{unit_no}"


def refund_ids(year: Year, unit_nos: Iterable[UnitNo]) -> Iterator[str]:
    """Yield the ids of these units' refunds, as text."""
    return named_ids(_REFUNDS, (f"{year}/{unit_no}" for unit_no in unit_nos))


def add_refunds(uow: UnitOfWork, batch: Batch, ids: dict[UnitNo, str]) -> int:
    """Make the refunds of these lines of a batch, with these ids; return how many it made.

    Within the database: a line has nearly all of their columns. A refund that is there already breaks the
    transaction, and so does a line that is not there.
    """
    given, id_ = (_given_sqlite if uow.connection.dialect.name == "sqlite" else _given)(ids)
    common = {column.name: getattr(batch, column.name) for column in programme_columns()}
    columns = {
        "id": id_,
        "number": sa.literal(f"{_NUMBER}-{batch.programme_year}-") + batch_items.c.unit_no,
        "batch_id": batch_items.c.batch_id,
        **{name: sa.literal(value, refunds.c[name].type) for name, value in common.items()},
        **{column.name: batch_items.c[column.name] for column in unit_columns(complete=True)},
    }
    part = batch_items.c.unit_no.between(min(ids), max(ids))  # for a planner without statistics
    its = (batch_items.c.batch_id == batch.id) & (batch_items.c.unit_no == given.c.key) & part
    # An outer join, so that SQLite looks up lines by their keys.
    lines = sa.select(*columns.values()).select_from(given.join(batch_items, its, isouter=True))
    insert = refunds.insert().from_select(list(columns), lines.order_by(batch_items.c.unit_no))
    return uow.connection.execute(insert).rowcount


def _given(ids: dict[UnitNo, str]) -> tuple[Any, sa.ColumnElement[Any]]:
    """Return ids as a table (key, value), and the id in it."""
    texts = (f"{{{','.join(part)}}}" for part in (ids.keys(), ids.values()))  # plain words of arrays
    arrays = (
        sa.cast(sa.literal(text, sa.Text), postgresql.ARRAY(kind))
        for text, kind in zip(texts, (sa.Text, sa.Uuid), strict=True)
    )
    given = sa.func.unnest(*arrays).table_valued(sa.column("key", sa.Text), sa.column("value", sa.Uuid))
    given = given.render_derived()
    return given, given.c.value


def _given_sqlite(ids: dict[UnitNo, str]) -> tuple[Any, sa.ColumnElement[Any]]:
    """The same; SQLite keeps an id without dashes."""
    given = sa.func.json_each(json.dumps(ids)).table_valued("key", "value")
    return given, sa.func.replace(given.c.value, "-", "")


def get_refund(uow: UnitOfWork, refund_id: RefundId) -> Refund:
    """Return one refund."""
    found = get_refunds(uow, {refund_id})
    if not found:
        raise Missing("refund_missing", "there is no such refund")
    return found[refund_id]


def get_refunds(uow: UnitOfWork, refund_ids: set[RefundId]) -> dict[RefundId, Refund]:
    """Return refunds by their ids."""
    rows = uow.connection.execute(sa.select(refunds).where(refunds.c.id.in_(refund_ids)))
    return {row.id: Refund(**row._mapping) for row in rows}


def lock_refunds(uow: UnitOfWork, refund_ids: set[RefundId]) -> None:
    """Let nobody else answer these refunds before we commit. Share their batches first."""
    chosen = sa.select(refunds.c.id).where(refunds.c.id.in_(refund_ids)).order_by(refunds.c.id)
    uow.connection.execute(chosen.with_for_update(key_share=True)).all()


def set_account(uow: UnitOfWork, refund_id: RefundId, account: Account) -> None:
    """Let a refund go to another account. Hold it first."""
    uow.connection.execute(refunds.update().where(refunds.c.id == refund_id).values(vars(account)))


def list_refunds(uow: UnitOfWork, credit_code: CreditCode) -> list[Refund]:
    """Return the refunds of an employer, the latest programme first."""
    query = sa.select(refunds).where(refunds.c.credit_code == credit_code)
    rows = uow.connection.execute(query.order_by(refunds.c.programme_year.desc(), refunds.c.unit_no))
    return [Refund(**row._mapping) for row in rows]
