"""A run: a verdict with reasons for every unit, from a frozen registry, on any number of workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.contracts.errors import Conflict, Forbidden, Missing
from services.contracts.subsidy.policy import GetPolicy, ListPolicies
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import (
    ExplainVerdict,
    ListScreenings,
    ListVerdicts,
    Outcome,
    ScreeningStarted,
    ScreeningState,
    StartScreening,
)
from services.subsidy import seed
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import policies, put_in_force
from services.subsidy.screening import store
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER, clerk
from tests.services.deaths import Killed, deadly
from tests.services.registry import (
    CONTRIBUTIONS,
    EMPLOYERS,
    LISTED,
    employer,
    employers,
    load,
    months,
    months_of,
    unit_no,
)
from tests.services.screening import chunks_of, screen, show, start


@pytest.fixture
def province(world):
    """Policies in force; nobody dishonest, no zombies."""
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.DISHONEST, [LISTED])
    load(world, ImportKind.ZOMBIE, [LISTED])
    return world


def verdicts(world, run, by=APPROVER, **query):
    return world.ask(ListVerdicts(screening_id=run.screening_id, **query), by=by)


def explained(world, run, serial=1, by=AUDITOR):
    return world.ask(ExplainVerdict(screening_id=run.screening_id, unit_no=unit_no(serial)), by=by)


def test_the_manuals_employer(province):
    load(
        province,
        ImportKind.EMPLOYERS,
        [EMPLOYERS, employer(327, people=1180, 单位名称="巩义市恒远精密制造有限公司")],
    )
    paid = [6_587_143] * 11 + [79_045_717 - 11 * 6_587_143]
    lines = [CONTRIBUTIONS]
    for line, fen in zip(months_of(327, people=1180), paid * 2, strict=True):
        amount = f"{fen // 100}.{fen % 100:02}"
        lines.append(line.replace("100.00", amount))
    load(province, ImportKind.CONTRIBUTIONS, lines)
    run = screen(province)
    assert (run.state, run.units, run.eligible, run.amount) == (ScreeningState.DONE, 1, 1, 23_713_715)
    [verdict] = verdicts(province, run).verdicts
    assert (verdict.base, verdict.ratio, verdict.amount, verdict.reasons) == (
        79_045_717,
        3000,
        23_713_715,
        (),
    )
    told = explained(province, run, 327)
    assert told.derivation_zh.startswith("790,457.17 元 × 30% = 237,137.15 元")
    assert {each.result for each in told.criteria} == {"pass"} and len(told.criteria) == 11
    assert told.facts["headcount_start"] == 1180 and told.facts["months_full"] == 24


@pytest.fixture
def mixed(province):
    """Ten units: 1 fine, and each of the others with something of its own."""
    lines = [EMPLOYERS, *(employer(serial) for serial in range(1, 9))]
    lines[2] = employer(2, 企业规模="")
    lines[3] = employer(3, 劳务派遣="是")
    lines[4] = employer(4, 单位类型="事业单位", 企业规模="")
    lines[5] = employer(5, 参保人数="")
    lines += [employer(9, region="411302"), employer(10, region="411302", 单位类型="律师事务所", 企业规模="")]
    load(province, ImportKind.EMPLOYERS, lines)
    contributions = [CONTRIBUTIONS, *(line for serial in (1, 2, 3, 4, 5) for line in months_of(serial))]
    contributions += months_of(6)[:11]  # no month of 2022
    contributions += [line.replace("100.00,100.00,0,0", "100.00,0,100,0") for line in months_of(7)]  # repaid
    contributions += [line for line in months_of(8) if ",202112," not in line]
    contributions += months_of(9, region="411302") + months_of(10, region="411302", fen=100_01)
    load(province, ImportKind.CONTRIBUTIONS, contributions)
    return province


def test_every_unit_has_a_verdict_with_its_reasons(mixed):
    run = screen(mixed)
    found = {int(each.unit_no[6:]): each for each in verdicts(mixed, run).verdicts}
    assert {serial: each.reasons for serial, each in found.items()} == {
        1: (),
        2: ("size_class",),
        3: ("labour_dispatch",),
        4: ("unit_type", "size_class"),
        5: ("headcount_drop",),
        6: ("months", "layoff_rate", "headcount_drop", "base", "headcount_start"),
        7: ("base",),
        8: ("layoff_rate", "headcount_start"),
        9: (),
        10: (),
    }
    outcomes = {serial: each.outcome for serial, each in found.items()}
    assert [serial for serial, each in outcomes.items() if each is Outcome.UNKNOWN] == [2, 5, 8]
    assert [serial for serial, each in outcomes.items() if each is Outcome.ELIGIBLE] == [1, 9, 10]
    assert (found[1].amount, found[10].amount) == (360_00, 720_07)  # 60 % of 1,200.12 is 720.072
    assert (run.eligible, run.ineligible, run.unknown, run.amount) == (3, 4, 3, 360_00 * 2 + 720_07)


def test_lists_count_by_credit_code_and_a_list_never_imported_says_nothing(world):
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.EMPLOYERS, employers(2))
    load(world, ImportKind.CONTRIBUTIONS, months(2))
    assert {each.reasons for each in verdicts(world, screen(world)).verdicts} == {("dishonest", "zombie")}
    load(world, ImportKind.DISHONEST, [LISTED, "91410181170508042W,甲,2023-05-01"])
    load(world, ImportKind.ZOMBIE, [LISTED])
    run = screen(world)
    assert (run.ineligible, run.unknown) == (2, 0)
    assert {each.reasons for each in verdicts(world, run).verdicts} == {("dishonest",)}


def test_contributions_of_several_files_add_up_and_a_later_one_corrects(province):
    load(province, ImportKind.EMPLOYERS, employers(1))
    first, second = months_of(1)[:12], months_of(1)[12:]
    load(province, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *first])
    province.now += timedelta(hours=1)
    load(province, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *second])
    assert screen(province).amount == 360_00
    province.now += timedelta(hours=1)
    correction = second[0].replace("100.00,100.00", "200.00,200.00")
    load(province, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, correction])
    assert screen(province).amount == 390_00


def test_the_snapshot_is_frozen_whatever_is_imported_later(province):
    load(province, ImportKind.EMPLOYERS, employers(2))
    load(province, ImportKind.CONTRIBUTIONS, months(2))
    screening_id = start(province)
    province.now += timedelta(hours=1)
    load(province, ImportKind.EMPLOYERS, employers(1, people=500))
    for chunk in chunks_of(province, screening_id):
        province.work("subsidy", chunk)
    frozen = show(province, screening_id)
    assert (frozen.units, frozen.eligible) == (2, 2)
    assert len(verdicts(province, frozen).verdicts) == 2
    now = screen(province)
    assert now.units == 1 and now.snapshot_digest != frozen.snapshot_digest


def test_the_same_registry_has_the_same_digests(mixed):
    runs = [screen(mixed), screen(mixed)]
    assert len({run.snapshot_digest for run in runs}) == len({run.policy_digest for run in runs}) == 1
    chunks = mixed.rows("subsidy", store.screening_chunks)
    assert len(chunks) == 2 and len({chunk.digest for chunk in chunks}) == 1


@pytest.fixture
def many_chunks(province, monkeypatch):
    """Thirty units in eight chunks."""
    monkeypatch.setenv("SUBSIDY_UNITS_PER_CHUNK", "4")
    load(province, ImportKind.EMPLOYERS, employers(30))
    load(province, ImportKind.CONTRIBUTIONS, months(30))
    return province


def test_progress_grows_chunk_by_chunk_in_any_order_and_repeated_ones_count_once(many_chunks):
    screening_id = start(many_chunks)
    chunks = chunks_of(many_chunks, screening_id)
    many_chunks.work("subsidy", ScreeningStarted(at=many_chunks.now, screening_id=screening_id))
    assert chunks_of(many_chunks, screening_id) == chunks and len(chunks) == 8
    for done, chunk in enumerate(reversed(chunks), 1):
        before = show(many_chunks, screening_id)
        assert (before.state, before.chunks_done, before.finished_at) == (
            ScreeningState.RUNNING,
            done - 1,
            None,
        )
        for _ in range(2):
            many_chunks.work("subsidy", chunk)
    run = show(many_chunks, screening_id)
    assert (run.state, run.chunks_done, run.eligible, run.units) == (ScreeningState.DONE, 8, 30, 30)
    assert run.finished_at == many_chunks.now


def test_a_run_keeps_its_chunks_when_their_size_changes(many_chunks, monkeypatch):
    screening_id = start(many_chunks)
    first, *others = chunks_of(many_chunks, screening_id)
    many_chunks.work("subsidy", first)
    monkeypatch.setenv("SUBSIDY_UNITS_PER_CHUNK", "100")
    for chunk in others:
        many_chunks.work("subsidy", chunk)
    run = show(many_chunks, screening_id)
    assert (run.state, run.chunks_done, run.eligible) == (ScreeningState.DONE, 8, 30)


def test_workers_that_race_for_the_same_chunks_count_each_once(many_chunks):
    screening_id = start(many_chunks)
    chunks = chunks_of(many_chunks, screening_id)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda chunk: many_chunks.work("subsidy", chunk), [*chunks, *reversed(chunks)] * 2))
    run = show(many_chunks, screening_id)
    assert (run.state, run.chunks_done, run.eligible) == (ScreeningState.DONE, 8, 30)
    assert len(many_chunks.rows("subsidy", store.verdicts)) == 30


@pytest.mark.parametrize("step", ["add_chunk", "add_verdicts", "save_screening"])
def test_killed_in_the_middle_of_a_chunk_and_delivered_again_it_gives_the_same(many_chunks, step):
    screening_id = start(many_chunks)
    for chunk in chunks_of(many_chunks, screening_id):
        message_id = str(new_id())
        with pytest.raises(Killed), deadly(store, step):
            many_chunks.work("subsidy", chunk, message_id)
        many_chunks.work("subsidy", chunk, message_id)
    run = show(many_chunks, screening_id)
    assert (run.state, run.chunks_done, run.eligible) == (ScreeningState.DONE, 8, 30)
    assert len(many_chunks.rows("subsidy", store.verdicts)) == 30


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [([], "no_employers"), ([ImportKind.EMPLOYERS], "no_contributions")],
)
def test_without_data_a_run_fails_and_says_what_is_missing(province, kinds, problem):
    for kind in kinds:
        load(province, kind, employers(1))
    run = screen(province)
    assert (run.state, run.problem, run.chunks) == (ScreeningState.FAILED, problem, 0)


def test_pages_follow_each_other_and_filters_narrow(mixed):
    run, pages, after = screen(mixed), [], None
    while not pages or after:
        page = verdicts(mixed, run, after=after, limit=4)
        pages.append([int(each.unit_no[6:]) for each in page.verdicts])
        after = page.next_after
    assert pages == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]

    def found(**query):
        return [int(each.unit_no[6:]) for each in verdicts(mixed, run, **query).verdicts]

    assert found(outcome=Outcome.UNKNOWN) == [2, 5, 8]
    assert found(region="411300") == [9, 10]
    assert found(find="第10号") == [10] and found(find="%") == [] and found(find=unit_no(3)) == [3]
    assert len(found(find="91410181170508042W", limit=200)) == 10


def test_a_clerk_sees_its_region_only(mixed):
    run = screen(mixed)
    nanyang = clerk(*APPROVER.posts, region="411300")
    zhengzhou = clerk(*APPROVER.posts, region="410100")
    assert [each.region for each in verdicts(mixed, run, by=nanyang).verdicts] == ["411302"] * 2
    assert [each.region for each in verdicts(mixed, run, by=zhengzhou).verdicts] == ["410181"] * 8
    with pytest.raises(Forbidden, match="not_your_region"):
        verdicts(mixed, run, by=nanyang, region="410181")
    with pytest.raises(Forbidden, match="not_your_region"):
        explained(mixed, run, by=nanyang)
    with pytest.raises(Forbidden, match="not_your_region"):
        verdicts(mixed, run, by=clerk(*APPROVER.posts, region=""))
    for query in (ListVerdicts(screening_id=run.screening_id), ListScreenings()):
        with pytest.raises(Forbidden):
            mixed.ask(query, by=EMPLOYER)
    with pytest.raises(Forbidden):
        mixed.ask(StartScreening(id=new_id(), programme_year=2023), by=REVIEWER)


def test_what_is_missing_is_said(province):
    run = screen(province)
    with pytest.raises(Missing, match="policy_missing"):
        start(province, year=2031)
    with pytest.raises(Missing, match="screening_missing"):
        show(province, new_id())
    with pytest.raises(Missing, match="verdict_missing"):
        explained(province, run)


def test_a_verdict_that_its_facts_do_not_give_is_a_bug(mixed):
    run = screen(mixed)
    for serial in range(1, 9):
        assert explained(mixed, run, serial).verdict.unit_no == unit_no(serial)
    with mixed.job("subsidy").unit_of_work() as uow:
        uow.connection.execute(sa.update(store.verdicts).values(amount=store.verdicts.c.amount + 1))
    with pytest.raises(RuntimeError, match="not what its facts give"):
        explained(mixed, run)


def test_policies_are_shown_to_whoever_is_signed_in(world):
    world.now = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # already 2027 in Shanghai
    for _ in range(2):
        world.sweep("subsidy", seed.seed)
    shown = world.ask(ListPolicies(), by=EMPLOYER).policies
    assert [(each.programme_year, each.base_year) for each in shown] == [
        (2027, 2026),
        (2025, 2024),
        (2023, 2022),
    ]
    policy = world.ask(GetPolicy(programme_year=2023), by=AUDITOR)
    assert policy.title_zh == "2023年度失业保险稳岗返还" and len(policy.criteria) == 11
    assert policy == shown[2]
    with pytest.raises(Forbidden, match="session_required"):
        world.ask(ListPolicies())


def test_a_policy_in_force_never_changes(world):
    world.sweep("subsidy", seed.seed)
    changed = read_programme("henan_2023").for_year(2023)
    changed = type(changed)(**{**vars(changed), "parameters": {**changed.parameters, "few_people": 50}})
    with pytest.raises(Conflict, match="policy_in_force"):
        with world.job("subsidy").unit_of_work() as uow:
            put_in_force(uow, changed)
    assert [(row.programme_year, row.version) for row in world.rows("subsidy", policies)] == [
        (2023, 1),
        (2025, 1),
    ]
