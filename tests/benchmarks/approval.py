"""From the approval of a batch to the moment its last prompt can be seen: through real processes.

    python -m tests.benchmarks.approval [refunds] [--sqlite]

A private RabbitMQ and PostgreSQL (or SQLite files), one subsidy-worker, one notify-worker. Prints prompts a
second; beside it, on the same machine at the same time, a floor: the same rows of refunds and prompts by one
bare COPY each (SQLite: one executemany each) into empty tables with the same indexes.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import sqlalchemy as sa

from deploy.local.broker import Broker
from deploy.local.nodes import free_port
from deploy.local.postgres import Postgres
from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.database import Database, bulk_insert
from services.chassis.ids import new_id
from services.chassis.publishing import ConfirmedPublisher, Outgoing
from services.contracts.subsidy.approval import BatchApproved, BatchFilter, BatchState
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.values import SizeClass, UnitType
from services.notify.prompts.store import prompts
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.items import batch_items
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.screening.store import screenings
from tests.benchmarks.approval_stages import measure_stages
from tests.broker.processes import wait_until
from tests.people import FIELD_KEYS, PUBLIC_KEY

PROCESSES = ("subsidy-worker", "notify-worker")
NOW = datetime(2023, 9, 14, 1, tzinfo=UTC)
PATIENCE = 900.0
POLL = 0.05  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


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


FLOOR = {"subsidy": refunds, "notify": prompts}


@contextmanager
def house(folder: Path, kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of processes on servers of their own."""
    broker, postgres = Broker(folder / "broker"), Postgres(folder / "postgres")
    try:
        broker.start()
        if kind == "postgresql":
            postgres.start()
        urls = {
            f"{service.upper()}_DATABASE_URL": postgres.create_database(service)
            if kind == "postgresql"
            else f"sqlite:///{folder}/{service}.db"
            for service in ("subsidy", "notify")
        }
        nodes = [broker, postgres] if kind == "postgresql" else [broker]
        yield {
            **os.environ,
            **urls,
            "SERVERS": json.dumps({node.name: node.state["process"]["pid"] for node in nodes}),
            "ENVIRONMENT": "development",
            "BROKER_URL": broker.url,
            "SESSION_PUBLIC_KEY": PUBLIC_KEY,
            "FIELD_KEYS": FIELD_KEYS,
            "BLOBS": (folder / "blobs").as_uri(),
        }
    finally:
        postgres.stop()
        broker.stop()


@contextmanager
def running(env: dict[str, str], folder: Path) -> Iterator[dict[str, int]]:
    """Yield the process ids of the workers once all of them are ready."""
    ports = {name: free_port() for name in PROCESSES}
    with (folder / "log").open("w") as log:
        started = {
            name: subprocess.Popen(
                [sys.executable, "-m", "services", "run", name],
                env={**env, "PORT": str(port)},
                stdout=log,
                stderr=log,
            )
            for name, port in ports.items()
        }
        try:
            for port in ports.values():
                wait_until(lambda port=port: _is_ready(port))
            yield {name: process.pid for name, process in started.items()}
        finally:
            for process in started.values():
                process.send_signal(signal.SIGTERM)
            for process in started.values():
                process.wait(60)
            sys.stderr.write("".join(_complaints(folder / "log")))


def approve(
    env: dict[str, str], databases: dict[str, Database], batch_id: UUID, count: int, pids: dict[str, int]
) -> dict[str, Any]:
    """Tell the worker that the batch is approved, and wait until the last prompt can be seen."""
    event = BatchApproved(at=NOW, batch_id=batch_id)
    groups = {**pids, **json.loads(env["SERVERS"])}
    before = {name: _cpu_seconds(pid) for name, pid in groups.items()}
    publisher = ConfirmedPublisher(env["BROKER_URL"])
    began = time.monotonic()
    publisher.publish([Outgoing(str(new_id()), event.routing_key(), event.to_wire())])
    wait_until(lambda: _slowly(_made(databases["subsidy"]) == count), PATIENCE)
    made = time.monotonic() - began
    wait_until(lambda: _slowly(_visible(databases["notify"]) == count), PATIENCE)
    seconds = time.monotonic() - began
    publisher.close()
    cpu = {name: round(_cpu_seconds(pid) - before[name], 2) for name, pid in groups.items()}
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


def _visible(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(prompts)) or 0


def make_batch(database: Database, count: int) -> UUID:
    """Put a batch with as many lines into the tables, approved, its refunds not yet made."""
    programme = {
        "programme_year": 2023,
        "policy_version": 1,
        "policy_digest": "0" * 64,
    }
    screening_id, batch_id = new_id(), new_id()
    topping = {"id": batch_id, "base_year": 2022, "deadline": date(2023, 12, 31)}
    with database.write() as connection:
        connection.execute(
            screenings.insert().values(
                id=screening_id,
                by="hall",
                by_name="李强",
                started_at=NOW,
                state=ScreeningState.DONE,
                **programme,
                **_zeros(screenings, programme),
            )
        )
        connection.execute(
            batches.insert().values(
                **programme,
                **topping,
                number="PL-2023-0001",
                screening_id=screening_id,
                region="410000",
                filter=BatchFilter().to_wire(),
                state=BatchState.APPROVING,
                maker="a",
                maker_name="甲",
                made_at=NOW,
                count=count,
                amount=count,
                left_out=0,
                refunds_made=0,
                checker="b",
                checker_name="乙",
                checked_at=NOW,
            )
        )
        bulk_insert(connection, batch_items, batch_items.c.keys(), _lines(batch_id, count))
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    return batch_id


def _zeros(table: sa.Table, given: dict[str, Any]) -> dict[str, int]:
    """Return 0 for each number that a table insists on."""
    wanted = (c for c in table.c if not c.nullable and c.server_default is None and c.default is None)
    return {c.name: 0 for c in wanted if isinstance(c.type, sa.Integer) and c.name not in given}


def _lines(batch_id: UUID, count: int) -> Iterator[tuple[Any, ...]]:
    tokens = [(sealing.seal(f"62220000{n:010}"), sealing.seal(f"199{n:08}")) for n in range(1000)]
    for number in range(count):
        account, phone = tokens[number % 1000]
        line = {
            "batch_id": batch_id,
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
        yield tuple(line[name] for name in batch_items.c.keys())  # noqa: SIM118


def bare_copy(database: Database, table: sa.Table) -> float:
    """Return the seconds that the rows of a table take into an empty twin of it, with its indexes."""
    twin = f"{table.name}_twin"
    return _copy_sqlite(database, table, twin) if database.is_sqlite else _copy(database, table, twin)


def _copy(database: Database, table: sa.Table, twin: str) -> float:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor, tempfile.TemporaryFile() as rows:
        cursor.execute(f"CREATE TABLE {twin} (LIKE {table.name} INCLUDING ALL)")
        cursor.copy_expert(f"COPY (SELECT * FROM {table.name} ORDER BY {_order(table)}) TO STDOUT", rows)
        rows.seek(0)
        began = time.monotonic()
        cursor.copy_expert(f"COPY {twin} FROM STDIN", rows)
    connection.close()
    return time.monotonic() - began


def _copy_sqlite(database: Database, table: sa.Table, twin: str) -> float:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY {_order(table)}").all()
    metadata = sa.MetaData()
    copy = table.to_metadata(metadata, name=twin)
    for index in copy.indexes:
        index.name = f"{index.name}_twin"
    for constraint in list(copy.foreign_key_constraints):
        copy.constraints.discard(constraint)
    with database.write() as connection:
        copy.create(connection)
        marks = ", ".join("?" * len(table.c))
        began = time.monotonic()
        connection.exec_driver_sql(f"INSERT INTO {twin} VALUES ({marks})", [tuple(row) for row in rows])
    return time.monotonic() - began


def _order(table: sa.Table) -> str:
    return "number" if "number" in table.c else "id"


# -- processes


def _cpu_seconds(pid: int) -> float:
    """Return user and system time of a process, its children and what they left."""
    total = 0
    for one in [pid, *_children(pid)]:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:13])) + (sum(map(int, fields[13:15])) if one == pid else 0)
    return total / TICKS


def _children(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit():
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(process.name))
        except OSError:
            continue
    found = list(parents.get(pid, []))
    for child in found:
        found += parents.get(child, [])
    return found


def _is_ready(port: int) -> bool:
    import urllib.request

    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200)
    except OSError:
        return False


def _complaints(log: Path) -> list[str]:
    """Return the warnings and errors of the processes; there should be none."""
    return [line for line in log.read_text().splitlines(keepends=True) if '"INFO"' not in line][:20]


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
