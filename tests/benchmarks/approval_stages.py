"""Where the time of an approval goes: the same code in one process, stage by stage, a stopwatch on each."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json

from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.publishing import ConfirmedPublisher
from services.chassis.relay import Outbox, Relay
from services.chassis.schema import outbox
from services.chassis.unit_of_work import Executor, Job, UnitOfWork
from services.contracts.subsidy.approval import BatchApproved, BatchState, RefundsApproved
from services.notify.prompts import handlers
from services.notify.prompts import store as prompt_store
from services.subsidy.approval import jobs
from services.subsidy.approval.store import batches, items, refunds
from services.subsidy.settings import Settings

MAKING = {
    "select lines": (items, "next_items"),
    "insert refunds": (refunds, "add_refunds"),
    "build the event": (jobs, "refunds_approved"),
    "put into the outbox": (UnitOfWork, "publish_json"),
}
RELAYING = {"claim": (Outbox, "claim"), "publish": (ConfirmedPublisher, "publish")}
HEARING = {
    "validate": (RefundsApproved, "model_validate"),
    "copy prompts": (prompt_store, "add_prompts"),
    "nudges": (UnitOfWork, "publish"),
}


def measure_stages(
    env: Mapping[str, str], databases: dict[str, Database], batch_id: UUID
) -> dict[str, dict[str, float]]:
    """Approve a batch of which all is undone first; return the seconds of each stage of each process."""
    _undo(databases)
    return {
        "make refunds": _timed(MAKING, lambda: _make(databases["subsidy"], batch_id)),
        "relay": _timed(RELAYING, lambda: _relay(databases["subsidy"], env["BROKER_URL"])),
        "raise prompts": _timed(HEARING, lambda: _hear(databases)),
    }


def _undo(databases: dict[str, Database]) -> None:
    """Be where the approval began."""
    again = {"state": BatchState.APPROVING, "refunds_made": 0, "made_up_to": None}
    with databases["subsidy"].write() as connection:
        connection.execute(refunds.refunds.delete())
        connection.execute(outbox.delete())
        connection.execute(batches.batches.update().values(again))
    with databases["notify"].write() as connection:
        connection.execute(prompt_store.prompts.delete())


def _make(database: Database, batch_id: UUID) -> None:
    settings = SimpleNamespace(refunds_per_message=Settings.model_fields["refunds_per_message"].default)
    job = Job(settings, None, utc_now, database)  # type: ignore[arg-type]
    jobs.make_refunds(job, BatchApproved(at=utc_now(), batch_id=batch_id))


def _relay(database: Database, broker_url: str) -> None:
    relay = Relay(database, broker_url, threading.Event())
    while relay.send_batch():
        pass
    relay._close()


def _hear(databases: dict[str, Database]) -> None:
    executor = Executor(databases["notify"], None, utc_now)  # type: ignore[arg-type]
    body = sa.cast(outbox.c.body, sa.Text)
    approvals = outbox.c.routing_key == RefundsApproved.routing_key()
    with databases["subsidy"].read() as connection:
        bodies = connection.scalars(sa.select(body).where(approvals).order_by(outbox.c.seq)).all()
    for number, text in enumerate(bodies):
        executor.event(RefundsApproved, from_json(text), handlers.on_refunds_approved, f"stage-{number}")


def _timed(stages: Mapping[str, tuple[Any, str]], work: Any) -> dict[str, float]:
    """Run `work` with a stopwatch on each stage; what none of them saw is the rest (commit, mostly)."""
    with ExitStack() as watches:
        seconds = {name: watches.enter_context(_stopwatch(*place)) for name, place in stages.items()}
        began = time.monotonic()
        work()
        whole = time.monotonic() - began
    found = {name: round(sum(times), 2) for name, times in seconds.items()}
    return found | {"rest": round(whole - sum(found.values()), 2), "whole": round(whole, 2)}


@contextmanager
def _stopwatch(owner: Any, name: str) -> Iterator[list[float]]:
    original, seconds = getattr(owner, name), []

    def timed(*words: Any, **more: Any) -> Any:
        began = time.monotonic()
        try:
            return original(*words, **more)
        finally:
            seconds.append(time.monotonic() - began)

    with mock.patch.object(owner, name, timed):
        yield seconds
