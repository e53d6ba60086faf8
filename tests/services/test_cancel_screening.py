"""A run is stopped by an approver: its chunks do nothing, and another run can be started."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import (
    CancelScreening,
    ChunkFrozen,
    ScreeningStarted,
    ScreeningState,
    StartScreening,
)
from services.subsidy import seed
from services.subsidy.screening import jobs, store
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER, clerk
from tests.services.registry import LISTED, employers, load, months
from tests.services.screening import chunks_of, screen, show, start


@pytest.fixture
def many_chunks(world, monkeypatch):
    """Thirty units in eight chunks."""
    monkeypatch.setenv("SUBSIDY_UNITS_PER_CHUNK", "4")
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.DISHONEST, [LISTED])
    load(world, ImportKind.ZOMBIE, [LISTED])
    load(world, ImportKind.EMPLOYERS, employers(30))
    load(world, ImportKind.CONTRIBUTIONS, months(30))
    return world


def cancel(world, screening_id, by=APPROVER):
    return world.ask(CancelScreening(id=new_id(), screening_id=screening_id), by=by)


def test_chunks_of_a_cancelled_run_do_nothing_and_a_new_run_can_be_started(many_chunks):
    screening_id = start(many_chunks)
    first, *others = chunks_of(many_chunks, screening_id)
    many_chunks.work("subsidy", first)
    many_chunks.now += timedelta(hours=1)
    cancelled = cancel(many_chunks, screening_id)
    assert (cancelled.state, cancelled.cancelled_by) == (ScreeningState.CANCELLED, APPROVER.name)
    assert (cancelled.chunks_done, cancelled.finished_at) == (1, many_chunks.now)
    for chunk in others:
        many_chunks.work("subsidy", chunk)
    assert show(many_chunks, screening_id) == cancelled
    assert len(many_chunks.rows("subsidy", store.screening_chunks)) == 1
    again = screen(many_chunks)
    assert (again.state, again.eligible) == (ScreeningState.DONE, 30)


def test_a_run_cancelled_before_it_is_frozen_hands_out_no_chunks(many_chunks):
    started = many_chunks.ask(StartScreening(id=new_id(), programme_year=2023), by=APPROVER)
    cancel(many_chunks, started.screening_id)
    many_chunks.work("subsidy", ScreeningStarted(at=many_chunks.now, screening_id=started.screening_id))
    assert show(many_chunks, started.screening_id).state is ScreeningState.CANCELLED
    assert many_chunks.published(ChunkFrozen) == []


@pytest.mark.parametrize("step", ["put_snapshot", "decide_partitions"])
def test_a_run_cancelled_while_a_worker_computes_keeps_nothing_of_it(many_chunks, monkeypatch, step):
    started = many_chunks.ask(StartScreening(id=new_id(), programme_year=2023), by=APPROVER)
    screening_id, real = started.screening_id, getattr(jobs, step)

    def interrupted(*values):
        cancel(many_chunks, screening_id)
        return real(*values)

    monkeypatch.setattr(jobs, step, interrupted)
    many_chunks.work("subsidy", ScreeningStarted(at=many_chunks.now, screening_id=screening_id))
    for chunk in chunks_of(many_chunks, screening_id):
        many_chunks.work("subsidy", chunk)
    assert show(many_chunks, screening_id).state is ScreeningState.CANCELLED
    assert show(many_chunks, screening_id).chunks_done == 0
    assert many_chunks.rows("subsidy", store.verdicts) == []
    assert many_chunks.rows("subsidy", store.screening_chunks) == []


def test_workers_that_race_with_a_cancellation_leave_a_ledger_that_adds_up(many_chunks):
    screening_id = start(many_chunks)
    chunks = chunks_of(many_chunks, screening_id)
    with ThreadPoolExecutor(4) as workers:
        running = [workers.submit(many_chunks.work, "subsidy", chunk) for chunk in chunks[:-1]]
        running.insert(3, workers.submit(cancel, many_chunks, screening_id))
        for each in running:
            each.result()
    many_chunks.work("subsidy", chunks[-1])
    run, ledger = show(many_chunks, screening_id), many_chunks.rows("subsidy", store.screening_chunks)
    assert (run.state, run.chunks_done) == (ScreeningState.CANCELLED, len(ledger))
    assert run.eligible == len(many_chunks.rows("subsidy", store.verdicts)) < 30


def test_cancelled_twice_a_run_is_cancelled_once_and_what_is_over_stays(many_chunks):
    screening_id = start(many_chunks)
    first = cancel(many_chunks, screening_id)
    many_chunks.now += timedelta(hours=1)
    assert cancel(many_chunks, screening_id, by=clerk(*APPROVER.posts, id="another")) == first
    done = screen(many_chunks)
    with pytest.raises(Refused, match="screening_over"):
        cancel(many_chunks, done.screening_id)
    assert show(many_chunks, done.screening_id) == done


def test_a_run_that_failed_cannot_be_cancelled(world):
    world.sweep("subsidy", seed.seed)
    with pytest.raises(Refused, match="screening_over"):
        cancel(world, screen(world).screening_id)


def test_only_an_approver_cancels(many_chunks):
    screening_id = start(many_chunks)
    for other in (REVIEWER, AUDITOR, EMPLOYER):
        with pytest.raises(Forbidden):
            cancel(many_chunks, screening_id, by=other)
    with pytest.raises(Missing, match="screening_missing"):
        cancel(many_chunks, new_id())
    assert show(many_chunks, screening_id).state is ScreeningState.RUNNING
