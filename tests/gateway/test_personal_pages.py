"""The personal portal: register, sign in, declare a maintenance, look after the account."""

from typing import Any

import pytest

from services.chassis.rpc_client import Unavailable
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.identity.credit_codes import (
    DeclareMaintenance,
    ListMaintenances,
    MaintenancesView,
    MaintenanceView,
)
from services.contracts.identity.persons import (
    ChangePersonPassword,
    ChangePersonPhone,
    GetPerson,
    PersonView,
    RegisterPerson,
    RequestPersonCode,
    ResetPersonPassword,
)
from services.contracts.identity.sessions import EndSession, ListSessions, SignInPerson, SignOut
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_sessions import admitted, session_cookie

NUMBER = "41018119900307105X"
PHONE = "13900000001"
REGISTRATION = {
    "id_number": NUMBER.lower(),
    "full_name": " 王喆 ",
    "phone": PHONE,
    "sms_code": "123456",
    "password": "Song-Shan-2023",
    "password_again": "Song-Shan-2023",
    "agreement": "yes",
}
DECLARATION = {
    "credit_code": people.CODE.lower(),
    "unit_no": "410181000327",
    "unit_name": "巩义市恒远精密制造有限公司",
    "handler_name": "张敏",
    "handler_phone": "19903700001",
}


@pytest.fixture
def person(browser: Browser) -> Browser:
    """Return the browser of a person."""
    browser.sign_in(people.PERSON)
    return browser


# ---- registration


def test_whoever_registers_lands_on_a_page_that_leads_back_to_the_sign_in(
    browser: Browser, bus: FakeBus
) -> None:
    browser.get("/personal/register")
    response = browser.post("/personal/register", **REGISTRATION)
    assert response.headers["Location"] == "/personal/registered"
    asked = bus.last(RegisterPerson)
    assert (asked.id_number, asked.full_name, asked.agreement) == (NUMBER, "王喆", "2023-01")
    page = browser.get("/personal/registered").text
    assert 'href="/personal/login"' in page
    assert "以前没有注册过" in page and "以前注册过的" in page


def test_the_phone_gets_its_code_without_scripts_too(browser: Browser, bus: FakeBus) -> None:
    browser.get("/personal/register")
    response = browser.post("/personal/register", **{**REGISTRATION, "action": "sms"})
    asked = bus.last(RequestPersonCode)
    assert (asked.purpose, asked.id_number, asked.phone) == ("register_person", NUMBER, PHONE)
    assert "验证码短信已发出" in response.text
    assert "Song-Shan-2023" not in response.text
    assert not bus.requests(RegisterPerson)


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    browser: Browser, bus: FakeBus
) -> None:
    browser.get("/personal/register")
    given = {**REGISTRATION, "id_number": "410181199003071051", "phone": "1"}
    del given["agreement"]
    response = browser.post("/personal/register", **given)
    assert response.status_code == 422
    for name in ("id_number", "phone", "agreement"):
        assert f'id="{name}-wrong"' in response.text
    assert 'value="410181199003071051"' in response.text
    assert not bus.requests(RegisterPerson)


def test_the_way_to_the_employer_portal_shows_where_one_stands(person: Browser) -> None:
    pages = {
        "/personal/register": "个人网厅注册",
        "/personal/maintenances/new": "维护申报",
        "/employer/register": "单位网厅注册",
        f"/employer/administrator?credit_code={people.CODE}": "单位管理员注册",
    }
    for address, step in pages.items():
        page = person.get(address).text
        assert page.count('aria-current="step"') == 1
        assert f'<li aria-current="step">{step}</li>' in page


# ---- sign-in


def test_a_person_signs_in_by_id_number_and_is_at_home(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInPerson] = admitted(people.PERSON)
    browser.get("/personal/login")
    response = browser.post("/personal/login", id_number=NUMBER.lower(), password=" x ", picture_code="8k3p")
    assert (response.status_code, response.headers["Location"]) == (303, "/personal/")
    assert "HttpOnly" in session_cookie(response)
    asked = bus.last(SignInPerson)
    assert (asked.id_number, asked.password, asked.picture_code) == (NUMBER, " x ", "8k3p")
    assert browser.get("/personal/login").headers["Location"] == "/personal/"


def test_a_refused_person_learns_only_what_everybody_learns(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInPerson] = Refused("sign_in_failed")
    browser.get("/personal/login")
    response = browser.post("/personal/login", id_number=NUMBER, password="x", picture_code="x")
    assert response.status_code == 422
    assert "账号或密码不正确" in response.text


def test_a_lost_password_is_set_anew_with_a_code(browser: Browser, bus: FakeBus) -> None:
    browser.get("/personal/forgotten")
    given = {name: REGISTRATION[name] for name in ("id_number", "phone", "sms_code", "password")}
    page = browser.post("/personal/forgotten", action="sms", **given).text
    assert bus.last(RequestPersonCode).purpose == "reset_person_password"
    assert "如果身份证号与注册手机号一致" in page
    response = browser.post("/personal/forgotten", **given, password_again=given["password"])
    assert response.headers["Location"] == "/personal/login"
    assert bus.last(ResetPersonPassword).id_number == NUMBER
    assert "密码已重设" in browser.get("/personal/login").text


def test_signing_out_leads_back_to_the_personal_door(person: Browser, bus: FakeBus) -> None:
    person.get("/personal/")
    assert person.post("/sign-out").headers["Location"] == "/personal/login"
    assert bus.requests(SignOut)


# ---- maintenance


def test_a_maintenance_is_declared_and_then_stands_in_the_list(person: Browser, bus: FakeBus) -> None:
    person.get("/personal/maintenances/new")
    response = person.post("/personal/maintenances/new", **DECLARATION)
    assert response.headers["Location"] == "/personal/"
    asked = bus.last(DeclareMaintenance)
    assert (asked.credit_code, asked.handler_phone) == (people.CODE, "19903700001")
    assert "申报已提交" in person.get("/personal/").text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unit_registered", "不能再维护"),
        ("maintenance_limit_total", "次数已达"),
        ("maintenance_limit_day", "今天已维护"),
        ("credit_code_tied", "已与其他单位编号绑定"),
        ("maintenance_pending", "等待受理"),
    ],
)
def test_a_refused_declaration_says_why_and_keeps_what_was_typed(
    person: Browser, bus: FakeBus, code: str, words: str
) -> None:
    bus.answers[DeclareMaintenance] = Refused(code, "", limit=3)
    person.get("/personal/maintenances/new")
    response = person.post("/personal/maintenances/new", **DECLARATION)
    assert response.status_code == 422
    assert words in response.text
    assert 'value="张敏"' in response.text


def test_the_list_shows_state_and_reason_and_what_comes_next(person: Browser, bus: FakeBus) -> None:
    states: list[dict[str, Any]] = [
        {"state": "declared", "decided_at": None, "decided_by": None},
        {"state": "refused", "reason": "单位名称与参保登记不符"},
        {"state": "accepted"},
    ]
    found = tuple(example(MaintenanceView, **state) for state in states)
    bus.answers[ListMaintenances] = MaintenancesView(maintenances=found, next_after=found[-1].maintenance_id)
    page = person.get("/personal/").text
    for words in ("待受理", "不予受理", "单位名称与参保登记不符", "已受理", "199****0001"):
        assert words in page
    assert 'href="/employer/register"' in page
    assert f"?after={found[-1].maintenance_id}" in page
    person.get(f"/personal/?after={found[-1].maintenance_id}")
    assert bus.last(ListMaintenances).after == found[-1].maintenance_id


def test_an_address_that_makes_no_sense_shows_the_first_page(person: Browser, bus: FakeBus) -> None:
    response = person.get("/personal/?after=yesterday")
    assert response.status_code == 422
    assert bus.last(ListMaintenances).after is None


def test_an_empty_list_says_what_to_do(person: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = MaintenancesView(maintenances=(), next_after=None)
    assert "还没有申报" in person.get("/personal/").text


# ---- account


def test_the_profile_is_masked_and_the_sign_ins_stand_below(person: Browser, bus: FakeBus) -> None:
    page = person.get("/personal/account").text
    profile = example(PersonView)
    assert profile.id_number_masked in page and profile.phone_masked in page
    assert NUMBER not in page
    assert "当前设备" in page
    assert bus.requests(GetPerson) and bus.requests(ListSessions)


def test_the_new_phone_gets_a_code_and_the_password_is_asked_for(person: Browser, bus: FakeBus) -> None:
    person.get("/personal/phone")
    page = person.post("/personal/phone", action="sms", phone=PHONE).text
    asked = bus.last(RequestPersonCode)
    assert (asked.purpose, asked.id_number, asked.phone) == ("change_person_phone", None, PHONE)
    assert "已发往新手机" in page
    response = person.post("/personal/phone", phone=PHONE, sms_code="123456", password="Song-Shan-2023")
    assert response.headers["Location"] == "/personal/account"
    assert bus.last(ChangePersonPhone).sms_code == "123456"


def test_the_password_is_changed_with_the_old_one(person: Browser, bus: FakeBus) -> None:
    person.get("/personal/password")
    given = {"old_password": "old", "password": "Song-Shan-2024", "password_again": "Song-Shan-2024"}
    assert person.post("/personal/password", **given).headers["Location"] == "/personal/account"
    assert bus.last(ChangePersonPassword).old_password == "old"
    bus.answers[ChangePersonPassword] = Refused("password_wrong")
    refused = person.post("/personal/password", **given)
    assert refused.status_code == 422
    assert "Song-Shan-2024" not in refused.text


def test_a_sign_in_on_another_device_can_be_ended(person: Browser, bus: FakeBus) -> None:
    there = example(ListSessions.answer_type()).sessions[0].model_copy(update={"is_this": False})
    bus.answers[ListSessions] = ListSessions.answer_type()(sessions=(there,))
    person.get("/personal/account")
    response = person.post(f"/sign-ins/{there.session_id}/end")
    assert response.headers["Location"] == "/personal/account"
    assert bus.last(EndSession).session_id == there.session_id
    assert "已退出" in person.get("/personal/account").text


def test_ending_a_sign_in_never_leads_to_another_site(person: Browser) -> None:
    person.get("/personal/account")
    response = person.post("/sign-ins/018a91b2-7c40-7000-8000-000000000016/end", back="//evil.example/")
    assert response.headers["Location"] == "/personal/"


@pytest.mark.parametrize("address", ["/personal/phone", "/personal/password", "/personal/maintenances/new"])
def test_silence_of_a_service_keeps_the_form_and_its_id(person: Browser, bus: FakeBus, address: str) -> None:
    for kind in (ChangePersonPhone, ChangePersonPassword, DeclareMaintenance):
        bus.answers[kind] = Unavailable(kind.name)
    person.get(address)
    once = person.hidden()["once"]
    secrets = {"old_password": "x", "password": "y", "password_again": "y"}
    response = person.post(address, **DECLARATION, **secrets, phone=PHONE, sms_code="123456")
    assert response.status_code == 503
    assert person.hidden()["once"] == once


def test_what_goes_wrong_leads_back_to_the_own_portal(person: Browser, bus: FakeBus) -> None:
    bus.answers[GetPerson] = Missing("person_missing")
    response = person.get("/personal/account")
    assert response.status_code == 404
    assert 'href="/personal/"' in response.text
    bus.answers[GetPerson] = Forbidden("session_over")
    assert person.get("/personal/account").headers["Location"] == "/personal/login"
