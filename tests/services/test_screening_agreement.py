"""Columns, plain Python, the explanation and SQL say the same of every unit, to the bit and to the fen."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from services.contracts.subsidy.screening import Outcome
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import FACTS
from services.subsidy.policy.domain.drafts import fault_of
from services.subsidy.policy.store import LAYOFF_FORMULAS
from services.subsidy.screening.domain import codes_of, decide, evaluate
from tests.services.conftest import DIALECTS, POSTGRES
from tests.services.screening_oracle import UNITS, by_sql, disagreements, select, sql
from tests.units import (
    ANY_FACTS,
    MANUAL,
    REGIONS,
    SHRINKING,
    WITH_GAPS,
    by_chance,
    expressions,
    small,
    with_gaps,
)

POLICY = read_programme("henan_2023")
REGIONAL = replace(
    POLICY,
    region_overrides={
        "410181": {"max_layoff_rate": 700, "ratio_large": 4999},
        "410000": {"few_people": 20, "ratio_large": 1250, "ratio_other": 5001},
        "410100": {"few_people": 40, "min_months": 13, "max_layoff_rate": 0, "ratio_large": 3333},
        "411300": {"max_headcount_drop": 3333, "ratio_other": 3333},
    },
)
BY_FORMULA = [each.put_into(POLICY) for each in LAYOFF_FORMULAS]
WAYS = ["as it is", "with regions", *(each.code for each in LAYOFF_FORMULAS[1:])]
FULL, MOST = FACTS["base"], 10**7  # what an import lets in at most
SME = {"size_class": "micro"}


@pytest.fixture(scope="module", params=DIALECTS)
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://" if request.param == "sqlite" else f"{POSTGRES}/postgres")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def people(start, end, exempt=0, now=None):
    now = end if now is None else now
    return {"headcount_start": start, "headcount_end": end, "exempt": exempt, "headcount_now": now}


BY_HAND = [  # what differs from the manual's employer, codes of failures and of gaps, ratio, amount in fen
    ({}, (), (), 3000, 23_713_715),
    # half a fen goes up, less goes down
    ({"base": 1}, (), (), 3000, 0),  # 0.3
    ({"base": 2}, (), (), 3000, 1),  # 0.6
    ({"base": 4}, (), (), 3000, 1),  # 1.2
    ({"base": 5}, (), (), 3000, 2),  # 1.5
    ({"base": 8}, (), (), 3000, 2),  # 2.4
    ({"base": 15}, (), (), 3000, 5),  # 4.5, by banker's rule 4
    ({"base": 25}, (), (), 3000, 8),  # 7.5
    ({"base": 1, **SME}, (), (), 6000, 1),  # 0.6
    ({"base": 2, **SME}, (), (), 6000, 1),  # 1.2
    ({"base": 4, **SME}, (), (), 6000, 2),  # 2.4
    ({"base": 0}, ("base",), (), 3000, 0),
    # the largest that an import lets in
    ({"base": FULL}, (), (), 3000, 360_000_000_000),
    ({"base": FULL, **SME}, (), (), 6000, 720_000_000_000),
    ({"base": FULL - 5}, (), (), 3000, 359_999_999_999),  # 359 999 999 998.5
    (people(MOST, MOST), (), (), 3000, 23_713_715),
    (people(MOST, 0), ("layoff_rate",), (), 3000, 0),
    (people(MOST, 9_450_000), (), (), 3000, 23_713_715),  # exactly 5.5 %
    (people(MOST, 9_449_999), ("layoff_rate",), (), 3000, 0),  # 5.50001 %, shown as 5.5 %
    (people(0, MOST, 12 * MOST, 0), ("headcount_drop",), (), 3000, 0),
    (people(MOST, 0, 12 * MOST), (), (), 3000, 23_713_715),
    # nobody
    (people(0, 0), (), (), 3000, 23_713_715),
    (people(0, 5), (), (), 3000, 23_713_715),
    (people(5, 0), ("layoff_rate",), (), 3000, 0),
    (people(5, 0, exempt=5), (), (), 3000, 23_713_715),
    (people(5, 0, exempt=4), (), (), 3000, 23_713_715),  # 20 %
    (people(1, 1, now=0), ("headcount_drop",), (), 3000, 0),
    # at a limit and one person above
    (people(30, 24), (), (), 3000, 23_713_715),
    (people(30, 23), ("layoff_rate",), (), 3000, 0),
    (people(5, 4), (), (), 3000, 23_713_715),
    (people(4, 3), ("layoff_rate",), (), 3000, 0),
    (people(31, 30), (), (), 3000, 23_713_715),
    (people(31, 29), ("layoff_rate",), (), 3000, 0),
    (people(31, 25), ("layoff_rate",), (), 3000, 0),  # 19.4 %
    (people(200, 189), (), (), 3000, 23_713_715),
    (people(200, 188), ("layoff_rate",), (), 3000, 0),
    (people(20_000, 18_900), (), (), 3000, 23_713_715),
    (people(20_000, 18_899), ("layoff_rate",), (), 3000, 0),
    (people(1180, 1180, now=590), (), (), 3000, 23_713_715),
    (people(1180, 1180, now=589), ("headcount_drop",), (), 3000, 0),
    (people(3, 3, now=2), (), (), 3000, 23_713_715),
    (people(3, 3, now=1), ("headcount_drop",), (), 3000, 0),
    ({"months_full": 12}, (), (), 3000, 23_713_715),
    ({"months_full": 11}, ("months",), (), 3000, 0),
    # separations that are exempt: as many as left, fewer by one above the limit, more
    (people(200, 180, exempt=20), (), (), 3000, 23_713_715),
    (people(200, 180, exempt=9), (), (), 3000, 23_713_715),
    (people(200, 180, exempt=8), ("layoff_rate",), (), 3000, 0),
    (people(200, 180, exempt=21), (), (), 3000, 23_713_715),
    (people(100, 150, exempt=100), (), (), 3000, 23_713_715),
    # gaps: what is unknown is no zero, and a failure is more than a gap
    ({"size_class": None}, (), ("size_class",), 0, 0),
    ({"size_class": None, "unit_type": "law_firm"}, (), (), 6000, 47_427_430),
    ({"unit_type": None}, (), ("unit_type", "size_class"), 0, 0),
    ({"size_class": None, "unit_type": "government"}, ("unit_type",), ("size_class",), 0, 0),
    ({"headcount_start": None}, (), ("layoff_rate", "headcount_start"), 3000, 0),
    ({"headcount_end": None}, (), ("layoff_rate", "headcount_drop"), 3000, 0),
    ({"exempt": None}, (), ("layoff_rate",), 3000, 0),
    ({"headcount_now": None}, (), ("headcount_drop",), 3000, 0),
    ({"months_full": None}, (), ("months",), 3000, 0),
    ({"base": None}, (), ("base",), 3000, 0),
    ({"dishonest": None}, (), ("dishonest",), 3000, 0),
    ({"dishonest": None, "zombie": 1}, ("zombie",), ("dishonest",), 3000, 0),
    ({"labour_dispatch": 1, "audit_findings": 1}, ("audit_findings", "labour_dispatch"), (), 3000, 0),
]


@pytest.mark.parametrize(("changes", "failed", "gaps", "ratio", "amount"), BY_HAND, ids=str)
def test_what_is_reckoned_by_hand(changes, failed, gaps, ratio, amount):
    verdict = decide(POLICY, {**MANUAL, **changes}, "410181")
    assert (codes_of(POLICY, verdict.reasons), codes_of(POLICY, verdict.unknowns)) == (failed, gaps)
    outcome = Outcome.INELIGIBLE if failed else Outcome.UNKNOWN if gaps else Outcome.ELIGIBLE
    assert (verdict.outcome, verdict.ratio, verdict.amount) == (outcome, ratio, amount)


@pytest.mark.parametrize("policy", [POLICY, REGIONAL, *BY_FORMULA[1:]], ids=WAYS)
def test_all_agree_on_units_written_by_hand(connection, policy):
    cases = [{**MANUAL, **changes} for changes, *_ in BY_HAND]
    assert disagreements(connection, policy, [(facts, region) for facts in cases for region in REGIONS]) == []


@pytest.mark.parametrize("changes", [{}, {"zombie": 1}, {"base": 5}, people(0, 0), people(31, 29)], ids=str)
def test_all_agree_whatever_one_or_two_facts_are_missing(connection, changes):
    units = [(facts, "410181") for facts in with_gaps({**MANUAL, **changes})]
    for policy in (POLICY, REGIONAL, *BY_FORMULA[1:]):
        assert disagreements(connection, policy, units) == []


@settings(deadline=None)
@given(
    units=some.lists(some.tuples(ANY_FACTS | SHRINKING | WITH_GAPS, some.sampled_from(REGIONS)), max_size=9)
)
def test_all_agree_on_any_units(connection, units):
    for policy in (POLICY, REGIONAL, *BY_FORMULA):
        assert disagreements(connection, policy, units) == []


@settings(deadline=None)
@given(
    rate=expressions(),
    ratio=expressions(),
    amount=expressions(),
    passes=expressions(),
    units=some.lists(some.tuples(ANY_FACTS | WITH_GAPS, some.sampled_from(REGIONS)), min_size=1, max_size=3),
)
def test_all_agree_on_any_rules_that_can_be_in_force(connection, rate, ratio, amount, passes, units):
    first, *others = REGIONAL.criteria
    rules = {"layoff_rate": rate, "ratio": ratio, "amount": amount}
    criteria = (replace(first, expression=[">=", passes, "layoff_rate"]), *others)
    policy = replace(REGIONAL, **rules, criteria=criteria)
    assume(fault_of(policy, {}) is None)
    assert disagreements(connection, policy, units) == []


def test_all_agree_on_units_by_chance(connection):
    units = list(by_chance(5_000, seed=2023))
    assert disagreements(connection, POLICY, units) == []
    outcomes = [verdict.outcome for verdict in by_sql(connection, POLICY, units)]
    assert min(outcomes.count(each) for each in Outcome) > 300  # each is there often enough to say something
    for policy in (REGIONAL, *BY_FORMULA[1:]):
        assert disagreements(connection, policy, units[:1_000]) == []


def of(formula, **changes):
    """Return what the criterion of the layoff rate says by a formula, and the rate that is shown."""
    [policy] = [each for each, one in zip(BY_FORMULA, LAYOFF_FORMULAS, strict=True) if one.code == formula]
    verdict = decide(policy, {**MANUAL, **changes}, "410181")
    failed, unknown = codes_of(policy, verdict.reasons), codes_of(policy, verdict.unknowns)
    said = "fail" if "layoff_rate" in failed else "unknown" if "layoff_rate" in unknown else "pass"
    return said, verdict.layoff_rate


def year(people, new=0, months=12):
    return {"headcount_sum": people * months, "months_insured": months, "new_recipients": new}


def test_new_recipients_are_counted_against_the_average_headcount():
    for changes, said, rate in [
        (year(200), "pass", 0),
        (year(200, new=11), "pass", 550),  # exactly 5.5 %
        (year(200, new=12), "fail", 600),
        (year(30, new=6), "pass", 2000),  # 30 people on average: 20 %
        (year(30, new=7), "fail", 2333),
        ({**year(30, new=6), "headcount_sum": 361}, "fail", 1994),  # more than 30 on average: 5.5 %
        (year(20_000, new=1100), "pass", 550),
        (year(20_000, new=1101), "fail", 551),  # 5.505 %
        (year(20_000, new=1101, months=6), "fail", 551),
        (year(0), "pass", 0),
        (year(0, new=1), "fail", None),  # nobody was insured: no rate can be shown
        ({**year(1, new=10**6), "headcount_sum": 12}, "fail", 1_000_000),  # what is shown ends at 10,000 %
        ({"new_recipients": None}, "unknown", None),
        ({"headcount_sum": None, "new_recipients": 1}, "unknown", None),
        ({"headcount_start": None, "headcount_end": None}, "pass", 0),
    ]:
        assert of("new_recipients", **changes) == (said, rate), changes


def test_a_net_decrease_is_counted_against_the_average_headcount_whatever_is_exempt():
    for changes, said, rate in [
        ({**people(200, 189), **year(200)}, "pass", 550),
        ({**people(200, 188, exempt=12), **year(200)}, "fail", 600),
        ({**people(200, 188), **year(219)}, "pass", 548),
        ({**people(100, 150), **year(0)}, "pass", 0),
        ({**people(30, 24), **year(30)}, "pass", 2000),
        ({**people(31, 24), **year(30)}, "fail", 2333),
        ({**people(31, 24), "headcount_sum": None}, "unknown", None),
    ]:
        assert of("net_decrease_of_average", **changes) == (said, rate), changes


@settings(deadline=None)
@given(expression=expressions(), unit=ANY_FACTS)
def test_any_expression_means_the_same_in_sql(connection, expression, unit):
    facts, query = small(unit), f"SELECT {sql(expression, POLICY)} FROM {UNITS.name}"
    [row] = select(connection, query, [(facts, "410181")])
    assert row[0] == evaluate(expression, facts, POLICY.parameters)


@pytest.mark.parametrize("right", (-4, -3, -2, 0, 1, 2, 3, 4))
def test_half_goes_up_below_zero_too_and_by_zero_is_unknown(connection, right):
    shares = [["div_half_up", left, right] for left in range(-8, 9)]
    query = f"SELECT {', '.join(sql(each, POLICY) for each in shares)} FROM {UNITS.name}"
    [row] = select(connection, query, [(MANUAL, "410181")])
    assert list(row) == [evaluate(each, {}, {}) for each in shares]
