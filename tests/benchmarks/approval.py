"""From the approval of a batch to the moment its last prompt can be seen: through real processes.

    python -m tests.benchmarks.approval [refunds] [--sqlite]

A private RabbitMQ and PostgreSQL (or SQLite files), one subsidy-worker, one notify-worker. Prints prompts a
second; beside it, on the same machine at the same time, a floor: the same rows of refunds and prompts by one
bare COPY each (SQLite: one executemany each) into empty tables with the same indexes.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.publishing import ConfirmedPublisher, Outgoing
from services.chassis.schema import inbox
from services.contracts.subsidy.approval import BatchApproved
from services.notify.prompts.handlers import on_refunds_approved
from services.notify.prompts.store import prompts
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.settings import Settings
from tests.benchmarks.approval_batch import NOW, make_batch
from tests.benchmarks.approval_floor import bare_copy
from tests.benchmarks.approval_house import cpu_seconds, house, running
from tests.benchmarks.approval_stages import measure_stages
from tests.broker.processes import wait_until
from tests.people import FIELD_KEYS

FLOOR = {"subsidy": refunds, "notify": prompts}
CHUNK = Settings.model_fields["refunds_per_message"].default
PATIENCE = 900.0
POLL = 0.05  # seconds


def measure(count: int, kind: str = "postgresql") -> dict[str, Any]:
    """Return `prompts_per_second`, `seconds`, `cpu` per process, `floor_*`, `ratio`, `stages`, and more."""
    sealing.configure(FIELD_KEYS)
    with tempfile.TemporaryDirectory(prefix="approval") as name, house(Path(name), kind) as env:
        databases = {s: Database(env[f"{s.upper()}_DATABASE_URL"]) for s in ("subsidy", "notify")}
        for service, database in databases.items():
            chain_of(service).upgrade(database)
        batch_id = make_batch(databases["subsidy"], count)
        with running(env, Path(name)) as pids:
            result = approve(env, databases, batch_id, count, pids)
        stages = measure_stages(env, databases, batch_id)
        floor = {table.name: bare_copy(databases[s], table) for s, table in FLOOR.items()}
        for database in databases.values():
            database.close()
    seconds = sum(floor.values())
    return {
        "refunds": count,
        "kind": kind,
        "load": os.getloadavg()[0],
        **result,
        **{f"floor_{table}_seconds": round(value, 2) for table, value in floor.items()},
        "floor_per_second": round(count / seconds),
        "ratio": round(result["seconds"] / seconds, 2),
        "stages": stages,
    }


def approve(
    env: dict[str, str], databases: dict[str, Database], batch_id: UUID, count: int, pids: dict[str, int]
) -> dict[str, Any]:
    """Tell the worker that the batch is approved, and wait until the last prompt can be seen."""
    event = BatchApproved(at=NOW, batch_id=batch_id)
    groups = {**pids, **json.loads(env["SERVERS"])}
    before = {name: cpu_seconds(pid) for name, pid in groups.items()}
    publisher = ConfirmedPublisher(env["BROKER_URL"])
    began = time.monotonic()
    publisher.publish([Outgoing(str(new_id()), event.routing_key(), event.to_wire())])
    wait_until(lambda: _slowly(_made(databases["subsidy"]) == count), PATIENCE)
    made = time.monotonic() - began
    wait_until(lambda: _slowly(_visible(databases["notify"], count)), PATIENCE)
    seconds = time.monotonic() - began
    publisher.close()
    cpu = {name: round(cpu_seconds(pid) - before[name], 2) for name, pid in groups.items()}
    return {
        "seconds": round(seconds, 2),
        "refunds_made_seconds": round(made, 2),
        "prompts_per_second": round(count / seconds),
        "cpu": cpu,
    }


def _slowly(condition: bool) -> bool:
    if not condition:
        time.sleep(POLL)
    return condition


def _made(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(sa.select(batches.c.refunds_made)) or 0


def _visible(database: Database, count: int) -> bool:
    """Are all prompts there? Counted only when each event was heard: counting takes time from the others."""
    heard = sa.select(sa.func.count()).where(inbox.c.handler == on_refunds_approved.__name__)
    with database.read() as connection:
        if (connection.scalar(heard) or 0) * CHUNK < count:
            return False
        return connection.scalar(sa.select(sa.func.count()).select_from(prompts)) == count


def main() -> None:
    """Print what was measured."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    result = measure(numbers[0] if numbers else 300_000, "sqlite" if "--sqlite" in sys.argv else "postgresql")
    for process, stages in result.pop("stages").items():
        print(f"{process:28}{', '.join(f'{name} {seconds} s' for name, seconds in stages.items())}")
    for name, value in result.items():
        print(f"{name:28}{value:,}" if isinstance(value, int | float) else f"{name:28}{value}")


if __name__ == "__main__":
    main()
