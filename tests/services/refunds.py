"""A province for tests: insured units, a finished screening of them, batches, refunds, answers."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import polars as pl

from services.chassis.database import bulk_insert
from services.chassis.ids import new_id
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchApproved,
    BatchFilter,
    BatchRequested,
    BatchView,
    GetBatch,
    MakeBatch,
)
from services.contracts.subsidy.confirmation import OpenStatement, SaveChoice, SubmitTodos
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.subsidy.screening import Outcome, ScreeningState
from services.contracts.values import Actor, ActorKind, BlobRef, Choice, SizeClass, UnitType
from services.subsidy.approval.store.refunds import refund_id
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import get_in_force, put_in_force
from services.subsidy.registry.domain import Import
from services.subsidy.registry.store import add_import, units
from services.subsidy.screening.domain import Screening
from services.subsidy.screening.store import VERDICT_COLUMNS, add_screening, add_verdicts
from tests.people import APPROVER, EMPLOYER, REVIEWER

YEAR = 2023
_digests = count(1)


def unit(number: int, region: str = "410181", **other: Any) -> dict[str, Any]:
    """Return a unit as the registry has it; number 327 is the manual's own."""
    return {
        "unit_no": f"{region}{number:06d}",
        "credit_code": EMPLOYER.employer if number == 327 else f"91410100MA{number:08d}",
        "unit_name": f"单位{number}",
        "unit_type": UnitType.ENTERPRISE,
        "size_class": SizeClass.LARGE,
        "industry": "制造业",
        "region": region,
        "headcount": 1180,
        "labour_dispatch": False,
        "audit_findings": False,
        "account_name": f"单位{number}",
        "account": "263707101046",
        "bank": "中国银行",
        "contact": "张敏",
        "phone": "19903700001",
    } | other


MANUAL = unit(327, unit_name="巩义市恒远精密制造有限公司")


def import_units(world: Any, rows: list[dict[str, Any]]) -> UUID:
    """Make these units the registry of today; return the id of their import."""
    digest = f"{next(_digests):064x}"
    new = Import(
        id=new_id(),
        kind=ImportKind.EMPLOYERS,
        filename="employers.csv",
        blob=BlobRef(key=f"imports/{digest}", sha256=digest, size=1),
        by="hall",
        by_name="李强",
        received_at=world.now,
        state=ImportState.DONE,
        finished_at=world.now,
    )
    columns = ["import_id", *MANUAL]
    with world.job("subsidy").unit_of_work() as uow:
        assert add_import(uow, new)
        bulk_insert(uow.connection, units, columns, ((new.id, *row.values()) for row in rows))
    return new.id


def screened(
    world: Any, rows: list[dict[str, Any]], state: ScreeningState = ScreeningState.DONE, **other: Any
) -> UUID:
    """Return a run in which these units are eligible, with the manual's figures unless they have own ones.

    Beside the columns of a unit a row may have `outcome` and `amount`.
    """
    facts = [{name: row[name] for name in MANUAL} for row in rows]
    employers = import_units(world, facts)
    with world.job("subsidy").unit_of_work() as uow:
        put_in_force(uow, read_programme("henan_2023"))
        in_force = get_in_force(uow, YEAR)
        run = Screening(
            id=new_id(),
            programme_year=YEAR,
            policy_version=in_force.policy.version,
            policy_digest=in_force.digest,
            by="hall",
            by_name="李强",
            started_at=world.now,
            state=state,
            employers_import_id=employers,
            **other,
        )
        add_screening(uow, run)
        verdicts = [tuple(map(_plain, _verdict(row))) for row in rows]
        add_verdicts(uow, run.id, pl.DataFrame(verdicts, schema=list(VERDICT_COLUMNS), orient="row"))
    return run.id


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _verdict(row: dict[str, Any]) -> tuple[Any, ...]:
    verdict = dict.fromkeys(VERDICT_COLUMNS, 0) | {
        "unit_no": row["unit_no"],
        "outcome": row.get("outcome", Outcome.ELIGIBLE),
        "ratio": 3000,
        "amount": row.get("amount", 23713715),
        "region": row["region"],
        "unit_type": row["unit_type"],
        "size_class": row["size_class"],
        "headcount_now": row["headcount"],
        "base": 79045717,
    }
    return tuple(verdict[name] for name in VERDICT_COLUMNS)


def make_batch(world: Any, run: UUID, by: Actor = APPROVER, **filter: Any) -> BatchView:
    """Make a batch and let the worker fill it."""
    batch = world.ask(MakeBatch(id=new_id(), screening_id=run, filter=BatchFilter(**filter)), by=by)
    world.work("subsidy", BatchRequested(at=world.now, batch_id=batch.batch_id))
    return world.ask(GetBatch(batch_id=batch.batch_id), by=by)


def approve_batch(world: Any, batch: BatchView, by: Actor = REVIEWER) -> BatchView:
    """Approve a batch and let the worker make its refunds."""
    seen = {"count": batch.count, "amount": batch.amount, "digest": batch.digest}
    world.ask(ApproveBatch(id=new_id(), batch_id=batch.batch_id, **seen), by=by)
    world.work("subsidy", BatchApproved(at=world.now, batch_id=batch.batch_id))
    return world.ask(GetBatch(batch_id=batch.batch_id), by=by)


def approved(world: Any, rows: list[dict[str, Any]]) -> BatchView:
    """Return an approved batch with the refunds of these units."""
    return approve_batch(world, make_batch(world, screened(world, rows)))


def refund_of(row: dict[str, Any]) -> UUID:
    """Return the id of the refund of a unit."""
    return refund_id(YEAR, row["unit_no"])


def employer_of(row: dict[str, Any]) -> Actor:
    """Return somebody who acts for a unit."""
    code = row["credit_code"]
    return Actor(id=f"employer:{code}", kind=ActorKind.EMPLOYER, name="王喆", employer=code)


def save(world: Any, row: dict[str, Any], choice: Choice = Choice.CONFIRMED, by: Actor | None = None) -> Any:
    """Read the statement for ten seconds and save a choice; return the to-do."""
    actor = by or employer_of(row)
    reading = world.ask(OpenStatement(id=new_id(), refund_id=refund_of(row)), by=actor)
    world.now += timedelta(seconds=10)
    chosen = {"refund_id": refund_of(row), "reading_id": reading.reading_id, "agreed": True, "choice": choice}
    return world.ask(SaveChoice(id=new_id(), **chosen), by=actor)


def answer(
    world: Any, row: dict[str, Any], choice: Choice = Choice.CONFIRMED, by: Actor | None = None
) -> Any:
    """Save a choice and submit it; return what became of it."""
    todo = save(world, row, choice, by)
    return world.ask(SubmitTodos(id=new_id(), todo_ids=(todo.todo_id,)), by=by or employer_of(row))
