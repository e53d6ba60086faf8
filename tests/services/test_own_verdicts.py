"""为什么没有返还: an employer is told in plain words what the latest released run says of its own units."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import (
    CancelScreening,
    ListOwnVerdicts,
    NextStep,
    Outcome,
    ReleaseScreening,
)
from services.subsidy import seed
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import put_in_force
from tests.people import APPROVER, CODE, EMPLOYER, PERSON, STRANGER
from tests.services import screening
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, LISTED, employer, load, months_of, unit_no

OTHER = STRANGER.employer


def screen(world, year=2023):
    """Do a whole run and release it."""
    world.now += timedelta(minutes=1)
    done = screening.screen(world, year)
    return world.ask(ReleaseScreening(id=new_id(), screening_id=done.screening_id), by=APPROVER)


def told(world, by=EMPLOYER):
    return world.ask(ListOwnVerdicts(), by=by).programmes


@pytest.fixture
def mixed(world):
    """Seven units: 1 to 6 ours, 1 fine and each of the others with something of its own; 7 another's."""
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.DISHONEST, [LISTED])
    load(world, ImportKind.ZOMBIE, [LISTED])
    lines = [EMPLOYERS, employer(1), employer(2, 企业规模=""), employer(3, 劳务派遣="是")]
    lines += [employer(4, 劳务派遣="是"), employer(5), employer(6, 参保人数="")]
    lines += [employer(7, 统一社会信用代码=OTHER, 审计整改="是")]
    load(world, ImportKind.EMPLOYERS, lines)
    full = [line for serial in (1, 2, 3, 6, 7) for line in months_of(serial)]
    some = months_of(4)[12:-1] + months_of(5)[12:]
    load(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *full, *some])
    return world


def test_each_unit_is_told_what_it_lacks_and_what_to_do(mixed):
    screen(mixed)
    [programme] = told(mixed)
    assert (programme.programme_year, programme.finished_at) == (2023, mixed.now)
    assert programme.title_zh == "2023年度失业保险稳岗返还"
    found = {
        int(each.unit_no[6:]): (each.outcome, [one.code for one in each.reasons], each.missing, each.next)
        for each in programme.verdicts
    }
    start_unknown = ("layoff_rate", "headcount_start")
    assert found == {
        1: (Outcome.ELIGIBLE, [], (), NextStep.WAIT),
        2: (Outcome.UNKNOWN, ["size_class"], ("size_class",), NextStep.COMPLETE),
        3: (Outcome.INELIGIBLE, ["labour_dispatch"], (), NextStep.DECLARE),
        4: (
            Outcome.INELIGIBLE,
            ["months", "layoff_rate", "headcount_drop", "labour_dispatch", "headcount_start"],
            ("headcount_start", "headcount_end"),
            NextStep.CORRECT,
        ),
        5: (Outcome.UNKNOWN, list(start_unknown), ("headcount_start",), NextStep.COMPLETE),
        6: (Outcome.UNKNOWN, ["headcount_drop"], ("headcount_now",), NextStep.COMPLETE),
    }


def test_a_failed_criterion_is_a_sentence_with_its_numbers_and_its_clause(mixed):
    screen(mixed)
    [programme] = told(mixed)
    unit = next(each for each in programme.verdicts if each.unit_no == unit_no(4))
    months = unit.reasons[0]
    assert (months.result, months.clause) == ("fail", "国办发〔2023〕11号：足额缴纳失业保险费12个月以上")
    assert months.zh == "足额缴纳失业保险费 11 个月，应不少于 12 个月。"
    assert months.en == "Premiums paid in full for 11 months; at least 12 are needed."


def test_lists_that_were_never_imported_are_for_the_agency_to_get(world):
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1)])
    load(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months_of(1)])
    screen(world)
    [unit] = told(world)[0].verdicts
    assert (unit.missing, unit.next) == (("dishonest", "zombie"), NextStep.WAIT_FOR_LISTS)


def test_nobody_is_told_of_units_of_others_and_who_has_none_is_told_so(mixed):
    screen(mixed)
    [programme] = told(mixed, by=STRANGER)
    assert [each.unit_no for each in programme.verdicts] == [unit_no(7)]
    assert CODE not in programme.model_dump_json()
    nobody = STRANGER.model_copy(update={"employer": "91410181MA4000000X"})
    [programme] = told(mixed, by=nobody)
    assert programme.verdicts == ()


def test_the_latest_released_run_counts_whatever_runs_or_was_cancelled_since(mixed):
    screen(mixed)
    load(mixed, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1), employer(2)])
    assert len(told(mixed)[0].verdicts) == 6
    mixed.now += timedelta(minutes=1)
    later = screening.start(mixed)
    assert len(told(mixed)[0].verdicts) == 6
    mixed.ask(CancelScreening(id=new_id(), screening_id=later), by=APPROVER)
    assert len(told(mixed)[0].verdicts) == 6
    screen(mixed)
    assert {each.outcome for each in told(mixed)[0].verdicts} == {Outcome.ELIGIBLE}
    assert len(told(mixed)[0].verdicts) == 2


def test_each_programme_has_its_own_answer_the_latest_first(mixed):
    assert told(mixed) == ()
    with mixed.job("subsidy").unit_of_work() as uow:
        put_in_force(uow, read_programme("henan_2023").for_year(2022))
    screen(mixed, year=2022)
    screen(mixed, year=2023)
    screen(mixed, year=2022)
    assert [each.programme_year for each in told(mixed)] == [2023, 2022]


def test_only_an_employer_asks(mixed):
    for other in (APPROVER, PERSON):
        with pytest.raises(Forbidden, match="employer_required"):
            told(mixed, by=other)
    with pytest.raises(Forbidden, match="session_required"):
        mixed.ask(ListOwnVerdicts())
