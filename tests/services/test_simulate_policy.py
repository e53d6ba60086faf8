"""What if the rules were others: asked by a clerk, answered from the facts that a run has kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.screening import CancelScreening, ListVerdicts, Outcome
from services.contracts.subsidy.simulation import EffectKind, ListEffects, SimulatePolicy
from services.contracts.values import BlobRef, SizeClass
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import digest_of
from services.subsidy.screening import store
from services.subsidy.simulation.adapters import facts
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER, clerk
from tests.services.registry import (
    unit_no,
)
from tests.services.screening import chunks_of, screen, start
from tests.services.simulation import load_province


@pytest.fixture
def province(world, monkeypatch):
    """The province of simulations, in several chunks."""
    monkeypatch.setenv("SUBSIDY_UNITS_PER_CHUNK", "3")
    load_province(world)
    return world


@pytest.fixture
def run(province):
    return screen(province)


def simulate(world, run, by=APPROVER, **asked):
    return world.ask(SimulatePolicy(screening_id=run.screening_id, **asked), by=by)


def units(world, run, kind, by=APPROVER, **asked):
    return world.ask(ListEffects(screening_id=run.screening_id, kind=kind, **asked), by=by)


def all_pages(world, run, kind, limit):
    found, after = [], None
    while not found or after:
        page = units(world, run, kind, limit=limit, after=after, parameters={"ratio_large": 3500})
        found, after = [*found, *page.effects], page.next_after
    return [each.unit_no for each in found]


def test_a_ratio_and_a_limit_of_months_are_tried(province, run):
    seen = simulate(province, run, parameters={"ratio_large": 3500, "min_months": 11})
    assert (seen.totals.units, seen.totals.eligible_before, seen.totals.eligible_after) == (10, 7, 9)
    assert (seen.totals.came_in, seen.totals.went_out, seen.totals.more, seen.totals.less) == (2, 0, 6, 0)
    assert seen.totals.amount_before == run.amount == 6 * 360_00 + 720_07
    assert seen.totals.amount_after == 6 * 420_00 + 2 * 385_00 + 720_07
    assert (seen.unknown_before, seen.unknown_after) == (1, 1) == (run.unknown, run.unknown)
    assert [(each.region, each.totals.units) for each in seen.by_region] == [("410100", 8), ("411300", 2)]
    assert [(each.size_class, each.totals.units) for each in seen.by_size] == [("large", 8), (None, 2)]
    policy = read_programme("henan_2023")
    assert seen.programme_year == 2023 and seen.simulated_at == province.now and seen.draft_id is None
    assert seen.digest != digest_of(policy)
    unchanged = simulate(province, run)
    assert unchanged.digest == run.policy_digest
    assert unchanged.totals.amount_before == unchanged.totals.amount_after


def test_a_region_alone_may_have_other_parameters(province, run):
    seen = simulate(province, run, region_overrides={"411300": {"ratio_large": 3001}})
    assert (seen.totals.more, seen.totals.less) == (1, 0)
    assert [(each.region, each.totals.more) for each in seen.by_region] == [("410100", 0), ("411300", 1)]


def test_winners_and_losers_are_named_with_the_reasons(province, run):
    less_time = {"min_months": 11, "ratio_other": 5000, "max_headcount_drop": 0}
    [first, second] = units(province, run, EffectKind.IN, parameters=less_time).effects
    assert (first.unit_no, second.unit_no) == (unit_no(7), unit_no(8))
    assert (first.outcome_before, first.outcome_after) == (Outcome.INELIGIBLE, Outcome.ELIGIBLE)
    assert (first.amount_before, first.amount_after, first.reasons_after) == (0, 330_00, ())
    assert first.unit_name == "第7号有限公司" and first.region == "410181"
    [lawyer] = units(province, run, EffectKind.LESS, parameters=less_time).effects
    assert (lawyer.unit_no, lawyer.amount_before, lawyer.amount_after) == (
        unit_no(10, "411302"),
        720_07,
        600_06,
    )
    gone = units(province, run, EffectKind.OUT, parameters={"min_months": 25}).effects
    assert [each.reasons_after for each in gone] == [("months",)] * 7


def test_pages_name_each_unit_once(province, run):
    expected = [unit_no(serial) for serial in (1, 3, 4, 5, 6)] + [unit_no(9, "411302")]
    for limit in (1, 2, 5, 6, 7):
        assert all_pages(province, run, EffectKind.MORE, limit) == expected
    more = units(province, run, EffectKind.MORE, parameters={"ratio_other": 6100}, size_class=SizeClass.LARGE)
    assert more.effects == () and more.next_after is None


def test_before_is_what_the_run_has_stored(province, run):
    stored = province.ask(ListVerdicts(screening_id=run.screening_id), by=AUDITOR).verdicts
    paid = {each.unit_no: each.amount for each in stored if each.outcome is Outcome.ELIGIBLE}
    gone = units(province, run, EffectKind.OUT, parameters={"min_months": 25}).effects
    assert {each.unit_no: each.amount_before for each in gone} == paid


def test_a_clerk_asks_for_its_region_or_a_part_of_it(province, run):
    nanyang, gongyi = clerk(*APPROVER.posts, region="411300"), clerk(*REVIEWER.posts, region="410181")
    seen = simulate(province, run, by=nanyang)
    assert seen.totals.units == 2 and [each.region for each in seen.by_region] == ["411302"]
    assert simulate(province, run, by=gongyi).totals.units == 8
    assert simulate(province, run, region="410181").totals.units == 8
    shorter = {"min_months": 25}
    assert len(units(province, run, EffectKind.OUT, by=nanyang, parameters=shorter).effects) == 2
    for ask in (simulate, lambda *args, **named: units(*args, EffectKind.IN, **named)):
        with pytest.raises(Forbidden, match="not_your_region"):
            ask(province, run, by=nanyang, region="410181")
        with pytest.raises(Forbidden, match="not_your_region"):
            ask(province, run, by=clerk(*APPROVER.posts, region=""))
        with pytest.raises(Forbidden, match="post_required"):
            ask(province, run, by=EMPLOYER)


def test_a_run_that_is_not_done_has_nothing_to_compare_with(province):
    screening_id = start(province)
    waiting = SimulatePolicy(screening_id=screening_id)
    first, *_ = chunks_of(province, screening_id)
    province.work("subsidy", first)
    with pytest.raises(Refused, match="simulation_not_done") as running:
        province.ask(waiting, by=APPROVER)
    assert running.value.facts == {"state": "running"}
    province.ask(CancelScreening(id=new_id(), screening_id=screening_id), by=APPROVER)
    with pytest.raises(Refused, match="simulation_not_done") as cancelled:
        province.ask(waiting, by=APPROVER)
    assert cancelled.value.facts == {"state": "cancelled"}
    with pytest.raises(Missing, match="screening_missing"):
        province.ask(SimulatePolicy(screening_id=new_id()), by=APPROVER)


def test_a_run_of_an_earlier_version_kept_no_facts(province, run):
    with province.job("subsidy").unit_of_work() as uow:
        first = store.screening_chunks.c.chunk == 0
        uow.connection.execute(sa.update(store.screening_chunks).where(first).values(facts=None))
    with pytest.raises(Refused, match="simulation_no_facts"):
        simulate(province, run)
    assert simulate(province, screen(province)).totals.units == 10


def test_facts_that_are_lost_or_damaged_are_a_clear_problem(province, run, tmp_path):
    [row, *_] = province.rows("subsidy", store.screening_chunks)
    file = tmp_path / "blobs" / BlobRef(**row.facts).key
    content = file.read_bytes()
    file.unlink()
    with pytest.raises(Refused, match="simulation_facts_lost"):
        simulate(province, run)
    file.write_bytes(content[:-1] + b"?")
    with pytest.raises(Refused, match="simulation_facts_lost"):
        simulate(province, run)
    file.write_bytes(content)
    assert simulate(province, run).totals.units == 10


def test_facts_with_fewer_columns_than_the_rules_know_are_refused(province, run, monkeypatch):
    monkeypatch.setattr(facts, "KEPT", (*facts.KEPT, "a_fact_of_later"))
    with pytest.raises(Refused, match="simulation_no_facts"):
        simulate(province, run)


def test_facts_lie_in_the_store_before_the_ledger_names_them(province, run):
    rows = province.rows("subsidy", store.screening_chunks)
    assert len(rows) == run.chunks > 1
    names = [province.blobs.read(BlobRef(**row.facts)) for row in rows]
    assert all(content.startswith(b"PAR1") for content in names)
    assert all(secret not in b"".join(names) for secret in (b"6227", b"138000"))


def test_two_who_ask_at_once_read_the_facts_once_and_two_runs_stay(province, monkeypatch):
    runs = [screen(province) for _ in range(3)]
    facts._runs.clear()
    reads, real = [], facts.read_run

    def counted(blobs, refs):
        reads.append(refs)
        return real(blobs, refs)

    monkeypatch.setattr(facts, "read_run", counted)
    with ThreadPoolExecutor(4) as askers:
        seen = list(askers.map(lambda _: simulate(province, runs[0]), range(8)))
    assert len(reads) == 1 and len({each.totals for each in seen}) == 1
    for run, expected in ((runs[1], 2), (runs[0], 2), (runs[2], 3), (runs[0], 3), (runs[1], 4)):
        simulate(province, run)
        assert len(reads) == expected
    assert len(facts._runs) == facts.RUNS


def test_a_question_of_tomorrow_has_the_time_of_tomorrow_and_the_same_answer(province, run):
    today = simulate(province, run)
    province.now += timedelta(days=1)
    tomorrow = simulate(province, run, by=AUDITOR)
    assert tomorrow.simulated_at == today.simulated_at + timedelta(days=1)
    assert (tomorrow.totals, tomorrow.by_region) == (today.totals, today.by_region)


def test_parameters_the_policy_has_not_are_refused(province, run):
    with pytest.raises(Refused, match="simulation_parameter_unknown"):
        simulate(province, run, parameters={"ratio_huge": 1})
