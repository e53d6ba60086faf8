"""Properties of pages: the live pop-up, the reading clock, English, a phone's width."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from deploy.local.demo.people import Employer
from tests.journeys.browser import PHONE, Person
from tests.journeys.steps import WHILE_WORKING, sign_in_clerk, sign_in_employer

CJK = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="session")
def small_employers(
    approve: Callable[..., None], administrator: Callable[[str], Employer]
) -> dict[str, Employer]:
    """Small employers of a county with approved refunds and passwords, one for each test."""
    approve(region="410181", sizes=["small"])
    units = {"reading": "410181000413", "english": "410181000411", "narrow": "410181000464"}
    return {name: administrator(unit_no) for name, unit_no in units.items()}


def test_the_pop_up_comes_live_to_an_employer_that_is_signed_in(
    person: Callable[..., Person], administrator: Callable[[str], Employer], approve: Callable[..., None]
) -> None:
    somebody = person()
    sign_in_employer(somebody, administrator("410102000501"))
    expect(somebody.page.get_by_role("heading", name="业务菜单")).to_be_visible()
    expect(somebody.dialog("温馨提示")).to_be_hidden()
    approve(region="410102")
    popup = somebody.dialog("温馨提示")
    expect(popup).to_be_visible(timeout=WHILE_WORKING)
    expect(popup).to_contain_text("370,370.34")
    somebody.look("live-pop-up")
    popup.get_by_role("button", name="取消").click()
    expect(popup).to_be_hidden()
    somebody.open("/employer/messages")
    expect(somebody.page.get_by_text("370,370.34").first).to_be_visible()
    somebody.look("messages")


def test_a_browser_whose_clock_runs_ahead_does_not_shorten_the_reading(
    person: Callable[..., Person], small_employers: dict[str, Employer]
) -> None:
    somebody = person()
    page = somebody.page
    page.clock.install()
    sign_in_employer(somebody, small_employers["reading"])
    somebody.dialog("温馨提示").get_by_role("button", name="确定").click()
    page.get_by_role("checkbox", name="请认真阅读河南省稳岗返还政策确认信息").click()
    statement = page.get_by_role("dialog", name=re.compile("稳岗返还政策确认单"))
    expect(statement).to_be_visible()
    somebody.look("statement")
    page.clock.run_for(11_000)
    statement.get_by_role("button", name="我已阅读并知晓").click()
    page.get_by_role("radio", name=re.compile("放弃享受")).check()
    somebody.press("保存")
    expect(page.get_by_role("alert").first).to_contain_text(re.compile(r"\d+ ?秒"))
    somebody.look("refused")


@pytest.mark.parametrize("path", ["/", "/notices", "/policies", "/help", "/privacy", "/verify"])
def test_public_pages_speak_english(person: Callable[..., Person], path: str) -> None:
    somebody = person()
    somebody.open(f"/language/en?next={path}")
    assert somebody.page.evaluate("document.documentElement.lang") == "en"
    heading = somebody.page.get_by_role("main").get_by_role("heading", level=1).first.inner_text()
    assert not CJK.search(heading)
    somebody.look(f"en{path.replace('/', '-')}")


def test_the_portal_speaks_english(
    person: Callable[..., Person], small_employers: dict[str, Employer]
) -> None:
    somebody = person()
    sign_in_employer(somebody, small_employers["english"])
    somebody.page.get_by_role("button", name="取消").click()
    somebody.open("/language/en?next=/employer")
    for path in ("/employer", "/employer/refunds", "/employer/todos", "/employer/done", "/employer/messages"):
        somebody.open(path)
        headings = somebody.page.get_by_role("main").get_by_role("heading").all_inner_texts()
        assert [text for text in headings if CJK.search(text)] == []
        somebody.look(f"en{path.replace('/', '-')}")


def test_the_portal_fits_a_phone(person: Callable[..., Person], small_employers: dict[str, Employer]) -> None:
    somebody = person(size=PHONE)
    for path in (
        "/",
        "/employer/login",
        "/employer/register",
        "/notices",
        "/verify",
        "/help",
        "/development",
    ):
        somebody.open(path)
        somebody.look(f"narrow{path.replace('/', '-')}")
    sign_in_employer(somebody, small_employers["narrow"])
    somebody.look("narrow-pop-up")
    somebody.dialog("温馨提示").get_by_role("button", name="确定").click()
    somebody.look("narrow-refund")
    for path in (
        "/employer",
        "/employer/todos",
        "/employer/done",
        "/employer/messages",
        "/employer/eligibility",
    ):
        somebody.open(path)
        somebody.look(f"narrow{path.replace('/', '-')}")


def test_the_console_fits_a_phone(person: Callable[..., Person]) -> None:
    somebody = person(size=PHONE)
    sign_in_clerk(somebody, "li.approver")
    for path in ("", "/imports", "/policies", "/screenings", "/batches", "/notices", "/maintenance"):
        somebody.open(f"/clerk{path}")
        somebody.look(f"narrow-clerk{path.replace('/', '-')}")
