"""What can be wrong in rules: kept in a draft, with words for it, never in force. Layoff formulas."""

import pytest

from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.policy import ListLayoffFormulas
from services.subsidy.policy.store import LAYOFF_FORMULAS
from tests.people import APPROVER
from tests.services.policies import (
    body,
    change,
    draft,
    in_force,
    seed,
    show,
    simulate,
    submit,
    use,
    with_criterion,
)


@pytest.fixture
def house(world):
    seed(world)
    return world


FAULTS = [
    ({"ratio": "surprise"}, "policy_name_unknown", {"field": "ratio", "name": "surprise"}),
    ({"amount": ["in", "size_class", "'large"]}, "policy_not_a_number", {"field": "amount"}),
    ({"amount": ["*", "base", ["*", "base", 10]]}, "policy_overflows", {"field": "amount"}),
    ({"layoff_rate": ["**", "base", 2]}, "policy_operation_unknown", {"operation": "**"}),
    ({"ratio": ["if", ["in", "base", "'large"], 1, 2]}, "policy_not_words", {"field": "ratio"}),
    ({"title_zh": "{year}"}, "policy_text_name_unknown", {"field": "title_zh", "name": "year"}),
    ({"statement_title": "{deadline"}, "policy_text_broken", {"field": "statement_title"}),
    ({"region_overrides": {"410100": {"x": 1}}}, "policy_override_unknown", {"region": "410100"}),
    ({"parameters": {"base": 1}}, "policy_parameter_misnamed", {"name": "base"}),
]
CRITERION_FAULTS = [
    ({"expression": "base"}, "policy_not_a_comparison"),
    ({"bit": 0}, "policy_mark_repeated"),
    ({"code": "months"}, "policy_mark_repeated"),
    ({"zh": "{base.real}"}, "policy_text_broken"),
    ({"en": "{surprise}"}, "policy_text_name_unknown"),
    ({"expression": ["in", "size_class", "'lareg"]}, "policy_name_unknown"),
]


@pytest.mark.parametrize(("changes", "code", "facts"), FAULTS, ids=str)
def test_a_draft_is_kept_with_its_faults_but_not_submitted(house, changes, code, facts):
    begun = draft(house)
    faulty = change(house, begun, body(begun, **changes))
    assert faulty.problem == code
    assert facts.items() <= faulty.problem_facts.items()
    with pytest.raises(Refused, match=code) as refused:
        submit(house, faulty)
    assert refused.value.facts == faulty.problem_facts
    assert show(house, faulty).body == faulty.body


@pytest.mark.parametrize(("changes", "code"), CRITERION_FAULTS, ids=str)
def test_each_fault_of_a_criterion_has_a_code(house, changes, code):
    begun = draft(house)
    faulty = change(house, begun, with_criterion(begun, **changes))
    assert faulty.problem == code
    with pytest.raises(Refused, match=code):
        submit(house, faulty)


@pytest.mark.parametrize("odd", [1.5, None, {}, [], True, "", ["+", 1, [2.5]]], ids=str)
def test_what_is_no_expression_by_its_shape_is_not_even_kept(house, odd):
    begun = draft(house)
    with pytest.raises(Refused, match="policy_expression_odd"):
        change(house, begun, body(begun, ratio=odd))


def test_an_expression_too_deep_or_too_long_is_not_kept(house):
    begun, deep = draft(house), 1
    for _ in range(40):
        deep = ["+", deep, 1]
    for odd in (deep, ["in", *["'large"] * 500]):
        with pytest.raises(Refused, match="policy_expression_too_long"):
            change(house, begun, body(begun, ratio=odd))


def test_a_bit_keeps_its_code_in_every_version_of_every_programme(house):
    begun = draft(house)
    in_force(house, simulate(house, submit(house, change(house, begun, with_criterion(begun)))))
    other = draft(house, year=2027, version=2)
    criteria = [each for each in other.body.to_wire()["criteria"] if each["code"] != "new"]
    without = change(house, other, body(other, criteria=criteria))
    reused = change(house, without, with_criterion(without, code="quite_another"))
    assert reused.problem == "policy_bit_reused"
    assert reused.problem_facts == {"criterion": "quite_another", "bit": 20, "earlier": "new"}
    with pytest.raises(Refused, match="policy_bit_reused"):
        submit(house, reused)
    same = change(house, reused, with_criterion(without))
    assert (same.problem, submit(house, same).state) == (None, "in_review")


def test_a_known_formula_brings_rate_criterion_and_words(house):
    begun = draft(house)
    for formula in LAYOFF_FORMULAS:
        begun = use(house, begun, formula.code)
        assert (begun.layoff_formula, begun.problem) == (formula.code, None)
    assert submit(house, begun).state == "in_review"
    criterion = next(each for each in begun.body.criteria if each.code == "layoff_rate")
    assert (criterion.bit, criterion.clause) == (1, LAYOFF_FORMULAS[-1].clause)


def test_a_formula_needs_to_be_known_and_a_criterion_to_go_to(house):
    begun = draft(house)
    with pytest.raises(Missing, match="layoff_formula_missing"):
        use(house, begun, "surprise")
    others = [each for each in begun.body.to_wire()["criteria"] if each["code"] != "layoff_rate"]
    without = change(house, begun, body(begun, criteria=others))
    assert without.layoff_formula is None
    with pytest.raises(Refused, match="layoff_criterion_missing"):
        use(house, without, "new_recipients")


def test_the_formulas_say_where_they_come_from_and_what_they_rest_on(house):
    formulas = house.ask(ListLayoffFormulas(), by=APPROVER).formulas
    assert [each.code for each in formulas] == ["net_decrease", "net_decrease_of_average", "new_recipients"]
    assert all(each.source and each.zh and each.en for each in formulas)
    assert formulas[0].uses == ("headcount_start", "headcount_end", "exempt")
    assert formulas[2].uses == ("headcount_sum", "months_insured", "new_recipients")
