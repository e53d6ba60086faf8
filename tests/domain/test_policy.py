"""Policies as data: what is refused, how parameters differ by region, and the statement's text."""

from dataclasses import replace
from datetime import date

import pytest

from services.subsidy.policy.adapters.programmes import PROGRAMMES, read_programme
from services.subsidy.policy.domain import Criterion, PolicyFault, statement
from services.subsidy.policy.store import digest_of, parse_policy

POLICY = read_programme("henan_2023")
REFUND = {
    "unit_name": "巩义市恒远精密制造有限公司",
    "size_class": "large",
    "layoff_rate": 0,
    "base": 79_045_717,
    "ratio": 3000,
    "amount": 23_713_715,
    "account_name": "巩义市恒远精密制造有限公司",
    "account": "****1046",
    "bank": "中国银行",
}


def criterion(**changes):
    values = {"code": "x", "bit": 30, "clause": "§", "expression": [">", "base", 0], "zh": "", "en": ""}
    return Criterion(**{**values, **changes})


def with_criterion(**changes):
    return replace(POLICY, criteria=(*POLICY.criteria, criterion(**changes)))


def test_each_programme_that_comes_along_is_in_order():
    assert [read_programme(path.stem).version for path in PROGRAMMES.glob("*.json")] == [1, 1]


def test_each_criterion_cites_its_clause_and_has_words():
    assert len(POLICY.criteria) == 11
    assert all(each.clause and each.zh and each.en for each in POLICY.criteria)


def test_bits_are_never_reused():
    """Stored verdicts carry them: a bit keeps its meaning in all versions."""
    assert {each.code: each.bit for each in POLICY.criteria} == {
        "months": 0,
        "layoff_rate": 1,
        "unit_type": 2,
        "size_class": 3,
        "dishonest": 4,
        "zombie": 5,
        "headcount_drop": 6,
        "audit_findings": 7,
        "labour_dispatch": 8,
        "base": 9,
        "headcount_start": 10,
    }


def test_the_digest_is_that_of_the_text_and_survives_the_way_through_json():
    assert digest_of(parse_policy(POLICY.to_data())) == digest_of(POLICY)
    assert digest_of(replace(POLICY, deadline=date(2023, 12, 30))) != digest_of(POLICY)


@pytest.mark.parametrize(
    "expression",
    [
        [">", "bank_account", 0],
        [">", "base", "$surprise"],
        ["+", "base", 1],
        ["**", "base", 2],
        [">", "base"],
        ["if", [">", "base", 0], 1, 2],
        ["==", "unit_type", 1],
        ["in", "unit_type", 1],
        [">", ["*", "base", ["*", "base", 10]], 0],
        [],
        [">", "base", True],
        [">", "base", 1.5],
        [">", ["__import__", "os"], 0],
    ],
    ids=str,
)
def test_an_expression_outside_the_language_or_64_bits_is_refused(expression):
    with pytest.raises(ValueError):
        with_criterion(expression=expression).check()


def test_a_criterion_of_another_bit_and_code_is_taken_and_a_used_one_refused():
    with_criterion().check()
    for changes in ({"bit": 0}, {"bit": 31}, {"code": "months"}):
        with pytest.raises(ValueError):
            with_criterion(**changes).check()


def test_a_text_may_name_facts_and_parameters_only():
    with_criterion(zh="{base:yuan} {few_people} {layoff_rate:percent}").check()
    with pytest.raises(PolicyFault, match="policy_text_name_unknown"):
        with_criterion(zh="{bank_account}").check()


def test_unknown_fields_and_negative_parameters_are_refused():
    with pytest.raises(ValueError):
        parse_policy({**POLICY.to_data(), "surprise": 1})
    with pytest.raises(ValueError):
        replace(POLICY, parameters={**POLICY.parameters, "few_people": -1}).check()
    with pytest.raises(ValueError):
        replace(POLICY, region_overrides={"410100": {"surprise": 1}}).check()


def test_the_nearest_region_overrides_a_parameter():
    overrides = {"410000": {"few_people": 20}, "410100": {"few_people": 10}, "410181": {"ratio_large": 5000}}
    policy = replace(POLICY, region_overrides=overrides)
    policy.check()
    assert policy.parameters_in("411302")["few_people"] == 20
    gongyi = policy.parameters_in("410181")
    assert (gongyi["few_people"], gongyi["ratio_large"]) == (10, 5000)
    assert policy.parameters_in("130100") == POLICY.parameters


def test_the_same_rules_serve_another_year():
    policy = POLICY.for_year(2026)
    assert (policy.base_year, policy.deadline) == (2025, date(2026, 12, 31))
    assert policy.titles()[0] == "2026年度失业保险稳岗返还"
    assert POLICY.for_year(2023) == POLICY


def test_the_statement_is_the_manuals():
    text = statement(POLICY, **REFUND)
    assert text.title == "2023年度稳岗返还政策确认单"
    assert text.documents == (
        "国办发〔2023〕11号",
        "豫政办〔2023〕29号",
        "豫人社办〔2023〕71号",
        "人社部发〔2019〕23号",
    )
    assert [section.heading[0] for section in text.sections] == ["一", "二", "三"]
    unit, basis, notes = ("".join(section.paragraphs) for section in text.sections)
    assert "免申即享" in unit and "大型；裁员率：0%；上年度（2022年度）" in unit
    assert "790,457.17 元；返还比例：30%；返还金额：237,137.15 元" in unit and "****1046" in unit
    assert all(document in basis for document in text.documents) and "生活补助" in basis
    assert "2023年12月31日" in notes and "未确认" in notes and "真实性" in notes


def test_the_digest_of_the_statement_is_that_of_the_text_as_it_is_shown():
    shown = statement(POLICY, **REFUND)
    assert shown.digest == statement(POLICY, **REFUND).digest
    others = [
        statement(POLICY, **{**REFUND, "amount": 1}),
        statement(POLICY, **{**REFUND, "account": "****9999"}),
        statement(POLICY.for_year(2024), **REFUND),
        statement(replace(POLICY, documents=()), **REFUND),
    ]
    assert len({shown.digest, *(other.digest for other in others)}) == 5


def test_a_name_is_shown_as_it_is_even_if_it_is_a_word_of_ours():
    text = statement(POLICY, **{**REFUND, "unit_name": "small {base} 50%"})
    assert text.sections[0].paragraphs[0].startswith("small {base} 50%：")
