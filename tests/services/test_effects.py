"""The effect of other rules is what plain Python gives, unit by unit, before and after."""

from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import Outcome
from services.contracts.subsidy.simulation import EffectKind, EffectTotals
from services.contracts.values import SizeClass, region_prefix
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import LAYOFF_FORMULAS
from services.subsidy.screening.domain import Verdict, codes_of, decide
from services.subsidy.simulation.adapters import effects
from services.subsidy.simulation.adapters.effects import effect
from services.subsidy.simulation.domain import PageQuestion, change, part_of
from tests.services.simulation import kept, number, question, with_parameters
from tests.units import ANY_FACTS, MANUAL, REGIONS, SHRINKING, WITH_GAPS, by_chance

POLICY = read_programme("henan_2023")
POLICIES = [POLICY, read_programme("henan_2025"), *(each.put_into(POLICY) for each in LAYOFF_FORMULAS)]
PLACES = some.sampled_from([*REGIONS, "410000", "410100", "411300", "130000"])
UNITS = some.lists(
    some.tuples(ANY_FACTS | SHRINKING | WITH_GAPS, some.sampled_from(REGIONS)), min_size=1, max_size=12
)


def parameters(policy):
    """Return some parameters of a policy with other values."""
    bounds = {name: max(2 * value, 30) for name, value in policy.parameters.items()}
    return some.fixed_dictionaries({}, optional={n: some.integers(0, most) for n, most in bounds.items()})


def overrides(policy):
    """Return parameters of a policy by region."""
    return some.dictionaries(PLACES, parameters(policy), max_size=4)


@some.composite
def changes(draw):
    """Return a policy with regions of its own, and the same with parameters and regions changed."""
    policy = draw(some.sampled_from(POLICIES))
    own = replace(policy, region_overrides=draw(overrides(policy)))
    return own, change(own, draw(parameters(policy)), draw(some.none() | overrides(policy)))


def kind_of(before: Verdict, after: Verdict) -> EffectKind | None:
    was, is_ = before.outcome is Outcome.ELIGIBLE, after.outcome is Outcome.ELIGIBLE
    if was != is_:
        return EffectKind.IN if is_ else EffectKind.OUT
    if not is_ or before.amount == after.amount:
        return None
    return EffectKind.MORE if after.amount > before.amount else EffectKind.LESS


def summed(pairs: list[tuple[Verdict, Verdict]]) -> EffectTotals:
    kinds = Counter(kind_of(*pair) for pair in pairs)
    return EffectTotals(
        units=len(pairs),
        eligible_before=sum(before.outcome is Outcome.ELIGIBLE for before, _ in pairs),
        eligible_after=sum(after.outcome is Outcome.ELIGIBLE for _, after in pairs),
        amount_before=sum(before.amount for before, _ in pairs),
        amount_after=sum(after.amount for _, after in pairs),
        came_in=kinds[EffectKind.IN],
        went_out=kinds[EffectKind.OUT],
        more=kinds[EffectKind.MORE],
        less=kinds[EffectKind.LESS],
    )


def judged(policy, asked, units, within):
    """Return for each unit within a region what plain Python says before and after."""
    return [
        (place, facts, region, (decide(policy, facts, region), decide(asked, facts, region)))
        for place, (facts, region) in enumerate(units)
        if region.startswith(region_prefix(within))
    ]


@settings(deadline=None)
@given(UNITS, changes(), some.sampled_from(["", "410000", "410100", "410181", "999999"]))
def test_totals_are_the_sums_of_what_plain_python_decides(units, policies, within):
    policy, asked = policies
    seen = effect(kept(policy, units), question(asked, within))
    expected = judged(policy, asked, units, within)
    assert seen.totals == summed([pair for *_, pair in expected])
    assert seen.unknown_before == sum(pair[0].outcome is Outcome.UNKNOWN for *_, pair in expected)
    assert seen.unknown_after == sum(pair[1].outcome is Outcome.UNKNOWN for *_, pair in expected)
    parts = {part_of(region, within) for _, _, region, _ in expected}
    assert [(each.region, each.totals) for each in seen.by_region] == [
        (part, summed([pair for _, _, region, pair in expected if part_of(region, within) == part]))
        for part in sorted(parts)
    ]
    sizes = [
        size for size in (*SizeClass, None) if size in {facts["size_class"] for _, facts, *_ in expected}
    ]
    assert [(each.size_class, each.totals) for each in seen.by_size] == [
        (size, summed([pair for _, facts, _, pair in expected if facts["size_class"] == size]))
        for size in sizes
    ]


@settings(deadline=None)
@given(UNITS, changes(), some.sampled_from(EffectKind), some.integers(1, 4))
def test_pages_name_each_unit_of_a_kind_once_and_say_why(units, policies, kind, limit):
    policy, asked = policies
    run = kept(policy, units)
    expected = []
    for place, _, region, pair in judged(policy, asked, units, ""):
        if kind_of(*pair) is kind:
            why = codes_of(asked, pair[1].reasons | pair[1].unknowns)
            expected.append((number(place, region), region, pair, why))
    expected.sort(key=lambda each: each[0])
    assert [
        (
            int(each.unit_no),
            each.region,
            each.outcome_before,
            each.outcome_after,
            each.amount_before,
            each.amount_after,
            each.reasons_after,
        )
        for each in named(run, asked, kind, limit=limit)
    ] == [
        (unit_no, region, was.outcome, is_.outcome, was.amount, is_.amount, why)
        for unit_no, region, (was, is_), why in expected
    ]


def named(run, policy, kind, *, limit=50, size_class=None, region=""):
    """Return all units of a kind, page by page."""
    found, after = [], None
    with patch.object(effects, "load_run", lambda *_: run):
        while True:
            page = effects.list_effects(
                None,
                PageQuestion(
                    question=question(policy, region),
                    kind=kind,
                    size_class=size_class,
                    after=after,
                    limit=limit,
                ),
            )
            assert len(page.effects) <= limit
            found += page.effects
            after = page.next_after
            if after is None:
                return found


def test_a_page_is_of_one_size_and_one_region_when_asked():
    units = [({**MANUAL, "size_class": size}, region) for size in SizeClass for region in REGIONS]
    run, asked = kept(POLICY, units), with_parameters(POLICY, ratio_large=2000, ratio_other=5000)
    less = named(run, asked, EffectKind.LESS, size_class=SizeClass.LARGE)
    assert [each.region for each in less] == sorted(REGIONS) and {each.size_class for each in less} == {
        "large"
    }
    assert {each.region for each in named(run, asked, EffectKind.LESS, region="410100")} == {
        "410105",
        "410181",
    }
    assert named(run, asked, EffectKind.MORE) == []


def test_units_by_chance_and_a_change_in_every_parameter():
    units = list(by_chance(400, seed=7))
    run = kept(POLICY, units)
    for name, value in POLICY.parameters.items():
        for other in {0, value - value // 10, value + value // 10 + 1}:
            asked = change(POLICY, {name: other}, {"410181": {name: value}})
            pairs = [(decide(POLICY, *unit), decide(asked, *unit)) for unit in units]
            assert effect(run, question(asked)).totals == summed(pairs)


def test_the_policy_of_the_run_changes_nothing():
    units = list(by_chance(300, seed=3))
    seen = effect(kept(POLICY, units), question(POLICY))
    assert seen.totals.amount_before == seen.totals.amount_after and seen.unknown_before == seen.unknown_after
    changed = (seen.totals.came_in, seen.totals.went_out, seen.totals.more, seen.totals.less)
    assert changed == (0, 0, 0, 0)


def test_sums_beyond_all_money_are_refused_and_never_wrap():
    units = [({**MANUAL, "base": 12 * 10**11}, "410181")] * 100
    times = replace(POLICY, amount=["*", "base", "$ratio_large"])  # as large as a policy may be
    for dear in (
        change(POLICY, {"ratio_large": 1_900_000}, None),
        change(times, {"ratio_large": 10**6}, None),
    ):
        with pytest.raises(Refused, match="simulation_numbers_too_large"):
            effect(kept(POLICY, units), question(dear))
    with pytest.raises(Refused, match="simulation_numbers_too_large"):
        named(kept(POLICY, units), dear, EffectKind.MORE)


def test_parameters_that_the_policy_has_not_and_rules_that_overflow_are_refused():
    with pytest.raises(Refused, match="simulation_parameter_unknown") as unknown:
        change(POLICY, {"ratio_huge": 1}, None)
    assert unknown.value.facts == {"parameter": "ratio_huge"}
    with pytest.raises(Refused, match="simulation_parameter_unknown"):
        change(POLICY, {}, {"410181": {"ratio_huge": 1}})
    squared = replace(POLICY, amount=["*", ["*", "base", "$ratio_large"], "$ratio_other"])
    with pytest.raises(Refused, match="policy_overflows"):
        change(squared, {"ratio_large": 2**31 - 1, "ratio_other": 2**31 - 1}, None)


def test_overrides_are_kept_unless_others_are_given():
    regional = replace(POLICY, region_overrides={"410181": {"ratio_large": 1}})
    assert change(regional, {"ratio_large": 2}, None).region_overrides == {"410181": {"ratio_large": 1}}
    assert change(regional, {}, {}).region_overrides == {}
