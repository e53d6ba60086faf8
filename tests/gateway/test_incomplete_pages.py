"""待补资料单位: what is missing on the screen and as a file, and the ways that lead there."""

import csv
import io
import re
from typing import Any

import pytest

from gateway.labels import MISSING, TO_ASK
from services.contracts.errors import Forbidden
from services.contracts.subsidy.approval import MakeBatch
from services.contracts.subsidy.incomplete import (
    IncompleteTotalsView,
    IncompleteUnitsView,
    IncompleteUnitView,
    Lack,
    ListIncompleteUnits,
)
from services.contracts.subsidy.screening import (
    GetScreening,
    ListScreenings,
    ScreeningsView,
    ScreeningView,
)
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

CHINESE = re.compile(r"[一-鿿]+")
RUN = str(example(ScreeningView).screening_id)
LIST = f"/clerk/screenings/{RUN}/incomplete-units"
EXPORT = f"{LIST}.csv"
NOTE = "家符合条件的单位共"


def of(*units: IncompleteUnitView, next_after: str | None = None) -> IncompleteUnitsView:
    """Return a page of these units."""
    return IncompleteUnitsView(units=units, next_after=next_after, totals=None)


def one(**changes: Any) -> IncompleteUnitView:
    """Return the manual's unit, that lacks something."""
    return example(IncompleteUnitView, **changes)


def rows_of(response: Any) -> list[dict[str, str]]:
    """Return the lines of a file by their header."""
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_every_kind_has_a_word_and_what_to_ask_for() -> None:
    assert set(MISSING) == set(TO_ASK) == set(Lack)


def test_the_page_shows_units_totals_and_what_to_ask_for(clerk: Browser) -> None:
    page = clerk.get(LIST).text
    assert "银行账号、开户行" in page and "199****0001" in page and "237,137.15" in page
    assert "312,084.50" in page and "309,670.25" in page
    assert "单位银行账户变更，提供户名、账号和开户行" in page


def test_filters_live_in_the_address_and_stay_in_all_links(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListIncompleteUnits] = of(one(), next_after="410181000327")
    page = clerk.get(f"{LIST}?missing=bank&region=410181&after=410181000001").text
    asked = bus.last(ListIncompleteUnits)
    assert (asked.missing, asked.region, asked.after) == (Lack.BANK, "410181", "410181000001")
    assert f'href="{LIST}?missing=bank&amp;region=410181&amp;after=410181000327"' in page
    assert f'href="{EXPORT}?missing=bank&amp;region=410181"' in page


@pytest.mark.parametrize("address", [LIST, EXPORT])
@pytest.mark.parametrize(
    ("filter", "said"), [("region=41", "6 位行政区划代码"), ("missing=shoes", "没有这种资料")]
)
def test_a_filter_that_is_no_good_is_named(
    clerk: Browser, bus: FakeBus, address: str, filter: str, said: str
) -> None:
    response = clerk.get(f"{address}?{filter}")
    assert response.status_code == 422 and said in response.text
    assert not bus.requests(ListIncompleteUnits)


def test_only_the_counter_goes_on_to_the_account_and_only_where_that_helps(
    browser: Browser, bus: FakeBus
) -> None:
    change = f"/clerk/employers/{people.CODE}/bank-accounts/410181000327"
    browser.sign_in(people.RECEPTION)
    assert change in browser.get(LIST).text
    for missing in ("phone", "contact", "unit"):
        bus.answers[ListIncompleteUnits] = of(one(missing=[missing]))
        assert change not in browser.get(LIST).text
    del bus.answers[ListIncompleteUnits]
    browser.sign_in(people.APPROVER)
    assert change not in browser.get(LIST).text


def test_totals_are_counted_for_the_first_page_only(clerk: Browser, bus: FakeBus) -> None:
    for query, counted in (("", True), ("?missing=bank", True), ("?after=410181000001", False)):
        clerk.get(f"{LIST}{query}")
        assert bus.last(ListIncompleteUnits).with_totals is counted


def test_whoever_filters_verdicts_or_turns_their_pages_does_not_wait_for_totals(
    clerk: Browser, bus: FakeBus
) -> None:
    clerk.get(f"/clerk/screenings/{RUN}?outcome=eligible")
    clerk.get(f"/clerk/screenings/{RUN}?after=410181000001")
    assert not bus.requests(ListIncompleteUnits)


def test_the_list_is_empty_in_words(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListIncompleteUnits] = of()
    page = clerk.get(LIST).text
    assert "没有待补资料的单位" in page and EXPORT not in page


def test_whom_the_service_refuses_sees_why(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListIncompleteUnits] = Forbidden("not_your_region", "", region="420000")
    assert clerk.get(f"{LIST}?region=420000").status_code == 403
    assert clerk.get(f"{EXPORT}?region=420000").status_code == 403


def test_the_export_holds_every_page_with_one_header(clerk: Browser, bus: FakeBus) -> None:
    pages = {None: (one(), "410181000327"), "410181000327": (one(unit_no="410181000328"), None)}

    def answer(query: ListIncompleteUnits) -> IncompleteUnitsView:
        unit, next_after = pages[query.after]
        return of(unit, next_after=next_after)

    bus.answers[ListIncompleteUnits] = answer
    response = clerk.get(f"{EXPORT}?missing=bank&after=1&limit=1")
    assert response.mimetype == "text/csv"
    rows = rows_of(response)
    assert [row["单位编号"] for row in rows] == ["410181000327", "410181000328"]
    assert (rows[0]["缺少"], rows[0]["联系电话"], rows[0]["返还金额（元）"]) == (
        "银行账号、开户行",
        "199****0001",
        "237,137.15",
    )
    assert rows[0]["需要补正"].count("单位银行账户变更") == 1
    asked = [
        (query.after, query.limit, query.missing, query.with_totals)
        for query in bus.requests(ListIncompleteUnits)
    ]
    assert asked == [(None, 1000, Lack.BANK, False), ("410181000327", 1000, Lack.BANK, False)]


def test_a_page_of_the_export_is_asked_for_when_the_one_before_is_on_its_way(
    clerk: Browser, bus: FakeBus
) -> None:
    bus.answers[ListIncompleteUnits] = of(one(), next_after="410181000327")
    with clerk.client.get(EXPORT, buffered=False) as response:
        parts = response.iter_encoded()
        next(parts)
        assert len(bus.requests(ListIncompleteUnits)) == 1
        next(parts)
        assert len(bus.requests(ListIncompleteUnits)) == 2


def test_no_cell_of_the_export_is_run_by_a_spreadsheet(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListIncompleteUnits] = of(one(unit_name="=HYPERLINK(1)", contact=None))
    [row] = rows_of(clerk.get(EXPORT))
    assert (row["单位名称"], row["联系人"]) == ("'=HYPERLINK(1)", "")


@pytest.mark.parametrize("address", [f"/clerk/screenings/{RUN}", f"/clerk/batches/new?screening_id={RUN}"])
def test_run_and_new_batch_say_how_many_cannot_be_paid(clerk: Browser, bus: FakeBus, address: str) -> None:
    page = clerk.get(address).text
    assert "13 家符合条件的单位共 309,670.25 元因资料缺失暂不能发放" in page
    assert f'href="{LIST}"' in page and "查看待补资料单位（14 家）" in page
    asked = bus.last(ListIncompleteUnits)
    assert (str(asked.screening_id), asked.limit, asked.with_totals) == (RUN, 1, True)


def test_nothing_is_said_when_nothing_is_missing(clerk: Browser, bus: FakeBus) -> None:
    none = example(IncompleteTotalsView, count=0, amount=0, left_out=0, left_out_amount=0, lacks=[])
    bus.answers[ListIncompleteUnits] = IncompleteUnitsView(units=(), next_after=None, totals=none)
    assert NOTE not in clerk.get(f"/clerk/screenings/{RUN}").text
    assert NOTE not in clerk.get("/clerk/batches/new").text


def test_units_that_can_be_paid_but_have_no_contact_are_told_apart(clerk: Browser, bus: FakeBus) -> None:
    totals = example(IncompleteTotalsView, left_out=0, left_out_amount=0)
    bus.answers[ListIncompleteUnits] = IncompleteUnitsView(units=(), next_after=None, totals=totals)
    page = clerk.get(f"/clerk/screenings/{RUN}").text
    assert "14 家符合条件的单位没有登记联系人" in page and NOTE not in page


def test_a_running_screening_and_a_clerk_who_calls_nobody_are_not_counted_for(
    browser: Browser, bus: FakeBus
) -> None:
    browser.sign_in(people.NOTICE_CLERK)
    assert browser.get(f"/clerk/screenings/{RUN}").status_code == 200
    bus.answers[GetScreening] = example(ScreeningView, state="running", finished_at=None)
    browser.sign_in(people.APPROVER)
    assert browser.get(f"/clerk/screenings/{RUN}").status_code == 200
    assert not bus.requests(ListIncompleteUnits)


def test_a_faulty_form_of_a_batch_counts_for_the_run_that_was_chosen(clerk: Browser, bus: FakeBus) -> None:
    other = "018a91b2-7c40-7000-8000-000000000099"
    runs = (example(ScreeningView), example(ScreeningView, screening_id=other))
    bus.answers[ListScreenings] = ScreeningsView(screenings=runs)
    clerk.get("/clerk/batches/new")
    clerk.post("/clerk/batches/new", screening_id=other, min_amount="x")
    assert str(bus.last(ListIncompleteUnits).screening_id) == other
    assert not bus.requests(MakeBatch)


def test_the_counter_is_led_to_the_latest_finished_run(browser: Browser, bus: FakeBus) -> None:
    browser.sign_in(people.RECEPTION)
    assert 'href="/clerk/incomplete-units"' in browser.get("/clerk/employers").text
    failed = example(ScreeningView, screening_id="018a91b2-7c40-7000-8000-000000000098", state="failed")
    bus.answers[ListScreenings] = ScreeningsView(screenings=(failed, example(ScreeningView)))
    assert browser.get("/clerk/incomplete-units").headers["Location"] == LIST
    bus.answers[ListScreenings] = ScreeningsView(screenings=(failed,))
    assert browser.get("/clerk/incomplete-units").headers["Location"] == "/clerk/"
    assert "还没有已完成的筛查" in browser.get("/clerk/").text


def test_page_and_export_speak_english(clerk: Browser, bus: FakeBus) -> None:
    every = one(missing=list(Lack), unit_name="Hengyuan", contact="Zhang")
    bus.answers[ListIncompleteUnits] = lambda query: example(IncompleteUnitsView, units=[every.to_wire()])
    clerk.get("/language/en")
    page = clerk.get(LIST).text
    page = page.replace("社会保障网上服务平台", "").replace(">中文</a>", "").replace("李建国", "")
    assert not CHINESE.search(page), CHINESE.findall(page)
    text = clerk.get(EXPORT).data.decode("utf-8-sig").replace("、", ", ")
    assert not CHINESE.search(text), CHINESE.findall(text)
