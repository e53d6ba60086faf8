"""The worker of notify on a real broker: killed in the middle, fed twice, fed with nonsense."""

import random
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from kombu import Connection, Producer

from services.__main__ import chain_of
from services.chassis import sealing, topology
from services.chassis.database import Database
from services.contracts.subsidy.approval import ApprovedRefund, RefundsApproved
from services.notify.prompts.store import prompts
from services.notify.sms.store import sms_messages
from tests.broker.conftest import outgoing
from tests.broker.processes import letters, wait_until
from tests.people import FIELD_KEYS

QUEUE = topology.event_queue("notify", RefundsApproved)
MESSAGES, EACH = 40, 100
COUNT = MESSAGES * EACH
only_sqlite = pytest.mark.parametrize("kind", ["sqlite"])  # the database plays no part


@pytest.fixture
def notify_db(env, broker_url):
    """The tables of notify, and its empty queue, named as when its door stood in the service."""
    database = Database(env["NOTIFY_DATABASE_URL"])
    chain_of("notify").upgrade(database)
    topology.declare(broker_url, [QUEUE], (200, 400))
    with Connection(broker_url) as connection:
        QUEUE.bind(connection.default_channel).purge()
    yield database
    database.close()


def approvals(first, token):
    return RefundsApproved(
        at=datetime.now(UTC),
        batch_id=UUID(int=1),
        programme_year=2023,
        deadline=date(2023, 12, 31),
        refunds=tuple(
            ApprovedRefund(
                refund_id=UUID(int=number),
                number=f"WGFH-2023-{number:012}",
                employer=f"91410181{number:010}",
                unit_name=f"单位{number}",
                amount=number,
                phone=token,
            )
            for number in range(first, first + EACH)
        ),
    )


def column(database, column):
    with database.read() as connection:
        return connection.scalars(sa.select(column)).all()


def test_prompts_and_sms_are_there_once_though_the_worker_is_killed_and_fed_twice(
    replicate, publish, notify_db
):
    token = sealing.Sealer(FIELD_KEYS).seal("19903700001")
    messages = [outgoing(approvals(1 + n * EACH, token)) for n in range(MESSAGES)]
    worker = replicate("notify-worker").ready()
    publish(*messages)
    for reached in (0, COUNT // 4, COUNT // 2):
        wait_until(lambda reached=reached: len(column(notify_db, prompts.c.id)) > reached)
        worker.kill()
        worker.start()
    again = [message._replace(message_id=f"again-{n}") for n, message in enumerate(messages)]
    publish(*random.Random(1).sample(again, len(again)))
    wait_until(lambda: len(column(notify_db, prompts.c.id)) == COUNT)
    wait_until(lambda: len(column(notify_db, sms_messages.c.id)) == COUNT)
    wait_until(lambda: not any(column(notify_db, prompts.c.phone)))
    assert worker.terminate() == 0
    assert sorted(one.int for one in column(notify_db, prompts.c.refund_id)) == list(range(1, COUNT + 1))
    assert len(set(column(notify_db, sms_messages.c.occasion))) == COUNT


@only_sqlite
def test_what_is_no_json_or_breaks_the_contract_is_a_dead_letter_at_once(
    env, replicate, publish, notify_db, broker_url
):
    with Connection(broker_url) as connection:
        producer = Producer(connection.default_channel)
        properties = {"content_type": "application/json", "content_encoding": "utf-8"}
        producer.publish("{no json", routing_key=QUEUE.name, exchange="", **properties)
    publish(outgoing(approvals(1, None))._replace(body={"version": 2}))
    publish(outgoing(approvals(1, None)))
    worker = replicate("notify-worker").ready()
    wait_until(lambda: len(letters(env)) == 2)
    wait_until(lambda: len(column(notify_db, prompts.c.id)) == EACH)
    assert worker.terminate() == 0
