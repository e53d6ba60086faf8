"""Verdicts: the thresholds of 2023, three values, and two readers of the rules that agree."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from services.contracts.subsidy.screening import NextStep, Outcome
from services.contracts.values import SizeClass, UnitType
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import FACTS, WORD
from services.subsidy.registry.domain import PARTITIONS
from services.subsidy.screening.adapters import columns
from services.subsidy.screening.domain import (
    Verdict,
    codes_of,
    decide,
    derivation,
    evaluate,
    explain,
    next_step,
    plan_chunks,
    told_layoff_rate,
)
from tests.units import ANY_FACTS, MANUAL, SHRINKING, by_columns, expressions, number, small

POLICY = read_programme("henan_2023")
SME_TYPES = set(UnitType) - {UnitType.ENTERPRISE, UnitType.GOVERNMENT, UnitType.INSTITUTION}


def judge(region="410181", policy=POLICY, **changes) -> Verdict:
    return decide(policy, {**MANUAL, **changes}, region)


def why(**changes) -> tuple[str, ...]:
    verdict = judge(**changes)
    assert (verdict.outcome is Outcome.ELIGIBLE) == (not verdict.reasons | verdict.unknowns)
    return codes_of(POLICY, verdict.reasons)


def test_the_manuals_employer_gets_its_refund():
    verdict = judge()
    assert verdict == Verdict(
        outcome=Outcome.ELIGIBLE, reasons=0, unknowns=0, layoff_rate=0, ratio=3000, amount=23_713_715
    )
    chinese, english = derivation(verdict, MANUAL["base"])
    assert chinese.startswith("790,457.17 元 × 30% = 237,137.15 元")
    assert english.startswith("790,457.17 × 30% = 237,137.15 yuan")


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"months_full": 12}, ()),
        ({"months_full": 11}, ("months",)),
        ({"headcount_start": 30, "headcount_end": 24}, ()),  # exactly 20 %
        ({"headcount_start": 30, "headcount_end": 23}, ("layoff_rate",)),
        ({"headcount_start": 31, "headcount_end": 30}, ()),  # 3.2 %
        ({"headcount_start": 31, "headcount_end": 29}, ("layoff_rate",)),  # 6.5 %, would do for 30 people
        ({"headcount_start": 200, "headcount_end": 189}, ()),  # exactly 5.5 %
        ({"headcount_start": 20000, "headcount_end": 18899}, ("layoff_rate",)),  # 5.505 %, rounded or not
        ({"headcount_start": 200, "headcount_end": 180, "exempt": 9}, ()),
        ({"headcount_start": 200, "headcount_end": 180, "exempt": 8}, ("layoff_rate",)),
        ({"headcount_start": 10, "headcount_end": 20}, ()),
        ({"headcount_start": 0}, ()),
        ({"headcount_now": 590}, ()),  # exactly half
        ({"headcount_now": 589}, ("headcount_drop",)),
        ({"headcount_now": 0, "headcount_end": 0, "headcount_start": 0}, ()),
        ({"unit_type": "government"}, ("unit_type",)),
        ({"unit_type": "institution"}, ("unit_type",)),
        ({"dishonest": 1}, ("dishonest",)),
        ({"zombie": 1}, ("zombie",)),
        ({"audit_findings": 1}, ("audit_findings",)),
        ({"labour_dispatch": 1}, ("labour_dispatch",)),
        ({"base": 0}, ("base",)),
        ({"base": 0, "months_full": 0, "zombie": 1}, ("months", "zombie", "base")),
    ],
    ids=str,
)
def test_the_thresholds_of_2023(changes, reasons):
    assert why(**{"headcount_now": 20_000, **changes} if "headcount_end" in changes else changes) == reasons


def test_the_ratio_is_30_percent_for_large_enterprises_and_60_for_all_others():
    ratios = {size: judge(size_class=size).ratio for size in SizeClass}
    assert ratios == {"large": 3000, "medium": 6000, "small": 6000, "micro": 6000}
    assert {judge(unit_type=kind, size_class=None).ratio for kind in SME_TYPES} == {6000}
    assert {judge(unit_type=kind, size_class=None).outcome for kind in SME_TYPES} == {Outcome.ELIGIBLE}


def test_the_size_of_an_enterprise_is_never_assumed():
    verdict = judge(size_class=None)
    assert (verdict.outcome, verdict.ratio, verdict.amount) == (Outcome.UNKNOWN, 0, 0)
    assert codes_of(POLICY, verdict.unknowns) == ("size_class",)


@pytest.mark.parametrize("fact", sorted(POLICY.uses() - {"exempt"}))
def test_whatever_fact_is_missing_nothing_is_refunded(fact):
    verdict = judge(**{fact: None})
    assert (verdict.outcome, verdict.amount) == (Outcome.UNKNOWN, 0) and verdict.unknowns


def test_a_failure_wins_over_a_gap():
    verdict = judge(size_class=None, zombie=1)
    assert verdict.outcome is Outcome.INELIGIBLE and verdict.unknowns


def test_every_criterion_is_explained_with_the_numbers_put_in():
    results = {each.code: each for each in explain(POLICY, {**MANUAL, "headcount_start": 1300}, "410181")}
    assert list(results) == [each.code for each in POLICY.criteria]
    assert results["layoff_rate"].result == "fail"
    assert "年初参保 1,300 人，年末 1,180 人，免责减员 0 人，裁员率 9.23%" in results["layoff_rate"].zh
    assert "layoff rate 9.23%; at most 5.5%" in results["layoff_rate"].en
    [gap] = [each for each in explain(POLICY, {**MANUAL, "zombie": None}, "4101") if each.result == "unknown"]
    assert "未知" in gap.zh and "unknown" in gap.en


# ---- the reader of columns gives what plain Python gives


REGIONAL = replace(
    POLICY, region_overrides={"410000": {"few_people": 20}, "410181": {"max_layoff_rate": 700}}
)


@settings(deadline=None)
@given(
    some.lists(
        some.tuples(ANY_FACTS | SHRINKING, some.sampled_from(["410181", "411302", "130100"])), max_size=9
    )
)
@example([(dict.fromkeys(FACTS), "410181"), ({**dict.fromkeys(FACTS), "zombie": 1}, "410181")])
def test_columns_and_plain_python_give_the_same_verdicts(units):
    for policy in (POLICY, REGIONAL):
        plain = [decide(policy, unit, region) for unit, region in units]
        assert by_columns(policy, units) == plain


@settings(deadline=None)
@given(expressions(), ANY_FACTS)
@example(["min", "zombie", 5], {**MANUAL, "zombie": None})
@example(["if", ["<", "zombie", 1], 1, 2], {**MANUAL, "zombie": None})
@example(["div_half_up", -7, 2], MANUAL)
@example(["div_half_up", 7, 0], MANUAL)
def test_any_expression_means_the_same_to_both_readers(expression, unit):
    facts = small(unit)
    kinds = {name: pl.String if kind == WORD else pl.Int64 for name, kind in FACTS.items()}
    frame = pl.DataFrame([facts], schema=kinds).with_columns(region=pl.lit("410181"))
    found = frame.select(columns._column(expression, POLICY).alias("found"))["found"].to_list()
    assert found == [evaluate(expression, facts, POLICY.parameters)]


@settings(deadline=None)
@given(number(12 * 10**11), some.integers(0, 10_000))
@example(5, 3000)  # 1.5 fen → 2
@example(15, 3000)  # 4.5 fen → 5, not 4
def test_half_a_fen_goes_up_as_in_decimal(base, ratio):
    share = evaluate(["div_half_up", ["*", "base", "ratio"], 10000], {"base": base, "ratio": ratio}, {})
    exact = Decimal(base) * ratio / 10_000
    assert share == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


# ---- chunks


@settings(deadline=None)
@given(some.dictionaries(some.integers(0, PARTITIONS - 1), some.integers(1, 50_000)))
def test_every_partition_is_in_one_chunk(partitions):
    chunks = plan_chunks(partitions)
    assert sorted(part for chunk in chunks for part in chunk) == sorted(partitions)
    assert all(chunks)


def test_a_small_province_has_few_chunks_and_a_large_one_all():
    assert len(plan_chunks(dict.fromkeys(range(64), 10))) == 1
    assert len(plan_chunks(dict.fromkeys(range(64), 781))) == 1
    assert len(plan_chunks(dict.fromkeys(range(64), 782))) == 2
    assert len(plan_chunks(dict.fromkeys(range(64), 15_625))) == 32
    assert len(plan_chunks(dict.fromkeys(range(64), 156_250))) == 64
    assert len(plan_chunks(dict.fromkeys(range(64), 15_625), 64)) == 64


def layoff_words(**changes) -> str:
    results = explain(POLICY, {**MANUAL, **changes}, "410181")
    return next(each.zh for each in results if each.code == "layoff_rate")


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (200, 189, "裁员率 5.5%"),  # exactly 5.5 %
        (1_000_000, 944_999, "裁员率 5.5001%"),
        (9_999_999, 9_449_999, "裁员率 5.5001%"),  # 5.50000055 %: never told as 5.5 %
        (1_000_000, 945_001, "裁员率 5.4999%"),
        (1_000_000, 944_900, "裁员率 5.51%"),  # rounded it shows already
        (10_000, 9_451, "裁员率 5.49%"),
    ],
)
def test_a_layoff_rate_a_hair_beside_the_limit_is_told_with_four_digits(start, end, told):
    words = layoff_words(headcount_start=start, headcount_end=end, headcount_now=end)
    assert told in words and "不得高于 5.5%" in words


@given(start=some.integers(1, 10_000_000), share=some.integers(0, 10**6))
def test_who_fails_for_layoffs_is_never_told_a_rate_that_would_do(start, share):
    facts = {**MANUAL, "headcount_start": start, "headcount_end": start - start * share // 10**6}
    limit = 2000 if start <= 30 else 550
    failing = "layoff_rate" in codes_of(POLICY, decide(POLICY, facts, "410181").reasons)
    told = told_layoff_rate(POLICY, facts, "410181")
    percent = Decimal(told) / 100 if isinstance(told, int) else Decimal(told.removesuffix("%"))
    assert (percent > Decimal(limit) / 100) == failing


def test_an_amount_that_rounds_to_nothing_is_told_so():
    verdict = judge(base=1)
    assert (verdict.outcome, verdict.amount) == (Outcome.ELIGIBLE, 0)
    chinese, english = derivation(verdict, 1)
    assert chinese == "0.01 元 × 30% = 0.00 元（四舍五入到分），不足 0.01 元，不予发放"
    assert english == "0.01 × 30% = 0.00 yuan, half up: less than 0.01, nothing is paid"
    assert next_step(POLICY, verdict, ()) is NextStep.NOTHING
    assert judge(base=2).amount == 1
