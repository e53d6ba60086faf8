"""Refunds: what is approved for a unit in a programme. Its id says: there is one.

A row is written once; its account alone may change, under the locks of an answer.
"""

from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.chassis.database import bulk_insert
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.values import CreditCode, RefundId, UnitNo, Year
from services.subsidy.approval.domain import Account, Batch, Refund
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.columns import programme_columns, unit_columns
from services.subsidy.schema import metadata

_REFUNDS = UUID("5b1f6f0e-6c0b-5d0a-9b53-2f4f5d7c9a10")

refunds = sa.Table(
    "refunds",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.String(40), nullable=False, unique=True),
    sa.Column("batch_id", sa.ForeignKey(batches.c.id), nullable=False, index=True),
    *programme_columns(),
    *unit_columns(complete=True),
)
sa.Index("refunds_of_employer", refunds.c.credit_code, refunds.c.programme_year)


def refund_id(year: Year, unit_no: UnitNo) -> RefundId:
    """Return the id of the one refund that a unit can have in a programme."""
    return RefundId(uuid5(_REFUNDS, f"{year}/{unit_no}"))


def refund_number(year: Year, unit_no: UnitNo) -> str:
    """Return the number that people quote: WGFH-2023-410181000327."""
    return f"WGFH-{year}-{unit_no}"


def refunds_of(batch: Batch, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the refunds that these lines of a batch become."""
    common = {column.name: getattr(batch, column.name) for column in programme_columns()}
    common["batch_id"] = batch.id
    year = batch.programme_year
    return [
        common
        | line
        | {"id": refund_id(year, line["unit_no"]), "number": refund_number(year, line["unit_no"])}
        for line in lines
    ]


def add_refunds(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Add these refunds; one that is there already breaks the transaction."""
    columns = refunds.c.keys()
    bulk_insert(uow.connection, refunds, columns, (tuple(map(row.__getitem__, columns)) for row in rows))


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
