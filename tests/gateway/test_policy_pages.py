"""Policies in the console: versions, drafts as forms, the review by another clerk."""

from typing import Any

import pytest

from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.subsidy.policy import (
    ChangePolicyDraft,
    ComparePolicies,
    DifferenceView,
    DiscardPolicyDraft,
    DraftPolicy,
    GetPolicy,
    ListPolicies,
    ListPolicyDrafts,
    PoliciesView,
    PutPolicyInForce,
    ReturnPolicyDraft,
    SubmitPolicyDraft,
    UseLayoffFormula,
)
from services.contracts.subsidy.simulation import GetKeptSimulation, KeptSimulationView
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.policies import DRAFT, MAKER, PAGE, body, draft, fields_of_page, tell, version

REVIEW = f"{PAGE}/review"
RATE = DifferenceView(path="parameters.max_layoff_rate", before=550, after=600)


@pytest.fixture
def maker(browser: Browser) -> Browser:
    """Return the browser of the draft's maker."""
    browser.sign_in(people.clerk(Post.APPROVER, Post.REVIEWER, id=MAKER))
    return browser


@pytest.fixture
def reviewer(browser: Browser) -> Browser:
    """Return the browser of another clerk."""
    browser.sign_in(people.REVIEWER)
    return browser


def save(maker: Browser, **typed: str) -> Any:
    """Open the form of the draft, type, and save."""
    fields = fields_of_page(maker.get(PAGE).text)
    return maker.client.post(PAGE, data={**fields, "action": "save", **typed})


# ---- what is in force


def test_the_list_has_all_versions_of_a_programme_and_the_drafts(clerk: Browser, bus: FakeBus) -> None:
    tell(bus, state="returned", reason="上限与文件不符")
    page = clerk.get("/clerk/policies").text
    assert 'href="/clerk/policies/2023"' in page and 'href="/clerk/policies/2023?version=1"' in page
    assert "生效中" in page and "已被取代" in page and "王丽" in page and "随产品提供" in page
    assert f'href="{PAGE}"' in page and "已退回" in page and "上限与文件不符" in page


def test_a_first_version_is_not_asked_for_again(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListPolicies] = PoliciesView(policies=(version(1),))
    clerk.get("/clerk/policies")
    assert [query.programme_year for query in bus.requests(ListPolicies)] == [None]


def test_only_approvers_of_a_province_are_offered_to_draft(browser: Browser, bus: FakeBus) -> None:
    tell(bus)
    city = people.clerk(Post.APPROVER, region="410100")
    for actor, offered in ((people.APPROVER, True), (city, False), (people.REVIEWER, False)):
        browser.sign_in(actor)
        assert ("/clerk/policies/drafts/new" in browser.get("/clerk/policies").text) is offered


def test_whoever_has_nothing_to_do_with_drafts_is_not_shown_any(browser: Browser, bus: FakeBus) -> None:
    tell(bus)
    browser.sign_in(people.RECEPTION)
    assert browser.get("/clerk/policies").status_code == 200
    assert not bus.requests(ListPolicyDrafts)


def test_a_policy_is_shown_in_words_and_units(clerk: Browser, bus: FakeBus) -> None:
    tell(bus)
    page = clerk.get("/clerk/policies/2023").text
    assert "裁员率上限" in page and "5.5%" in page and "12 个月" in page and "30 人" in page
    assert "足额缴纳失业保险费 〔足额缴费月数〕 个月，应不少于 12 个月" in page
    assert 'value="2023.1"' in page and "与其他版本对比" in page


def test_a_policy_made_from_a_draft_also_shows_formulas_and_statement(clerk: Browser, bus: FakeBus) -> None:
    tell(bus)
    two = version(2, draft_id=DRAFT, region_overrides={"410100": {"max_layoff_rate": 600}})
    bus.answers[ListPolicies] = PoliciesView(policies=(two,))
    bus.answers[GetPolicy] = two
    page = clerk.get("/clerk/policies/2023").text
    assert "三、注意事项" in page and "（年初参保人数 − 年末参保人数 − 免责减员人数）" in page
    assert "410100" in page and "6%" in page


@pytest.mark.parametrize("address", ["1999", "2023?version=x", "2023?version=0", "comparison?left=2023.1"])
def test_an_address_that_names_no_policy_is_no_page(clerk: Browser, bus: FakeBus, address: str) -> None:
    tell(bus)
    assert clerk.get(f"/clerk/policies/{address}").status_code == 404


def test_two_versions_are_compared_in_words(clerk: Browser, bus: FakeBus) -> None:
    tell(bus, RATE, DifferenceView(path="criteria.zombie", before={"code": "zombie", "bit": 5}, after=None))
    page = clerk.get(f"/clerk/policies/comparison?left=2023.2&right={DRAFT}").text
    asked = bus.last(ComparePolicies)
    assert (asked.left.version, str(asked.right.draft_id)) == (2, DRAFT)
    assert "参数 › 裁员率上限" in page and ">5.5%<" in page and ">6%<" in page
    assert "条件 › 僵尸企业" in page and "共 2 处不同" in page


# ---- drafts


def test_a_draft_begins_from_the_version_in_force(clerk: Browser, bus: FakeBus) -> None:
    tell(bus)
    assert 'value="2023.2" selected' in clerk.get("/clerk/policies/drafts/new?based_on=2023.2").text
    response = clerk.post("/clerk/policies/drafts/new", based_on="2023.2", programme_year="2024")
    begun = bus.last(DraftPolicy)
    assert (begun.based_on_year, begun.based_on_version, begun.programme_year) == (2023, 2, 2024)
    assert response.headers["Location"].startswith("/clerk/policies/drafts/")


@pytest.mark.parametrize(
    ("typed", "wrong"), [("", "based_on"), ("2023", "based_on"), ("2023.2", "programme_year")]
)
def test_a_draft_needs_a_version_and_a_year(clerk: Browser, bus: FakeBus, typed: str, wrong: str) -> None:
    tell(bus)
    clerk.get("/clerk/policies/drafts/new")
    response = clerk.post("/clerk/policies/drafts/new", based_on=typed, programme_year="x")
    assert response.status_code == 422 and f'id="{wrong}-wrong"' in response.text
    assert not bus.requests(DraftPolicy)


def test_a_form_that_is_sent_back_as_it_came_changes_nothing(maker: Browser, bus: FakeBus) -> None:
    tell(bus, revision=7)
    assert save(maker).headers["Location"] == PAGE
    changed = bus.last(ChangePolicyDraft)
    assert (changed.body, changed.revision) == (body(), 7)
    assert "草稿已保存" in maker.get(PAGE).text


def test_what_is_typed_in_percent_is_kept_in_basis_points(maker: Browser, bus: FakeBus) -> None:
    tell(bus)
    save(maker, **{"p.max_layoff_rate": "6.25%", "r.0.code": "410100", "r.0.max_layoff_rate": "7"})
    changed = bus.last(ChangePolicyDraft).body
    assert changed.parameters["max_layoff_rate"] == 625
    assert changed.region_overrides == {"410100": {"max_layoff_rate": 700}}


def test_rows_are_removed_by_a_tick_and_added_by_their_key(maker: Browser, bus: FakeBus) -> None:
    tell(bus, body=body(region_overrides={"410100": {"few_people": 20}}).to_wire())
    new = {
        "code": "extra",
        "bit": "20",
        "clause": "x",
        "zh": "x",
        "en": "x",
        "expression": '[">", "base", 1]',
    }
    save(
        maker,
        **{"r.0.remove": "yes", "c.5.remove": "yes", "s.0.remove": "yes"},
        **{f"c.11.{name}": text for name, text in new.items()},
        **{"s.3.heading": "四、其他", "s.3.paragraphs": "第一段\n\n第二段"},
    )
    changed = bus.last(ChangePolicyDraft).body
    assert not changed.region_overrides
    codes = [one.code for one in changed.criteria]
    assert "zombie" not in codes and codes[-1] == "extra"
    assert [section.heading[:2] for section in changed.statement_sections] == ["二、", "三、", "四、"]
    assert changed.statement_sections[-1].paragraphs == ("第一段", "第二段")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("p.max_layoff_rate", "5.555"),
        ("p.max_layoff_rate", ""),
        ("p.min_months", "1.5"),
        ("p.few_people", "三十"),
        ("r.0.code", "41"),
        ("r.0.few_people", "30"),
        ("c.0.expression", "[abc"),
        ("rule.ratio", ""),
        ("c.0.zh", ""),
        ("documents", " \n "),
        ("deadline", "soon"),
        ("s.0.heading", ""),
        ("s.0.paragraphs", ""),
    ],
)
def test_what_is_no_good_is_named_beside_its_field_and_stays_typed(
    maker: Browser, bus: FakeBus, field: str, typed: str
) -> None:
    tell(bus)
    response = save(maker, **{field: typed, "title_zh": "新的名称"})
    named = "r.0.code" if field.startswith("r.") else field
    assert response.status_code == 422
    assert f'id="{named}-wrong"' in response.text and f'href="#{named}"' in response.text
    assert 'value="新的名称"' in response.text
    assert not bus.requests(ChangePolicyDraft)


def test_a_draft_that_was_changed_meanwhile_keeps_what_was_typed(maker: Browser, bus: FakeBus) -> None:
    tell(bus, revision=8)
    bus.answers[ChangePolicyDraft] = Conflict("draft_changed", "")
    response = save(maker, title_zh="新的名称", revision="7")
    assert response.status_code == 409
    assert "再次保存，将以它取代现在的草稿" in response.text and 'value="新的名称"' in response.text
    assert fields_of_page(response.text)["revision"] == "8"


def test_another_formula_is_used_after_what_was_typed_is_saved(maker: Browser, bus: FakeBus) -> None:
    tell(bus)
    bus.answers[ChangePolicyDraft] = draft(revision=9)
    page = maker.get(PAGE).text
    assert "净减少人数" in page and "各地" in page
    save(maker, action="formula", formula="new_recipients", title_zh="新的名称")
    assert bus.last(ChangePolicyDraft).body.title_zh == "新的名称"
    used = bus.last(UseLayoffFormula)
    assert (used.formula, used.revision) == ("new_recipients", 9)
    assert used.id != bus.last(ChangePolicyDraft).id
    assert 'id="formula-wrong"' in save(maker, action="formula", formula="").text


def test_a_draft_says_what_is_wrong_with_it_and_is_not_to_be_submitted(maker: Browser, bus: FakeBus) -> None:
    tell(bus, problem="policy_missing")
    page = maker.get(PAGE).text
    assert "现在不能提交" in page and "该业务年度没有生效的政策" in page
    assert "disabled>提交复核" in page


def test_a_returned_draft_says_why_and_can_be_changed(maker: Browser, bus: FakeBus) -> None:
    tell(bus, state="returned", reason="上限与文件不符")
    page = maker.get(PAGE).text
    assert "退回原因：上限与文件不符" in page and "保存草稿" in page


def test_submitting_names_the_revision_and_discarding_asks_twice(maker: Browser, bus: FakeBus) -> None:
    tell(bus, revision=7)
    page = maker.get(PAGE).text
    assert "作废后不能恢复" in page
    maker.client.post(f"{PAGE}/submission", data=fields_of_page(page, f"{PAGE}/submission"))
    assert bus.last(SubmitPolicyDraft).revision == 7
    response = maker.client.post(f"{PAGE}/discarding", data=fields_of_page(page, f"{PAGE}/discarding"))
    assert str(bus.last(DiscardPolicyDraft).draft_id) == DRAFT
    assert response.headers["Location"] == "/clerk/policies"


@pytest.mark.parametrize("message", [SubmitPolicyDraft, DiscardPolicyDraft])
def test_a_refused_step_says_why(maker: Browser, bus: FakeBus, message: Any) -> None:
    tell(bus)
    bus.answers[message] = Refused("policy_in_force", "")
    page = maker.get(PAGE).text
    action = f"{PAGE}/{'submission' if message is SubmitPolicyDraft else 'discarding'}"
    assert "该版本已生效" in maker.client.post(action, data=fields_of_page(page, action)).text


@pytest.mark.parametrize("state", ["in_review", "in_force", "discarded"])
def test_a_draft_that_is_out_of_its_makers_hands_is_no_form(maker: Browser, bus: FakeBus, state: str) -> None:
    tell(bus, state=state)
    page = maker.get(PAGE).text
    assert "保存草稿" not in page and "提交复核" not in page and "足额缴费月数" in page


def test_another_clerk_reads_a_draft_and_changes_nothing(reviewer: Browser, bus: FakeBus) -> None:
    tell(bus)
    page = reviewer.get(PAGE).text
    assert "只有起草人本人可以修改" in page and "保存草稿" not in page


# ---- the review


def test_the_review_shows_what_differs_and_what_it_costs(reviewer: Browser, bus: FakeBus) -> None:
    tell(bus, RATE, state="in_review", simulated=True)
    page = reviewer.get(REVIEW).text
    assert "参数 › 裁员率上限" in page and "与2023年度第 2 版相比的变化" in page
    assert "提交时的测算" in page and "差额" in page
    assert "此操作不能撤销" in page and "仍按原版本" in page


def test_what_is_put_in_force_is_the_text_that_the_page_showed(reviewer: Browser, bus: FakeBus) -> None:
    digest = "ab" * 32
    tell(bus, state="in_review", simulated=True, digest=digest)
    page = reviewer.get(REVIEW).text
    bus.answers[PutPolicyInForce] = draft(state="in_force")
    response = reviewer.client.post(f"{PAGE}/in-force", data=fields_of_page(page, f"{PAGE}/in-force"))
    assert bus.last(PutPolicyInForce).digest == digest
    assert response.headers["Location"] == "/clerk/policies/2023?version=3"


def test_a_draft_is_returned_with_a_reason(reviewer: Browser, bus: FakeBus) -> None:
    tell(bus, state="in_review", simulated=True)
    reviewer.get(REVIEW)
    assert 'id="reason-wrong"' in reviewer.post(f"{PAGE}/return", reason=" ").text
    response = reviewer.post(f"{PAGE}/return", reason="上限有误")
    assert [one.reason for one in bus.requests(ReturnPolicyDraft)] == ["上限有误"]
    assert response.headers["Location"] == PAGE


def test_makers_are_told_before_that_they_cannot_review_their_own(maker: Browser, bus: FakeBus) -> None:
    tell(bus, state="in_review", simulated=True)
    page = maker.get(REVIEW).text
    assert "这是您本人起草的" in page and "确认生效" not in page and "去复核" not in maker.get(PAGE).text


def test_only_reviewers_are_offered_the_answers(browser: Browser, bus: FakeBus) -> None:
    tell(bus, state="in_review", simulated=True)
    browser.sign_in(people.AUDITOR)
    page = browser.get(REVIEW).text
    assert "等待复核岗人员复核" in page and "确认生效" not in page


def test_nothing_is_put_in_force_before_its_effect_is_known(reviewer: Browser, bus: FakeBus) -> None:
    tell(bus, state="in_review", simulated=False)
    bus.answers[GetKeptSimulation] = Missing("simulation_missing", "")
    page = reviewer.get(REVIEW).text
    assert "测算尚未完成，完成后才能生效" in page and "确认生效" not in page and "退回原因" in page


def test_a_draft_for_which_no_run_could_serve_says_so(reviewer: Browser, bus: FakeBus) -> None:
    tell(bus, state="in_review", simulated=True)
    bus.answers[GetKeptSimulation] = example(KeptSimulationView, simulation=None)
    page = reviewer.get(REVIEW).text
    assert "提交时没有已完成的筛查可用" in page and "确认生效" in page


def test_a_draft_of_a_new_year_is_compared_with_what_it_was_copied_from(
    reviewer: Browser, bus: FakeBus
) -> None:
    tell(bus, state="in_review", programme_year=2024, version=1, based_on_year=2023, based_on_version=1)
    reviewer.get(REVIEW)
    assert bus.last(ComparePolicies).left.version == 1


@pytest.mark.parametrize(
    ("problem", "said"),
    [(Forbidden("maker_is_checker", ""), "不能复核"), (Refused("policy_in_force", ""), "该版本已生效")],
)
def test_a_refused_answer_says_why(reviewer: Browser, bus: FakeBus, problem: Exception, said: str) -> None:
    tell(bus, state="in_review", simulated=True)
    bus.answers[PutPolicyInForce] = problem
    page = reviewer.get(REVIEW).text
    assert (
        said in reviewer.client.post(f"{PAGE}/in-force", data=fields_of_page(page, f"{PAGE}/in-force")).text
    )


def test_the_pages_of_policies_speak_english(maker: Browser, bus: FakeBus) -> None:
    tell(bus, RATE)
    maker.get("/language/en")
    page = maker.get(PAGE).text
    assert "Highest layoff rate（percent）" in page and "Save the draft" in page
    page = maker.get(f"/clerk/policies/comparison?left=2023.2&right={DRAFT}").text
    assert "Parameters › Highest layoff rate" in page
