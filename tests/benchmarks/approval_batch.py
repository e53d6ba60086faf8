"""A batch that is approved, and of which no refund is made yet."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis import sealing
from services.chassis.database import Database, bulk_insert
from services.chassis.ids import new_id
from services.contracts.subsidy.approval import BatchFilter, BatchState
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.values import SizeClass, UnitType
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.items import batch_items
from services.subsidy.screening.store import screenings

NOW = datetime(2023, 9, 14, 1, tzinfo=UTC)
PROGRAMME = {"programme_year": 2023, "policy_version": 1, "policy_digest": "0" * 64}


def make_batch(database: Database, count: int) -> UUID:
    """Put a batch with as many lines into the tables, approved, its refunds not yet made."""
    screening_id, batch_id = new_id(), new_id()
    with database.write() as connection:
        connection.execute(screenings.insert().values(_screening(screening_id)))
        connection.execute(batches.insert().values(_batch(batch_id, screening_id, count)))
        bulk_insert(connection, batch_items, batch_items.c.keys(), _lines(batch_id, count))
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    return batch_id


def _screening(screening_id: UUID) -> dict[str, Any]:
    return {
        **_zeros(screenings, PROGRAMME),
        **PROGRAMME,
        "id": screening_id,
        "by": "hall",
        "by_name": "李强",
        "started_at": NOW,
        "state": ScreeningState.DONE,
    }


def _batch(batch_id: UUID, screening_id: UUID, count: int) -> dict[str, Any]:
    return {
        **PROGRAMME,
        "id": batch_id,
        "base_year": 2022,
        "deadline": date(2023, 12, 31),
        "number": "PL-2023-0001",
        "screening_id": screening_id,
        "region": "410000",
        "filter": BatchFilter().to_wire(),
        "state": BatchState.APPROVING,
        "maker": "a",
        "maker_name": "甲",
        "made_at": NOW,
        "count": count,
        "amount": count,
        "left_out": 0,
        "refunds_made": 0,
        "checker": "b",
        "checker_name": "乙",
        "checked_at": NOW,
    }


def _zeros(table: sa.Table, given: dict[str, Any]) -> dict[str, int]:
    """Return 0 for each number that a table insists on."""
    wanted = (c for c in table.c if not c.nullable and c.server_default is None and c.default is None)
    return {c.name: 0 for c in wanted if isinstance(c.type, sa.Integer) and c.name not in given}


def _lines(batch_id: UUID, count: int) -> Iterator[tuple[Any, ...]]:
    tokens = [(sealing.seal(f"62220000{n:010}"), sealing.seal(f"199{n:08}")) for n in range(1000)]
    for number in range(count):
        line = _line(number, *tokens[number % 1000]) | {"batch_id": batch_id}
        yield tuple(line[name] for name in batch_items.c.keys())  # noqa: SIM118


def _line(number: int, account: str, phone: str) -> dict[str, Any]:
    return {
        "unit_no": f"410181{number:06}",
        "credit_code": f"91410181{number:010}",
        "unit_name": f"河南省恒远精密制造有限公司第{number}分公司",
        "unit_type": UnitType.ENTERPRISE,
        "size_class": SizeClass.SMALL,
        "region": "410181",
        "headcount": 30,
        "layoff_rate": 100,
        "base": 7_904_571,
        "ratio": 6000,
        "amount": 4_742_742 + number,
        "account_name": f"河南省恒远精密制造有限公司第{number}分公司",
        "account": account,
        "bank": "中国银行股份有限公司巩义支行",
        "contact": "张敏",
        "phone": phone,
        "programme_year": 2023,
        "missing": "",
        "held": f"410181{number:06}",
        "held_out": None,
        "remark": None,
    }
