"""Units of work and jobs on real databases."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.chassis import housekeeping
from services.chassis.blobstore import BlobStore
from services.chassis.clock import utc_now
from services.chassis.ids import new_id
from services.chassis.schema import inbox, metadata, outbox
from services.chassis.sessions import SessionVerifier
from services.chassis.unit_of_work import Executor, Job
from services.contracts.errors import Conflict, Forbidden, Refused
from tests.broker import counter
from tests.people import EMPLOYER, PUBLIC_KEY, STRANGER, session

NOW = datetime(2023, 9, 14, tzinfo=UTC)


@pytest.fixture
def executor(database):
    for tables in (metadata, counter.metadata):
        tables.create_all(database.engine)
    settings = SimpleNamespace(hold="", cure="", outbox_days=7, inbox_days=180)
    return Executor(database, SessionVerifier(PUBLIC_KEY), lambda: NOW, settings=settings)


@pytest.fixture
def job(executor, tmp_path):
    store = BlobStore.at(tmp_path.as_uri())
    return Job(executor.settings, store, executor.clock, executor.database, trace="t-1")


def rows(executor, table) -> list:
    with executor.database.read() as connection:
        return list(connection.execute(sa.select(table)))


def add(executor, number: int = 1, id: UUID | None = None, by=EMPLOYER, trace: str = ""):
    body = counter.AddCount(id=id or new_id(), number=number).to_wire()
    return executor.command(counter.AddCount, body, counter.add_count, by and session(by), trace)


def test_a_command_has_its_effect_and_its_event_once(executor):
    id = new_id()
    assert add(executor, id=id, trace="t-9") == add(executor, id=id) == {"count": 1, "by": "ada"}
    assert len(rows(executor, counter.counts)) == 1
    [event] = rows(executor, outbox)
    assert (event.routing_key, event.trace, event.sent_at) == ("counter.counted", "t-9", None)
    assert event.body == {"at": "2023-09-14T00:00:00Z", "number": 1}
    for number, by in ((2, EMPLOYER), (1, STRANGER)):
        with pytest.raises(Conflict, match="command_id_reused"):
            add(executor, number, id, by)


def test_a_refusal_leaves_no_trace(executor):
    with pytest.raises(Refused, match="negative"):
        add(executor, -1)
    with pytest.raises(Forbidden, match="session_required"):
        add(executor, by=None)
    with pytest.raises(Refused, match="invalid_message") as invalid:
        executor.command(counter.AddCount, {"number": "x"}, counter.add_count, session(EMPLOYER))
    assert set(invalid.value.facts["fields"]) == {"id", "number"}
    assert rows(executor, inbox) == rows(executor, outbox) == rows(executor, counter.counts) == []


def test_a_failure_in_the_middle_takes_everything_back(executor):
    def failing(work, command):
        counter.add_count(work, command)
        raise ZeroDivisionError

    body = counter.AddCount(id=new_id(), number=1).to_wire()
    with pytest.raises(ZeroDivisionError):
        executor.command(counter.AddCount, body, failing, session(EMPLOYER))
    assert rows(executor, inbox) == rows(executor, outbox) == rows(executor, counter.counts) == []


def test_the_relay_is_woken_only_when_there_is_something_to_send(executor, database):
    woken = []
    executor = Executor(
        database, executor.sessions, executor.clock, lambda: woken.append(1), executor.settings
    )
    id = new_id()
    add(executor, id=id)
    add(executor, id=id)
    executor.query(counter.GetCount, {}, counter.get_count, None)
    assert woken == [1]


def test_an_event_without_an_id_is_not_taken(executor):
    event = counter.Counted(at=NOW, number=1)
    with pytest.raises(ValueError, match="without a message id"):
        executor.event(counter.Counted, event.to_wire(), counter.on_counted, None)
    assert rows(executor, counter.heard) == []


def test_a_job_is_done_until_it_has_been_finished_once(executor, job):
    asked = counter.WeighingAsked(at=NOW, number=1).to_wire()

    def do(function):
        executor.job(counter.WeighingAsked, asked, function, "m-1", job)

    def dies_at_the_end(job, event):
        counter.weigh(job, event)
        raise KeyboardInterrupt

    dies_at_the_end.__name__ = "weigh"
    with pytest.raises(KeyboardInterrupt):
        do(dies_at_the_end)
    do(counter.weigh)
    do(counter.weigh)
    assert len(rows(executor, counter.begun)) == 2, "again after the death, not after the end"
    assert len(rows(executor, counter.weighed)) == 1, "its own rows keep it from doing a step twice"
    [event] = rows(executor, outbox)
    assert (event.routing_key, event.trace) == ("counter.weighed", "t-1")


def test_a_job_has_no_actor(job, executor):
    with job.unit_of_work() as work:
        assert work.now == NOW and work.settings is executor.settings
        with pytest.raises(Forbidden, match="session_required"):
            assert work.actor


def test_a_unit_of_a_job_that_fails_is_taken_back(executor, job):
    with pytest.raises(ZeroDivisionError):
        with job.unit_of_work() as work:
            work.publish(counter.Weighed(at=NOW, number=1))
            raise ZeroDivisionError
    assert rows(executor, outbox) == []


def test_housekeeping_deletes_what_is_old_and_nothing_else(executor, job, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    ages = {"old": utc_now() - timedelta(days=8), "young": utc_now() - timedelta(days=6), "unsent": None}
    letters = [
        {"message_id": f"{age}-{n}", "routing_key": "k", "body": {}, "sent_at": sent}
        for age, sent in ages.items()
        for n in range(7)
    ]
    ages = {"old": utc_now() - timedelta(days=181), "young": utc_now() - timedelta(days=179)}
    heard = [
        {"message_id": f"{age}-{n}", "handler": "h", "fingerprint": "", "at": at}
        for age, at in ages.items()
        for n in range(7)
    ]
    with executor.database.write() as connection:
        connection.execute(outbox.insert(), letters)
        connection.execute(inbox.insert(), heard)
    housekeeping.sweep_mailboxes(job)
    assert {row.message_id.split("-")[0] for row in rows(executor, outbox)} == {"young", "unsent"}
    assert {row.message_id.split("-")[0] for row in rows(executor, inbox)} == {"young"}
    assert len(rows(executor, outbox)) == 14 and len(rows(executor, inbox)) == 7
