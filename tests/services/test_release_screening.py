"""向单位公布筛查结果: employers are told of a run when an approver, or its first batch, releases it."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.approval import MakeBatch
from services.contracts.subsidy.screening import (
    GetScreening,
    ListOwnVerdicts,
    Outcome,
    ReleaseScreening,
    ScreeningState,
)
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER
from tests.services.refunds import MANUAL, screened


def release(world, run, by=APPROVER):
    return world.ask(ReleaseScreening(id=new_id(), screening_id=run), by=by)


def seen(world):
    """Return the outcomes that the employer sees, run by run."""
    programmes = world.ask(ListOwnVerdicts(), by=EMPLOYER).programmes
    return [[each.outcome for each in programme.verdicts] for programme in programmes]


@pytest.fixture
def done(world):
    """Return a function that makes a finished run with one outcome for the manual's unit."""

    def make(outcome=Outcome.ELIGIBLE, **other):
        world.now += timedelta(minutes=1)
        return screened(world, [MANUAL | {"outcome": outcome}], **other)

    return make


def shown(world, run):
    return world.ask(GetScreening(screening_id=run), by=AUDITOR)


def test_a_fresh_run_is_for_clerks_only_until_it_is_released(world, done):
    run = done(finished_at=world.now)
    assert seen(world) == [] and shown(world, run).released_at is None
    released = release(world, run)
    assert (released.released_at, released.released_by) == (world.now, APPROVER.name)
    assert shown(world, run) == released
    assert seen(world) == [[Outcome.ELIGIBLE]]


def test_a_trial_run_does_not_take_the_place_of_the_released_one(world, done):
    release(world, done(finished_at=world.now))
    done(Outcome.INELIGIBLE, finished_at=world.now)
    assert seen(world) == [[Outcome.ELIGIBLE]]


def test_released_twice_it_is_released_once(world, done):
    run = done(finished_at=world.now)
    first = release(world, run)
    world.now += timedelta(days=1)
    assert release(world, run, by=APPROVER.model_copy(update={"id": "clerk:other"})) == first


def test_only_a_finished_run_is_released_and_only_by_an_approver(world, done):
    running = done(state=ScreeningState.RUNNING)
    with pytest.raises(Refused, match="screening_not_done"):
        release(world, running)
    run = done(finished_at=world.now)
    for other in (REVIEWER, AUDITOR, EMPLOYER):
        with pytest.raises(Forbidden, match="post_required"):
            release(world, run, by=other)
    with pytest.raises(Missing, match="screening_missing"):
        release(world, new_id())
    assert seen(world) == []


def test_a_batch_releases_its_run_and_a_refused_one_does_not(world, done):
    run = done(finished_at=world.now)
    with pytest.raises(Forbidden):
        world.ask(MakeBatch(id=new_id(), screening_id=run), by=REVIEWER)
    assert seen(world) == []
    world.ask(MakeBatch(id=new_id(), screening_id=run), by=APPROVER)
    assert shown(world, run).released_by == APPROVER.name
    assert seen(world) == [[Outcome.ELIGIBLE]]
