"""What an employer is told to do about a verdict, and which facts it is asked for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import NextStep, Outcome, ScreeningState
from services.subsidy.policy.domain import FACTS
from services.subsidy.screening.domain import Screening, explain, missing_facts, next_step
from tests.domain.test_verdicts import MANUAL, POLICY, judge
from tests.units import ANY_FACTS

NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
RUN = Screening(
    id="s",
    programme_year=2023,
    policy_version=1,
    policy_digest="d",
    by="ada",
    by_name="王喆",
    started_at=NOW,
)


def lacking(**changes) -> tuple[str, ...]:
    return missing_facts(POLICY, {**MANUAL, **changes}, "410181")


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, NextStep.WAIT),
        ({"size_class": None}, NextStep.COMPLETE),
        ({"size_class": None, "dishonest": None}, NextStep.COMPLETE),
        ({"dishonest": None}, NextStep.WAIT_FOR_LISTS),
        ({"dishonest": None, "zombie": None}, NextStep.WAIT_FOR_LISTS),
        ({"labour_dispatch": 1}, NextStep.DECLARE),
        ({"labour_dispatch": 1, "dishonest": None}, NextStep.DECLARE),
        ({"labour_dispatch": 1, "months_full": 11}, NextStep.CORRECT),
        ({"audit_findings": 1}, NextStep.CORRECT),
        ({"months_full": 11, "zombie": None}, NextStep.CORRECT),
    ],
    ids=str,
)
def test_each_verdict_has_a_next_step(changes, step):
    assert next_step(POLICY, judge(**changes), lacking(**changes)) is step


@pytest.mark.parametrize("fact", sorted(POLICY.uses()))
def test_a_missing_fact_is_named(fact):
    assert lacking(**{fact: None}) == (fact,)


def test_a_fact_that_nothing_rests_on_is_not_asked_for():
    assert lacking(size_class=None, unit_type="law_firm") == ()  # its ratio does not depend on the size
    assert lacking(size_class=None, unit_type=None) == ("unit_type",)  # perhaps: first things first


@settings(deadline=None)
@given(ANY_FACTS)
def test_facts_are_named_until_nothing_is_unknown(unit):
    for _ in FACTS:
        named = missing_facts(POLICY, unit, "410181")
        gaps = [each for each in explain(POLICY, unit, "410181") if each.result == "unknown"]
        assert bool(named) == bool(gaps or judge(**unit).unknowns)
        assert named or judge(**unit).outcome is not Outcome.UNKNOWN
        assert all(unit[name] is None for name in named)
        unit = {**unit, **{name: MANUAL[name] for name in named}}
    assert missing_facts(POLICY, unit, "410181") == ()


# ---- a run is cancelled while it is under way, and once


@pytest.mark.parametrize("state", ScreeningState)
def test_only_what_is_under_way_can_be_cancelled(state):
    run = replace(RUN, state=state)
    if state in (ScreeningState.DONE, ScreeningState.FAILED):
        with pytest.raises(Refused, match="screening_over"):
            run.cancel(by="eve", by_name="李四", at=NOW)
        return
    cancelled = run.cancel(by="eve", by_name="李四", at=NOW)
    assert cancelled.state is ScreeningState.CANCELLED
    assert cancelled.cancel(by="bob", by_name="张三", at=NOW.replace(year=2024)) == cancelled
