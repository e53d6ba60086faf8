"""Drafts and comparisons of policies, formulas of the layoff rate."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.errors import Problem, Refused
from services.contracts.subsidy.policy import DraftState
from services.contracts.values import DraftId, Post
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import PolicyFault
from services.subsidy.policy.domain.comparison import Difference, differences
from services.subsidy.policy.domain.drafts import begin_draft, fault_of, next_version
from services.subsidy.policy.domain.formulas import formula_of
from services.subsidy.policy.store import LAYOFF_FORMULAS, digest_of
from tests.people import clerk
from tests.services.conftest import NOW

POLICY, LATER = read_programme("henan_2023"), read_programme("henan_2025")
MAKER = clerk(Post.APPROVER, Post.REVIEWER, id="maker")
OTHER = clerk(Post.APPROVER, Post.REVIEWER, id="other")
BITS = {each.bit: each.code for each in POLICY.criteria}


def begun():
    policy = next_version(POLICY, 2023, 1)
    facts = {"digest": digest_of(policy), "base": POLICY, "by": MAKER, "at": NOW}
    return begin_draft(id=DraftId(None), policy=policy, **facts)


def step(draft, act, by):
    """Do one thing to a draft, the way its door does."""
    if act == "change":
        changed = replace(draft.policy, deadline=date(2023, 12, draft.revision % 30 + 1))
        facts = {"revision": draft.revision, "policy": changed, "digest": digest_of(changed)}
        return draft.change(by=by, at=NOW, **facts)
    if act == "submit":
        return draft.submit(by=by, revision=draft.revision, codes=BITS, at=NOW)
    if act == "simulate":
        return replace(draft, simulated_revision=draft.revision)
    if act == "return":
        return draft.send_back(by=by, reason="x", at=NOW)
    if act == "put_in_force":
        return draft.put_in_force(by=by, digest=draft.digest, latest=1, latest_of_base=1, at=NOW)
    return draft.discard(by=by)


ACTS = ["change", "submit", "simulate", "return", "put_in_force", "discard"]


@given(some.lists(some.tuples(some.sampled_from(ACTS), some.sampled_from([MAKER, OTHER])), max_size=25))
def test_whatever_is_tried_in_force_means_submitted_simulated_and_reviewed_by_another(steps):
    draft, submitted = begun(), None
    for act, by in steps:
        before = draft
        try:
            draft = step(draft, act, by)
        except Problem:
            continue
        if act == "submit":
            submitted = draft.digest
        if before.state in (DraftState.IN_FORCE, DraftState.DISCARDED):
            assert act == "simulate" and draft.digest == before.digest
        if act in ("change", "submit", "discard"):
            assert by is MAKER
        if act in ("return", "put_in_force"):
            assert by is OTHER and before.state is DraftState.IN_REVIEW
        if before.state is DraftState.IN_REVIEW:
            assert draft.digest == before.digest
        if act == "put_in_force":
            assert (draft.state, draft.reviewer, draft.digest) == (DraftState.IN_FORCE, OTHER.id, submitted)
            assert before.simulated


def test_a_draft_with_a_fault_is_not_submitted():
    draft = replace(begun(), policy=replace(POLICY, ratio="surprise"))
    with pytest.raises(Refused, match="policy_name_unknown"):
        draft.submit(by=MAKER, revision=1, codes={}, at=NOW)


def test_a_bit_with_another_code_anywhere_is_a_fault():
    assert fault_of(POLICY, BITS) is None
    assert fault_of(POLICY, {**BITS, 25: "gone"}) is None
    found = fault_of(POLICY, {**BITS, 0: "quite_another"})
    assert isinstance(found, PolicyFault) and found.code == "policy_bit_reused"


@pytest.mark.parametrize(
    ("changes", "path", "before", "after"),
    [
        ({"deadline": date(2023, 12, 1)}, "deadline", "2023-12-31", "2023-12-01"),
        ({"parameters": {**POLICY.parameters, "few_people": 20}}, "parameters.few_people", 30, 20),
        (
            {"region_overrides": {"410100": {"few_people": 9}}},
            "region_overrides.410100",
            None,
            {"few_people": 9},
        ),
        ({"amount": "base"}, "amount", POLICY.amount, "base"),
        ({"documents": ("x",)}, "documents", list(POLICY.documents), ["x"]),
        ({"criteria": POLICY.criteria[:-1]}, "criteria.headcount_start", vars(POLICY.criteria[-1]), None),
        (
            {"criteria": POLICY.criteria[::-1]},
            "criteria",
            [each.code for each in POLICY.criteria],
            [each.code for each in POLICY.criteria[::-1]],
        ),
    ],
    ids=str,
)
def test_what_differs_is_named_with_what_is_on_either_side(changes, path, before, after):
    assert differences(POLICY, replace(POLICY, **changes)) == (Difference(path, before, after),)


def test_words_and_paragraphs_are_compared_one_by_one():
    first, *others = POLICY.criteria
    changed = replace(POLICY, criteria=(replace(first, zh="新"), *others))
    assert [each.path for each in differences(POLICY, changed)] == ["criteria.months.zh"]
    section, *rest = POLICY.statement_sections
    section = replace(section, paragraphs=(*section.paragraphs, "新"))
    changed = replace(POLICY, statement_sections=(section, *rest))
    assert [each.path for each in differences(POLICY, changed)] == ["statement_sections.0.paragraphs.3"]


def test_a_programme_differs_from_the_next_in_what_was_changed_by_law():
    paths = [each.path for each in differences(POLICY, LATER)]
    assert {"base_year", "deadline", "documents", "parameters.ratio_large", "parameters.ratio_other"} <= {
        *paths
    }
    assert not [path for path in paths if path.endswith(("expression", "layoff_rate", "ratio", ".bit"))]


@given(some.sets(some.sampled_from(["title_zh", "base_year", "ratio", "criteria", "parameters"])))
def test_two_policies_without_a_difference_have_the_same_text(changed):
    other = replace(POLICY, version=7, **{name: getattr(LATER, name) for name in changed - {"criteria"}})
    if "criteria" in changed:
        other = replace(other, criteria=other.criteria[:4] + other.criteria[5:])
    same = digest_of(replace(other, version=1)) == digest_of(POLICY)
    assert (differences(POLICY, other) == ()) is same


@pytest.mark.parametrize("formula", LAYOFF_FORMULAS, ids=lambda each: each.code)
def test_each_formula_fits_every_programme(formula):
    for programme in (POLICY, LATER):
        policy = formula.put_into(programme)
        policy.check()
        assert formula_of(policy, LAYOFF_FORMULAS) == formula.code
        assert policy.uses() >= set(formula.uses)
        assert [each.code for each in policy.criteria] == [each.code for each in programme.criteria]


def test_a_formula_brings_the_parameters_that_are_lacking_and_keeps_those_there():
    bare = replace(POLICY, parameters={"max_layoff_rate": 100})
    parameters = LAYOFF_FORMULAS[1].put_into(bare).parameters
    assert parameters == {"max_layoff_rate": 100, "max_layoff_rate_few": 2000, "few_people": 30}


def test_the_nearest_override_wins_a_county_before_its_prefecture_before_the_province():
    overrides = {"410181": {"few_people": 1}, "410000": {"few_people": 3}, "410100": {"few_people": 2}}
    policy = replace(POLICY, region_overrides=overrides)
    found = [
        policy.parameters_in(region)["few_people"] for region in ("410181", "410105", "411302", "130100")
    ]
    assert found == [1, 2, 3, 30]
