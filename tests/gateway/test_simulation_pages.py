"""政策测算: the question is the address, the answer in totals, by region and size, and unit by unit."""

import csv
import io
from typing import Any

import pytest

from gateway.labels import EFFECT_KINDS
from services.chassis.rpc_client import Unavailable
from services.contracts.errors import Forbidden, Refused
from services.contracts.subsidy.policy import GetPolicy
from services.contracts.subsidy.screening import GetScreening, ListScreenings, ScreeningsView, ScreeningView
from services.contracts.subsidy.simulation import (
    EffectKind,
    EffectsView,
    EffectView,
    ListEffects,
    SimulatePolicy,
    SimulationView,
)
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.policies import DRAFT, body, tell

RUN = str(example(ScreeningView).screening_id)
PAGE = "/clerk/simulations"
UNITS = f"{PAGE}/units?screening_id={RUN}"
EXPORT = f"{PAGE}/units.csv?screening_id={RUN}"


def totals(**changes: int) -> dict[str, int]:
    """Return the effect on a group of units."""
    told = {"units": 5000, "eligible_before": 3612, "eligible_after": 3650, "came_in": 40, "went_out": 2}
    money = {"amount_before": 23_713_715, "amount_after": 22_713_710, "more": 11, "less": 3}
    return {**told, **money, **changes}


def found(**changes: Any) -> SimulationView:
    """Return an effect on two regions and on units whose size is not known."""
    regions = [{"region": "410100", "totals": totals()}, {"region": "410200", "totals": totals(came_in=0)}]
    sizes = [{"size_class": "large", "totals": totals()}, {"size_class": None, "totals": totals(units=7)}]
    told = {"totals": totals(), "by_region": regions, "by_size": sizes, "compute_ms": 1234}
    return example(SimulationView, **{**told, **changes})


def effect(**changes: Any) -> EffectView:
    """Return a unit that goes out."""
    told = {"outcome_before": "eligible", "outcome_after": "ineligible", "reasons_after": ["layoff_rate"]}
    return example(EffectView, **{**told, "amount_before": 23_713_715, "amount_after": 0, **changes})


@pytest.fixture(autouse=True)
def programme(bus: FakeBus) -> None:
    """Let the bus know policies and an effect."""
    tell(bus)
    bus.answers[SimulatePolicy] = found()
    bus.answers[ListEffects] = EffectsView(effects=(effect(),), next_after=None)


def test_nothing_is_computed_before_a_run_is_chosen(clerk: Browser, bus: FakeBus) -> None:
    page = clerk.get(PAGE).text
    assert 'name="p.max_layoff_rate"' in page and 'placeholder="5.5"' in page and "现为 12 个月" in page
    assert f'value="{DRAFT}"' in page
    assert not bus.requests(SimulatePolicy)


def test_the_question_is_the_address_percent_are_basis_points(clerk: Browser, bus: FakeBus) -> None:
    page = clerk.get(
        f"{PAGE}?screening_id={RUN}&draft_id={DRAFT}&region=410100&p.max_layoff_rate=6&p.min_months="
    ).text
    asked = bus.last(SimulatePolicy)
    assert (str(asked.screening_id), str(asked.draft_id), asked.region) == (RUN, DRAFT, "410100")
    assert asked.parameters == {"max_layoff_rate": 600} and asked.region_overrides is None
    assert 'name="p.max_layoff_rate" value="6"' in page


def test_the_values_shown_are_those_of_the_chosen_rules(clerk: Browser, bus: FakeBus) -> None:
    tell(bus, body=body(parameters={"max_layoff_rate": 700, "brand_new": 3}).to_wire())
    page = clerk.get(f"{PAGE}?draft_id={DRAFT}").text
    assert 'placeholder="7"' in page and "其他参数 brand_new" in page
    clerk.get(PAGE)
    run = example(ScreeningView)
    assert (bus.last(GetPolicy).programme_year, bus.last(GetPolicy).version) == (
        run.programme_year,
        run.policy_version,
    )


def test_the_effect_is_shown_before_and_after_with_the_difference(clerk: Browser) -> None:
    page = clerk.get(f"{PAGE}?screening_id={RUN}&p.max_layoff_rate=6").text
    assert "237,137.15" in page and "227,137.10" in page and "差额 −10,000.05" in page
    assert "3,612 → 3,650" in page and "规模不明" in page and "1,234 毫秒" in page
    assert 'class="bar-before"' in page
    units = f"/clerk/simulations/units?kind=in&amp;screening_id={RUN}&amp;p.max_layoff_rate=6"
    assert f'href="{units}"' in page
    assert f'href="{units}&amp;region=410100"' in page and f'href="{units}&amp;size_class=large"' in page
    assert f'href="{units}&amp;region=410200"' not in page


@pytest.mark.parametrize(
    ("filter", "field"),
    [("p.max_layoff_rate=x", "p.max_layoff_rate"), ("region=41", "region"), ("draft_id=x", "draft_id")],
)
def test_what_is_no_good_is_named_beside_its_field(
    clerk: Browser, bus: FakeBus, filter: str, field: str
) -> None:
    response = clerk.get(f"{PAGE}?screening_id={RUN}&{filter}")
    assert response.status_code == 422 and f'id="{field}-wrong"' in response.text
    assert not bus.requests(SimulatePolicy)


@pytest.mark.parametrize(
    ("problem", "status"),
    [(Forbidden("not_your_region", ""), 403), (Refused("screening_not_done", ""), 422), (Unavailable(), 503)],
)
def test_a_question_that_is_not_answered_keeps_the_form(
    clerk: Browser, bus: FakeBus, problem: Exception, status: int
) -> None:
    bus.answers.update({SimulatePolicy: problem, ListEffects: problem})
    response = clerk.get(f"{PAGE}?screening_id={RUN}&p.max_layoff_rate=6")
    assert response.status_code == status and 'name="p.max_layoff_rate" value="6"' in response.text
    response = clerk.get(f"{UNITS}&kind=in")
    assert response.status_code == status and 'role="alert"' in response.text


def test_only_finished_runs_are_offered_and_an_older_one_of_the_address_stays(
    clerk: Browser, bus: FakeBus
) -> None:
    old = "018a91b2-7c40-7000-8000-000000000098"
    failed = example(ScreeningView, screening_id="018a91b2-7c40-7000-8000-000000000097", state="failed")
    bus.answers[ListScreenings] = ScreeningsView(screenings=(failed, example(ScreeningView)))
    bus.answers[GetScreening] = example(ScreeningView, screening_id=old)
    page = clerk.get(f"{PAGE}?screening_id={old}").text
    assert str(failed.screening_id) not in page and f'value="{old}" selected' in page
    bus.answers[ListScreenings] = ScreeningsView(screenings=(failed,))
    assert "还没有已完成的筛查" in clerk.get(PAGE).text


def test_every_kind_of_effect_has_words() -> None:
    assert set(EFFECT_KINDS) == set(EffectKind)


def test_units_are_named_with_reasons_and_the_way_to_their_explanation(clerk: Browser, bus: FakeBus) -> None:
    page = clerk.get(f"{UNITS}&kind=out&p.max_layoff_rate=6&size_class=large").text
    asked = bus.last(ListEffects)
    assert (asked.kind, asked.parameters, asked.size_class) == ("out", {"max_layoff_rate": 600}, "large")
    assert f'href="/clerk/screenings/{RUN}/units/410181000327"' in page
    assert "<span>裁员率</span>" in page and "237,137.15" in page and "−237,137.15" in page
    assert 'aria-current="page">不再符合' in page


def test_the_question_stays_when_turning_pages_and_changing_kinds(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListEffects] = EffectsView(effects=(effect(),), next_after="410181000327")
    page = clerk.get(f"{UNITS}&kind=out&p.max_layoff_rate=6&after=410181000001").text
    assert bus.last(ListEffects).after == "410181000001"
    assert f"/units?screening_id={RUN}&amp;kind=out&amp;p.max_layoff_rate=6&amp;after=410181000327" in page
    assert f"/units?kind=less&amp;screening_id={RUN}&amp;p.max_layoff_rate=6" in page


@pytest.mark.parametrize("query", ["", "&kind=shoes"])
def test_a_kind_that_does_not_exist_is_no_page(clerk: Browser, query: str) -> None:
    assert clerk.get(f"{UNITS}{query}").status_code == 404
    assert clerk.get(f"{EXPORT}{query}").status_code == 422


def test_the_export_holds_every_page_with_words_and_links(clerk: Browser, bus: FakeBus) -> None:
    pages = {None: (effect(), "410181000327"), "410181000327": (effect(unit_no="410181000328"), None)}

    def answer(query: ListEffects) -> EffectsView:
        unit, next_after = pages[query.after]
        return EffectsView(effects=(unit,), next_after=next_after)

    bus.answers[ListEffects] = answer
    response = clerk.get(f"{EXPORT}&kind=out&p.max_layoff_rate=6&after=1&limit=1")
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert [row["单位编号"] for row in rows] == ["410181000327", "410181000328"]
    assert (rows[0]["原结论"], rows[0]["测算结论"], rows[0]["测算后的原因"]) == ("符合", "不符合", "裁员率")
    assert (rows[0]["原金额（元）"], rows[0]["测算金额（元）"]) == ("237,137.15", "0.00")
    assert rows[0]["说明地址"].endswith(f"/clerk/screenings/{RUN}/units/410181000327")
    asked = [(query.after, query.limit, query.parameters) for query in bus.requests(ListEffects)]
    changed = {"max_layoff_rate": 600}
    assert asked == [(None, 1000, changed), ("410181000327", 1000, changed)]


def test_the_menu_leads_to_it_for_those_who_decide(browser: Browser) -> None:
    for actor, seen in ((people.APPROVER, True), (people.REVIEWER, True), (people.RECEPTION, False)):
        browser.sign_in(actor)
        assert ('href="/clerk/simulations"' in browser.get("/clerk/account").text) is seen


def test_the_pages_of_what_if_speak_english(clerk: Browser) -> None:
    clerk.get("/language/en")
    page = clerk.get(f"{PAGE}?screening_id={RUN}&p.max_layoff_rate=6").text
    assert "Newly eligible" in page and "Eligible: before → after" in page and "now 5.5%" in page
    assert "Outcome after" in clerk.get(f"{UNITS}&kind=out").text
