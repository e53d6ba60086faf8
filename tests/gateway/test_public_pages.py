"""What anybody may see."""

from services.contracts.archive import CheckSlip
from services.contracts.errors import Missing
from services.contracts.notify import ListOutboxSms
from services.contracts.subsidy.notice import ListNoticeLines, ListNotices, NoticeLinesView, NoticesView
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

NOTICE = "018a91b2-7c40-7000-8000-000000000009"


def test_the_landing_page_leads_to_the_doors_that_are_open(browser: Browser) -> None:
    page = browser.get("/").text
    assert 'href="/employer/login"' in page
    assert 'href="/clerk/login"' in page
    assert 'href="/personal/login"' in page


def test_a_notice_is_paged_by_its_unit_numbers(browser: Browser, bus: FakeBus) -> None:
    page = browser.get(f"/notices/{NOTICE}?after=410181000001").text
    assert bus.last(ListNoticeLines).after == "410181000001"
    assert "237,137.15" in page
    assert "回到第一页" in page


def test_a_notice_that_does_not_exist_is_a_404(browser: Browser, bus: FakeBus) -> None:
    bus.answers[ListNotices] = NoticesView(notices=())
    bus.answers[ListNoticeLines] = NoticeLinesView(lines=(), next_after=None)
    assert browser.get(f"/notices/{NOTICE}").status_code == 404


def test_the_address_on_a_slip_verifies_it(browser: Browser, bus: FakeBus) -> None:
    page = browser.get("/verify?number=WGFH-2023-41018100000001&check_code=9f86 d081 884c 7d65").text
    assert bus.last(CheckSlip).check_code == "9F86D081884C7D65"
    assert "该确认单真实" in page


def test_a_slip_that_is_not_ours_is_not_found(browser: Browser, bus: FakeBus) -> None:
    bus.answers[CheckSlip] = Missing("slip_missing", "")
    response = browser.get("/verify?number=1&check_code=9F86D081884C7D65")
    assert response.status_code == 404
    assert "没有找到与编号和校验码相符的确认单" in response.text


def test_a_check_code_of_the_wrong_shape_is_named(browser: Browser, bus: FakeBus) -> None:
    assert 'id="check_code-wrong"' in browser.get("/verify?number=1&check_code=xyz").text
    assert not bus.requests(CheckSlip)


def test_an_older_slip_says_that_a_later_answer_counts(browser: Browser, bus: FakeBus) -> None:
    bus.answers[CheckSlip] = example(CheckSlip.answer_type(), superseded=True)
    assert "以最后一次为准" in browser.get("/verify?number=1&check_code=9F86D081884C7D65").text


def test_the_outbox_of_a_development_machine_can_be_filtered(browser: Browser, bus: FakeBus) -> None:
    assert "19903700001" in browser.get("/development/?phone=19903700001").text
    assert bus.last(ListOutboxSms).phone == "19903700001"


def test_readiness_is_the_broker(browser: Browser, bus: FakeBus) -> None:
    assert browser.get("/readyz").status_code == 200
    bus.connected = False
    assert (browser.get("/readyz").status_code, browser.get("/healthz").status_code) == (503, 200)
