"""The relay's claim is a lease: nothing is sent by two at once, nothing is left behind by the dead."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis import relay
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.relay import Outbox, Relay
from services.chassis.schema import metadata, outbox

NOBODY = "pyamqp://guest:guest@127.0.0.1:1//"


@pytest.fixture
def filled(database):
    metadata.create_all(database.engine)
    letters = [
        {"message_id": f"m-{n}", "routing_key": "a.b", "body": {"n": n}, "trace": "t"} for n in range(5)
    ]
    with database.write() as connection:
        connection.execute(outbox.insert(), letters)
    return database


def claimed(database: Database, limit: int = 10) -> list[str]:
    return [letter.message_id for letter in Outbox(database).claim(limit).values()]


def test_what_one_relay_has_claimed_no_other_sends_until_the_lease_is_over(filled, monkeypatch):
    assert claimed(filled, 2) == ["m-0", "m-1"]
    assert claimed(filled) == ["m-2", "m-3", "m-4"] and claimed(filled) == []
    later = utc_now() + Outbox.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(relay, "utc_now", lambda: later)
    assert claimed(filled) == ["m-0", "m-1", "m-2", "m-3", "m-4"]


def test_a_relay_carries_no_more_at_once_than_it_can_and_always_something(filled, monkeypatch):
    monkeypatch.setattr(Outbox, "LARGEST", 2 * len('{"n": 0}') + 4)
    assert claimed(filled) == ["m-0", "m-1"]
    monkeypatch.setattr(Outbox, "LARGEST", 1)
    assert claimed(filled) == ["m-2"] and claimed(filled) == ["m-3"]


def test_what_is_sent_is_not_sent_again(filled, monkeypatch):
    Outbox(filled).mark_sent(list(Outbox(filled).claim(3)))
    monkeypatch.setattr(relay, "utc_now", lambda: utc_now() + timedelta(days=1))
    assert claimed(filled) == ["m-3", "m-4"]


def test_without_a_broker_the_events_stay_free_for_everybody(filled):
    assert Relay(filled, NOBODY, threading.Event()).send_batch() == 0
    with filled.read() as connection:
        rows = connection.execute(sa.select(outbox.c.leased_until, outbox.c.sent_at)).all()
    assert rows == [(None, None)] * 5


def test_a_relay_that_is_stopped_without_a_broker_ends(filled):
    sender = Relay(filled, NOBODY, threading.Event())
    thread = threading.Thread(target=sender.run)
    thread.start()
    sender.stop()
    thread.join(30)
    assert not thread.is_alive() and claimed(filled) == ["m-0", "m-1", "m-2", "m-3", "m-4"]


def test_relays_that_claim_at_once_share_the_rows(filled):
    more = [{"message_id": f"x-{n}", "routing_key": "a.b", "body": {}} for n in range(195)]
    with filled.write() as connection:
        connection.execute(outbox.insert(), more)
    taken: list[str] = []

    def take() -> None:
        while batch := claimed(filled, 7):
            taken.extend(batch)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 200
