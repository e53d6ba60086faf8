"""What a draft would do is computed when it is submitted, kept with it, and told to its review."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.policy import DraftState, PolicyDraftSubmitted
from services.contracts.subsidy.simulation import GetKeptSimulation, ListEffects, SimulatePolicy
from services.contracts.values import DraftId
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import PolicyDraft
from services.subsidy.policy.store import (
    add_draft,
    digest_of,
    get_draft,
    policy_drafts,
    put_in_force,
    save_draft,
)
from services.subsidy.screening import store as screening_store
from services.subsidy.simulation import store
from tests.people import APPROVER, EMPLOYER, REVIEWER
from tests.services import policies as desk
from tests.services.screening import screen
from tests.services.simulation import load_province, with_parameters

POLICY = replace(with_parameters(read_programme("henan_2023"), ratio_large=3500), version=2)


@pytest.fixture
def province(world):
    load_province(world)
    return world


def draft(world, policy=POLICY) -> DraftId:
    """Add a draft, as its maker has submitted it."""
    made = PolicyDraft(
        id=DraftId(new_id()),
        policy=policy,
        digest=digest_of(policy),
        based_on_year=2023,
        based_on_version=1,
        maker=APPROVER.id,
        maker_name=APPROVER.name,
        made_at=world.now,
        changed_at=world.now,
    )
    with world.job("subsidy").unit_of_work() as uow:
        add_draft(uow, made)
    return made.id


def submit(world, draft_id, revision=1):
    world.work("subsidy", PolicyDraftSubmitted(at=world.now, draft_id=draft_id, revision=revision))


def kept(world, draft_id, by=REVIEWER):
    return world.ask(GetKeptSimulation(draft_id=draft_id), by=by)


def is_simulated(world, draft_id):
    with world.job("subsidy").read() as uow:
        return get_draft(uow, draft_id).simulated


def test_the_effect_of_a_draft_is_kept_once_and_is_what_a_question_gives(province):
    run, draft_id = screen(province), draft(province)
    assert not is_simulated(province, draft_id)
    with pytest.raises(Missing, match="simulation_missing"):
        kept(province, draft_id)
    submit(province, draft_id)
    shown = kept(province, draft_id)
    assert is_simulated(province, draft_id) and (shown.draft_id, shown.revision) == (draft_id, 1)
    asked = province.ask(SimulatePolicy(screening_id=run.screening_id, draft_id=draft_id), by=REVIEWER)
    free = {"compute_ms": 0}
    assert shown.simulation.model_copy(update=free) == asked.model_copy(update=free)
    assert asked.digest == digest_of(POLICY) and asked.totals.more == 6
    more = ListEffects(screening_id=run.screening_id, draft_id=draft_id, kind="more")
    assert len(province.ask(more, by=REVIEWER).effects) == 6
    province.now += timedelta(hours=1)
    screen(province)
    submit(province, draft_id)
    assert kept(province, draft_id) == shown
    assert len(province.rows("subsidy", store.kept_simulations)) == 1


def test_workers_that_race_keep_one(province):
    screen(province)
    draft_id = draft(province)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: submit(province, draft_id), range(8)))
    assert len(province.rows("subsidy", store.kept_simulations)) == 1 and is_simulated(province, draft_id)


def test_a_later_text_has_a_simulation_of_its_own_and_an_earlier_one_is_not_computed_any_more(province):
    screen(province)
    draft_id = draft(province)
    submit(province, draft_id)
    later = with_parameters(POLICY, ratio_large=4000)
    with province.job("subsidy").unit_of_work() as uow:
        changed = replace(get_draft(uow, draft_id), policy=later, digest=digest_of(later), revision=2)
        save_draft(uow, changed)
    submit(province, draft_id, revision=1)
    assert not is_simulated(province, draft_id) and kept(province, draft_id).revision == 1
    submit(province, draft_id, revision=2)
    shown = kept(province, draft_id)
    assert (shown.revision, shown.simulation.digest) == (2, digest_of(later))
    assert is_simulated(province, draft_id)


def test_the_latest_run_of_the_programme_serves_before_one_of_the_same_base_year(province):
    other = replace(POLICY.for_year(2024), base_year=2022, version=1)
    with province.job("subsidy").unit_of_work() as uow:
        put_in_force(uow, other)
    first = screen(province)
    province.now += timedelta(hours=1)
    second = screen(province)
    province.now += timedelta(hours=1)
    latest = screen(province, year=2024)
    this, of_2024 = draft(province), draft(province, replace(other, version=2))
    third = draft(province, replace(other, programme_year=2025))
    for draft_id in (this, of_2024, third):
        submit(province, draft_id)
    served = [kept(province, draft_id).simulation.screening_id for draft_id in (this, of_2024, third)]
    assert served == [second.screening_id, latest.screening_id, latest.screening_id]
    assert first.screening_id not in served


def test_without_a_run_that_can_serve_none_is_kept_and_the_review_goes_on(province):
    before_any, next_year = draft(province), draft(province, POLICY.for_year(2024))
    submit(province, before_any)
    run = screen(province)
    submit(province, next_year)
    for draft_id in (before_any, next_year):
        assert kept(province, draft_id).simulation is None and is_simulated(province, draft_id)
    with pytest.raises(Refused, match="simulation_other_window") as window:
        province.ask(SimulatePolicy(screening_id=run.screening_id, draft_id=next_year), by=REVIEWER)
    assert window.value.facts == {"base_year": 2022, "base_year_asked": 2023}


def test_runs_without_facts_or_with_lost_ones_are_passed_over(province, tmp_path):
    whole = screen(province)
    province.now += timedelta(hours=1)
    bare = screen(province)
    chunks = screening_store.screening_chunks
    with province.job("subsidy").unit_of_work() as uow:
        mine = chunks.c.screening_id == bare.screening_id
        uow.connection.execute(sa.update(chunks).where(mine).values(facts=None))
    first, second = draft(province), draft(province)
    submit(province, first)
    assert kept(province, first).simulation.screening_id == whole.screening_id
    for row in province.rows("subsidy", chunks):
        if row.facts:
            (tmp_path / "blobs" / row.facts["key"]).unlink()
    submit(province, second)
    assert kept(province, second).simulation is None


def test_a_draft_whose_sums_are_beyond_all_money_stays_without_a_simulation(province, caplog):
    screen(province)
    dear = with_parameters(replace(POLICY, amount=["*", ["*", "base", 1000], 1000]), ratio_large=1)
    huge = replace(dear, amount=["+", dear.amount, 10**15])
    draft_id = draft(province, huge)
    submit(province, draft_id)
    assert not is_simulated(province, draft_id) and "simulation_numbers_too_large" in caplog.text
    with pytest.raises(Missing, match="simulation_missing"):
        kept(province, draft_id)


def test_a_draft_goes_from_its_maker_over_its_simulation_into_force(province):
    run, begun = screen(province), desk.draft(province)
    ready = desk.change(province, begun, desk.with_parameters(begun, ratio_large=3500))
    desk.submit(province, ready)
    with pytest.raises(Refused, match="draft_not_simulated"):
        desk.in_force(province, ready)
    [submitted] = province.published(PolicyDraftSubmitted)
    province.work("subsidy", submitted)
    assert desk.show(province, ready).simulated
    seen = kept(province, ready.draft_id).simulation
    assert (seen.screening_id, seen.digest, seen.totals.more) == (run.screening_id, ready.digest, 6)
    assert desk.in_force(province, ready).state is DraftState.IN_FORCE
    assert screen(province).amount == seen.totals.amount_after


def test_an_unknown_draft_and_who_is_no_clerk(province):
    run = screen(province)
    with pytest.raises(Missing, match="draft_missing"):
        province.ask(SimulatePolicy(screening_id=run.screening_id, draft_id=new_id()), by=REVIEWER)
    with pytest.raises(Forbidden, match="post_required"):
        kept(province, draft(province), by=EMPLOYER)
    assert len(province.rows("subsidy", policy_drafts)) == 1
