"""A question whose answer is computed: read first, then computed in a real thread, without the database."""

import pytest
import sqlalchemy as sa

from services.chassis import off_hub
from services.chassis.blobstore import BlobStore
from services.chassis.schema import metadata
from services.chassis.service import Service, analysis, doors
from services.chassis.sessions import SessionVerifier
from services.chassis.unit_of_work import Executor
from services.contracts.errors import Forbidden, Refused
from tests.broker import counter
from tests.broker.counter import CountView, GetCount
from tests.people import EMPLOYER, PUBLIC_KEY, session
from tests.services.chassis.test_unit_of_work import NOW


@pytest.fixture
def executor(database, tmp_path):
    for tables in (metadata, counter.metadata):
        tables.create_all(database.engine)
    blobs = BlobStore.at(tmp_path.as_uri())
    return Executor(database, SessionVerifier(PUBLIC_KEY), lambda: NOW, blobs=blobs)


def prepare(work, query):
    counted = work.connection.scalar(sa.select(sa.func.count()).select_from(counter.counts))
    return work.actor.id, counted


def compute(blobs, plan):
    by, counted = plan
    return CountView(count=counted + len(blobs.read(blobs.put("pieces", b"four"))), by=by)


def ask(executor, prepare=prepare, compute=compute, by=EMPLOYER, body=None):
    return executor.analysis(GetCount, body or {}, prepare, compute, by and session(by))


@pytest.fixture
def threads(monkeypatch):
    """What is handed to a real thread."""
    handed = []

    def run(function, *arguments):
        handed.append(function)
        return function(*arguments)

    monkeypatch.setattr(off_hub, "_run", run)
    return handed


def test_what_was_read_is_computed_with_blobs_off_the_hub(executor, threads):
    assert ask(executor) == {"count": 4, "by": "ada"}
    assert threads == [compute]


def test_the_read_is_over_before_the_computation_begins(executor, threads):
    seen = []

    def nosy(blobs, plan):
        seen.append(executor.database.engine.pool.checkedout())
        return compute(blobs, plan)

    def reading(work, query):
        seen.append(executor.database.engine.pool.checkedout())
        return prepare(work, query)

    ask(executor, reading, nosy)
    assert seen == [1, 0]


def test_problems_of_both_are_answers_and_who_may_not_ask_computes_nothing(executor, threads):
    def refuse(*_):
        raise Refused("negative", "no")

    with pytest.raises(Refused, match="negative"):
        ask(executor, prepare=refuse)
    with pytest.raises(Forbidden, match="session_required"):
        ask(executor, by=None)
    with pytest.raises(Refused, match="invalid_message"):
        ask(executor, body={"more": 1})
    assert threads == []
    with pytest.raises(Refused, match="negative"):
        ask(executor, compute=refuse)


def test_its_door_is_named_after_its_message():
    class Honest(Service):
        name = "honest"
        get_count = analysis(GetCount, prepare, compute)

    assert doors(Honest)["get_count"] is GetCount
    with pytest.raises(TypeError, match="must be called get_count"):
        type("Wrong", (Service,), {"count": analysis(GetCount, prepare, compute)})
