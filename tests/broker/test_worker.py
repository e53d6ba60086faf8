"""The worker process: killed in the middle, stopped gently."""

import signal
from pathlib import Path

import pytest
from kombu import Connection

from services.chassis import topology
from services.chassis.schema import outbox
from tests.broker import counter
from tests.broker.conftest import asked
from tests.broker.processes import letters, numbers, wait_until

only_sqlite = pytest.mark.parametrize("kind", ["sqlite"])  # the database plays no part


@pytest.fixture
def hold(env):
    """While this file is there, a job does not end."""
    path = Path(env["COUNTER_HOLD"])
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def test_a_job_killed_in_the_middle_is_done_once(replicate, publish, counter_db, hold):
    worker = replicate("counter-worker").ready()
    publish(asked(1))
    wait_until(lambda: numbers(counter_db, counter.begun) == [1])
    worker.kill()
    hold.unlink()
    worker.start()
    wait_until(lambda: numbers(counter_db, counter.weighed))
    assert worker.terminate() == 0
    assert numbers(counter_db, counter.begun) == [1, 1] and numbers(counter_db, counter.weighed) == [1]


def test_a_stopped_worker_finishes_what_is_in_hand_and_takes_nothing_more(
    replicate, publish, counter_db, hold, broker_url
):
    worker = replicate("counter-worker").ready()
    publish(*[asked(number) for number in range(5)])
    wait_until(lambda: numbers(counter_db, counter.begun))
    worker.process.send_signal(signal.SIGTERM)
    wait_until(lambda: worker.page("/readyz") == 503)
    assert worker.page("/healthz") == 200
    hold.unlink()
    assert worker.process.wait(60) == 0
    assert numbers(counter_db, counter.begun) == numbers(counter_db, counter.weighed) == [0]
    with counter_db.read() as connection:
        assert [row.sent_at is not None for row in connection.execute(outbox.select())] == [True]
    with Connection(broker_url) as connection:
        queue = topology.event_queue("counter-worker", counter.WeighingAsked)
        waiting = queue.bind(connection.default_channel).queue_declare(passive=True).message_count
        assert waiting == 4, "the one it had in hand is acknowledged"
    worker.start()
    wait_until(lambda: numbers(counter_db, counter.weighed) == [0, 1, 2, 3, 4])
    assert worker.terminate() == 0
    assert numbers(counter_db, counter.begun) == [0, 1, 2, 3, 4], "nothing was begun twice"


@only_sqlite
def test_several_jobs_run_at_a_time_when_the_settings_say_so(replicate, publish, counter_db, hold):
    worker = replicate("counter-worker", COUNTER_MAX_JOBS="3").ready()
    publish(*[asked(number) for number in range(5)])
    wait_until(lambda: len(numbers(counter_db, counter.begun)) == 3)
    hold.unlink()
    wait_until(lambda: len(numbers(counter_db, counter.weighed)) == 5)
    assert worker.terminate() == 0


@only_sqlite
def test_a_job_that_fails_is_tried_again_and_then_a_dead_letter(env, replicate, publish, counter_db):
    worker = replicate("counter-worker").ready()
    publish(asked(-1), asked(1))
    wait_until(lambda: numbers(counter_db, counter.weighed) == [1])
    wait_until(lambda: [letter for letter in letters(env) if letter.queue])
    [letter] = [letter for letter in letters(env) if letter.queue]
    assert (letter.attempts, letter.queue) == (3, "counter-worker.on_weighing_asked")
    assert numbers(counter_db, counter.begun) == [-1, -1, -1, 1]
    assert worker.terminate() == 0
