"""取消筛查: offered to approvers while a run is under way."""

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import CancelScreening, GetScreening, ListVerdicts, ScreeningView
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741


def test_an_approver_cancels_a_run_that_is_under_way(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetScreening] = example(ScreeningView, state="running", finished_at=None)
    assert "取消筛查" in clerk.get(f"/clerk/screenings/{I}").text
    response = clerk.post(f"/clerk/screenings/{I}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/clerk/screenings/{I}")
    assert str(bus.last(CancelScreening).screening_id) == I
    bus.answers[GetScreening] = example(ScreeningView, state="cancelled", cancelled_by="李建国")
    page = clerk.get(f"/clerk/screenings/{I}").text
    assert "已取消" in page and "取消人 李建国" in page and "重新开始筛查" in page
    assert "取消筛查" not in page and "data-live" not in page and not bus.requests(ListVerdicts)


def test_a_run_that_is_over_says_so_and_offers_no_cancelling(clerk: Browser, bus: FakeBus) -> None:
    clerk.get(f"/clerk/screenings/{I}")
    bus.answers[CancelScreening] = Refused("screening_over", state="done")
    response = clerk.post(f"/clerk/screenings/{I}")
    assert "这次筛查已经结束，不能取消" in response.text and "取消筛查" not in response.text


def test_who_is_no_approver_is_not_offered_to_cancel(browser: Browser, bus: FakeBus) -> None:
    browser.sign_in(people.AUDITOR)
    bus.answers[GetScreening] = example(ScreeningView, state="running", finished_at=None)
    assert "取消筛查" not in browser.get(f"/clerk/screenings/{I}").text
