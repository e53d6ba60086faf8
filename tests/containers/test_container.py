"""The doors in a nameko container under eventlet, with nameko's own testing helpers."""

import os
import urllib.request
from contextlib import closing
from uuid import uuid4

import eventlet
import pytest
import sqlalchemy as sa
from nameko.testing.services import entrypoint_hook
from psycopg2.extensions import get_wait_callback

from deploy.local.nodes import free_port
from services.chassis import schema
from services.chassis.database import Database, bulk_insert, stream
from services.chassis.ids import new_id
from services.chassis.runtime import Runtime
from services.contracts.errors import Refused
from tests.broker import counter
from tests.broker.counter_services import Counter
from tests.people import EMPLOYER, FIELD_KEYS, PUBLIC_KEY, session

BROKER = os.environ.get("TEST_BROKER_URL", "")
POSTGRES = os.environ.get("TEST_POSTGRES_SERVER", "")


@pytest.fixture
def runtime(tmp_path):
    settings = counter.CounterSettings(
        environment="development",
        broker_url=BROKER,
        session_public_key=PUBLIC_KEY,
        field_keys=FIELD_KEYS,
        blobs=tmp_path.as_uri(),
        database_url=f"sqlite:///{tmp_path}/counter.db",
        health_port=free_port(),
    )
    runtime = Runtime.start(settings)
    for tables in (schema.metadata, counter.metadata):
        tables.create_all(runtime.database.engine)
    yield runtime
    runtime.close()


@pytest.mark.skipif(not BROKER, reason="TEST_BROKER_URL is not set")
def test_a_command_through_a_container(container_factory, runtime):
    container = container_factory(Counter, runtime.nameko_config())
    container.start()
    envelope = {"session": session(EMPLOYER), "trace": "t-1"}
    with entrypoint_hook(container, "add_count", context_data=envelope) as add_count:
        answer = add_count(counter.AddCount(id=new_id(), number=1).to_wire())
        assert answer == {"count": 1, "by": "ada"}
        with pytest.raises(Refused, match="invalid_message"):
            add_count({"number": "x"})
    with runtime.database.read() as connection:
        assert connection.scalar(sa.select(schema.outbox.c.trace)) == "t-1"
    page = f"http://127.0.0.1:{runtime.settings.health_port}/readyz"
    with urllib.request.urlopen(page, timeout=10) as answer:
        assert answer.read() == b"ok"


@pytest.fixture
def postgres():
    if not POSTGRES:
        pytest.skip("TEST_POSTGRES_SERVER is not set")
    name = f"container_{uuid4().hex[:8]}"
    server = sa.create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    with closing(Database(f"{POSTGRES}/{name}")) as database:
        yield database
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def test_bulk_and_stream_work_under_eventlet_too(postgres):
    """psycopg2 has no COPY for green threads."""
    assert get_wait_callback(), "psycopg2 is patched"
    counter.metadata.create_all(postgres.engine)
    with postgres.write() as connection:
        bulk_insert(connection, counter.counts, ["number"], ((n,) for n in range(2500)))
    with postgres.read() as connection:
        query = sa.select(counter.counts.c.number).order_by(counter.counts.c.number)
        assert [row.number for row in stream(connection, query, size=100)] == list(range(2500))


def test_a_slow_query_does_not_stop_the_others(postgres):
    ticks = []

    def tick():
        while True:
            ticks.append(1)
            eventlet.sleep(0.01)

    ticking = eventlet.spawn(tick)
    with postgres.read() as connection:
        connection.execute(sa.text("select pg_sleep(0.5)"))
    ticking.kill()
    assert len(ticks) > 5
