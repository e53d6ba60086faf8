"""The employer portal: each form asks the right question and says what became of it."""

from typing import Any

import pytest

from services.chassis.rpc_client import Unavailable
from services.contracts.archive import ListSlips, SlipsView
from services.contracts.errors import Missing, Refused
from services.contracts.identity.accounts import RegisterEmployer, RequestSmsCode
from services.contracts.identity.sessions import RegisterAdministrator, SignInEmployer
from services.contracts.identity.verification import PictureCodeView
from services.contracts.notify import ListPrompts, PromptsView, PromptView
from services.contracts.subsidy.confirmation import (
    DeleteTodos,
    GetRefund,
    ListTodos,
    OpenStatement,
    RefundView,
    SaveChoice,
    SubmissionView,
    SubmitTodos,
    TodosView,
)
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_sessions import admitted, fresh

REFUND = "018a91b2-7c40-7000-8000-000000000006"
READING = "018a91b2-7c40-7000-8000-000000000010"
TODO = "018a91b2-7c40-7000-8000-000000000011"
PAGE = f"/employer/refunds/{REFUND}"


def waiting(**changes: Any) -> RefundView:
    """Return a refund that waits for its answer, with time left."""
    unanswered = {"state": "approved", "choice": None, "revision": 0, "chosen_at": None, "noticed_at": None}
    return example(RefundView, **{**unanswered, "deadline": "2099-12-31", **changes})


def open_prompt() -> PromptsView:
    """Return one prompt that is open."""
    return PromptsView(prompts=(example(PromptView, done_at=None),))


# ---- first sign-in and registration


def test_an_empty_password_leads_to_the_registration_of_the_administrator(
    browser: Browser, bus: FakeBus
) -> None:
    browser.get("/employer/login")
    response = browser.post("/employer/login", credit_code=people.CODE, password="", picture_code="")
    assert response.headers["Location"] == f"/employer/administrator?credit_code={people.CODE}"
    assert not bus.requests(SignInEmployer)


def test_a_credit_code_with_a_wrong_check_digit_is_caught_beside_its_field(browser: Browser) -> None:
    browser.get("/employer/login")
    response = browser.post("/employer/login", credit_code="914101811705080421", password="")
    assert response.status_code == 422
    assert 'id="credit_code-wrong"' in response.text
    assert 'aria-invalid="true"' in response.text


def test_in_development_the_picture_tells_its_answer_to_scripts(browser: Browser, bus: FakeBus) -> None:
    assert f'data-answer="{example(PictureCodeView).answer}"' in browser.get("/employer/login").text


def test_the_administrator_asks_for_a_code_without_scripts_too(browser: Browser, bus: FakeBus) -> None:
    address = f"/employer/administrator?credit_code={people.CODE}"
    browser.get(address)
    response = browser.post(address, action="sms", phone="19903700001", password="Song-Shan-2023")
    asked = bus.last(RequestSmsCode)
    assert (asked.credit_code, asked.phone) == (people.CODE, "19903700001")
    assert "验证码短信已发出" in response.text
    assert "Song-Shan-2023" not in response.text


def test_the_administrator_registers_and_is_at_home_at_once(browser: Browser, bus: FakeBus) -> None:
    bus.answers[RegisterAdministrator] = fresh()
    address = f"/employer/administrator?credit_code={people.CODE}"
    browser.get(address)
    response = browser.post(
        address,
        action="register",
        password=" Song Shan ",
        password_again=" Song Shan ",
        phone="19903700001",
        sms_code="123456",
    )
    assert (response.status_code, response.headers["Location"]) == (303, "/employer/")
    assert bus.last(RegisterAdministrator).password == " Song Shan "


def test_two_different_passwords_are_caught_here(browser: Browser, bus: FakeBus) -> None:
    address = f"/employer/administrator?credit_code={people.CODE}"
    browser.get(address)
    response = browser.post(address, action="register", password="one", password_again="two")
    assert "两次输入的密码不一致" in response.text
    assert not bus.requests(RegisterAdministrator)


def test_opening_the_online_service_ends_on_the_page_that_says_so(browser: Browser, bus: FakeBus) -> None:
    browser.get("/employer/register")
    response = browser.post(
        "/employer/register",
        credit_code=people.CODE,
        unit_name=" 巩义市恒远精密制造有限公司 ",
        phone="19903700001",
        agreement="yes",
    )
    assert response.headers["Location"] == "/employer/registered"
    assert bus.last(RegisterEmployer).agreement == "2023-01"
    assert bus.last(RegisterEmployer).unit_name == "巩义市恒远精密制造有限公司"
    assert "返回登录页" in browser.get("/employer/registered").text


def test_without_the_tick_nothing_is_opened_and_what_was_typed_stays(browser: Browser, bus: FakeBus) -> None:
    browser.get("/employer/register")
    response = browser.post("/employer/register", credit_code=people.CODE, unit_name="某公司", phone="1")
    assert not bus.requests(RegisterEmployer)
    assert 'id="agreement-wrong"' in response.text
    assert 'id="phone-wrong"' in response.text
    assert 'value="某公司"' in response.text


def test_after_silence_the_same_form_keeps_its_id(browser: Browser, bus: FakeBus) -> None:
    bus.answers[RegisterEmployer] = Unavailable("register_employer")
    browser.get("/employer/register")
    first = browser.hidden()["once"]
    given = {"credit_code": people.CODE, "unit_name": "某公司", "phone": "19903700001", "agreement": "yes"}
    response = browser.post("/employer/register", **given)
    assert response.status_code == 503
    assert browser.hidden()["once"] == first


# ---- home, pop-up, messages


def test_the_pop_up_comes_once_after_the_sign_in(browser: Browser, bus: FakeBus) -> None:
    bus.answers.update({SignInEmployer: admitted(), ListPrompts: open_prompt()})
    browser.get("/employer/login")
    browser.post("/employer/login", credit_code=people.CODE, password="x", picture_code="x")
    first, second = browser.get("/employer/").text, browser.get("/employer/").text
    assert '<dialog id="popup"' in first
    assert f'href="{PAGE}"' in first
    assert "<dialog" not in second


def test_a_page_that_heard_a_nudge_gets_the_pop_up_alone(employer: Browser, bus: FakeBus) -> None:
    bus.answers[ListPrompts] = open_prompt()
    response = employer.get("/employer/popup")
    assert response.text.lstrip().startswith("<dialog")
    bus.answers[ListPrompts] = PromptsView(prompts=())
    assert employer.get("/employer/popup").status_code == 204


def test_home_counts_what_waits_what_is_under_way_and_what_is_done(employer: Browser) -> None:
    page = employer.get("/employer/").text
    assert all(word in page for word in ("待办", "在办", "已办", "业务菜单", "公示", "政策"))


def test_what_was_cancelled_stays_among_the_messages(employer: Browser, bus: FakeBus) -> None:
    bus.answers[ListPrompts] = open_prompt()
    page = employer.get("/employer/messages").text
    assert "237,137.15" in page
    assert f'href="{PAGE}"' in page


# ---- confirmation


def test_the_refund_shows_every_number_with_its_derivation(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting()
    page = employer.get(PAGE).text
    shown = (
        "410181000327",
        people.CODE,
        "790,457.17",
        "30%",
        "237,137.15",
        "****1046",
        "中国银行",
        "199****0001",
    )
    assert all(value in page for value in shown)


def test_nothing_is_preselected_between_taking_and_waiving(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting()
    assert " checked" not in employer.get(PAGE).text


def open_the_statement(employer: Browser, bus: FakeBus) -> Any:
    """Open the statement; the page then carries the reading."""
    bus.answers[GetRefund] = waiting()
    employer.get(PAGE)
    return employer.post(f"{PAGE}/statement")


def test_opening_the_statement_starts_the_clock_of_the_server(employer: Browser, bus: FakeBus) -> None:
    response = open_the_statement(employer, bus)
    assert bus.last(OpenStatement).refund_id.hex == REFUND.replace("-", "")
    assert '<dialog id="statement"' in response.text
    assert READING in response.text


def test_opening_it_again_by_reloading_goes_on_with_the_same_reading(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting()
    employer.get(PAGE)
    once = employer.hidden()["once"]
    for _ in range(2):
        employer.client.post(f"{PAGE}/statement", data={**employer.hidden(), "once": once})
    first, second = bus.requests(OpenStatement)
    assert first.id == second.id


def test_a_choice_is_saved_into_the_to_do_list(employer: Browser, bus: FakeBus) -> None:
    open_the_statement(employer, bus)
    response = employer.post(PAGE, agreed="yes", choice="confirmed")
    assert response.headers["Location"].startswith("/employer/todos?saved=")
    saved = bus.last(SaveChoice)
    assert (str(saved.reading_id), saved.agreed, saved.choice.value) == (READING, True, "confirmed")
    assert "进入待办区" in employer.get("/employer/todos").text


def test_saving_too_early_says_how_many_seconds_are_left_and_keeps_the_choice(
    employer: Browser, bus: FakeBus
) -> None:
    open_the_statement(employer, bus)
    reading = employer.hidden()["reading"]
    bus.answers[SaveChoice] = Refused("statement_too_short", "", seconds_left=7)
    response = employer.post(PAGE, agreed="yes", choice="waived")
    assert response.status_code == 422
    assert "还差 7 秒" in response.text
    assert 'value="waived" checked' in response.text
    assert str(bus.last(OpenStatement).id) == reading
    assert employer.hidden()["reading"] == reading


@pytest.mark.parametrize(
    ("sent", "field"), [({"agreed": "yes"}, "choice"), ({"choice": "confirmed"}, "reading_id")]
)
def test_saving_without_choice_or_reading_says_which(
    employer: Browser, bus: FakeBus, sent: dict[str, str], field: str
) -> None:
    bus.answers[GetRefund] = waiting()
    employer.get(PAGE)
    response = employer.post(PAGE, **sent)
    assert f'id="{field}-wrong"' in response.text
    assert not bus.requests(SaveChoice)


def test_after_the_notice_the_page_says_why_there_is_no_form(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting(state="noticed", choice="confirmed", noticed_at="2023-09-15T01:00:00Z")
    page = employer.get(PAGE).text
    assert "公示以后，不允许再做确认" in page
    assert 'type="radio"' not in page


def test_after_the_last_day_the_page_says_why_there_is_no_form(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting(deadline="2020-12-31")
    page = employer.get(PAGE).text
    assert "确认期限 2020-12-31 已过" in page
    assert 'type="radio"' not in page


def test_an_answered_refund_can_be_answered_again(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting(
        state="waived", choice="waived", revision=2, chosen_at="2023-09-14T02:30:00Z"
    )
    page = employer.get(PAGE).text
    assert "以最后一次确认结果为准" in page
    assert 'type="radio"' in page


def test_a_refund_that_is_not_there_is_a_page_that_says_so(employer: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = Missing("refund_missing", "there is no such refund")
    response = employer.get(PAGE)
    assert response.status_code == 404
    assert "没有该返还" in response.text


# ---- 待办 and 已办


def test_submitting_says_how_many_succeeded(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    response = employer.post("/employer/todos", todo_ids=[TODO], action="submit")
    assert response.headers["Location"] == "/employer/todos"
    assert [str(todo) for todo in bus.last(SubmitTodos).todo_ids] == [TODO]
    assert "本次提交 1 条，成功 1 条，失败 0 条" in employer.get("/employer/todos").text
    assert "本次提交" not in employer.get("/employer/todos").text


def test_a_failed_item_says_what_to_do(employer: Browser, bus: FakeBus) -> None:
    item = {"todo_id": TODO, "refund_id": None, "succeeded": False, "code": "refund_noticed"}
    bus.answers[SubmitTodos] = SubmissionView(submitted=1, succeeded=0, failed=1, items=(item,))
    employer.get("/employer/todos")
    employer.post("/employer/todos", todo_ids=[TODO], action="submit")
    page = employer.get("/employer/todos").text
    assert "失败 1 条" in page
    assert "公示以后不允许再做确认" in page


def test_submitting_nothing_asks_to_tick_something(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    response = employer.post("/employer/todos", action="submit")
    assert "请先勾选要办理的事项" in response.text
    assert not bus.requests(SubmitTodos)


def test_items_can_be_deleted(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    employer.post("/employer/todos", todo_ids=[TODO], action="delete")
    assert [str(todo) for todo in bus.last(DeleteTodos).todo_ids] == [TODO]
    assert not bus.requests(SubmitTodos)


def test_an_empty_to_do_list_offers_nothing_to_press(employer: Browser, bus: FakeBus) -> None:
    bus.answers[ListTodos] = TodosView(todos=())
    page = employer.get("/employer/todos").text
    assert "没有待提交的事项" in page
    assert 'value="submit"' not in page


def test_done_lists_every_slip_or_says_that_it_is_on_its_way(employer: Browser, bus: FakeBus) -> None:
    assert f"{PAGE}/slips/1.pdf" in employer.get("/employer/done").text
    bus.answers[ListSlips] = SlipsView(slips=())
    assert "正在归档" in employer.get("/employer/done").text
