"""The second step of signing in, for all three portals, and the form without a picture."""

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from services.contracts.base import Request
from services.contracts.errors import Refused
from services.contracts.identity.sessions import (
    EnrolClerk,
    FinishSignIn,
    ResendSignInCode,
    SecondStepView,
    SessionView,
    SignInClerk,
    SignInEmployer,
    SignInPerson,
    SignInView,
)
from services.contracts.identity.verification import IssuePictureCode
from services.contracts.values import Actor
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_sessions import admitted, fresh, session_cookie

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI = f"otpauth://totp/Wengang:li?secret={SECRET}&issuer=Wengang"
DEVICE = "a-device-of-thirty-two-characters"

# portal, request, who comes in, what was typed
PORTALS: list[tuple[str, type[Request[Any]], Actor, dict[str, str]]] = [
    ("employer", SignInEmployer, people.EMPLOYER, {"credit_code": people.CODE}),
    ("personal", SignInPerson, people.PERSON, {"id_number": "41018119900307105X"}),
    ("clerk", SignInClerk, people.RECEPTION, {"account": "li"}),
]


def asked_for(factor: str, **more: Any) -> SignInView:
    """Return what identity answers when a second step is wanted."""
    step = {"factor": factor, "phone_masked": None, "resend_after_seconds": None}
    step |= {"phone_masked": "199****0001", "resend_after_seconds": 60} if factor == "sms" else {}
    return SignInView(second_step=example(SecondStepView, **{**step, **more}))


def begin(browser: Browser, bus: FakeBus, portal: str, factor: str = "sms", **more: Any) -> Any:
    """Sign in as far as the second step."""
    _, kind, _, typed = next(one for one in PORTALS if one[0] == portal)
    bus.answers[kind] = asked_for(factor, **more)
    browser.get(f"/{portal}/login?next=/{portal}/account")
    return browser.post(
        f"/{portal}/login?next=/{portal}/account", **typed, password="Song-Shan", picture_code="8k3p"
    )


def cookie(response: Any, name: str) -> str:
    """Return the line that sets a cookie, or nothing."""
    lines = response.headers.getlist("Set-Cookie")
    return next((line for line in lines if line.startswith(f"{name}=")), "")


@pytest.mark.parametrize(("portal", "kind", "actor", "typed"), PORTALS)
def test_a_code_leads_on_to_where_the_visitor_wanted_to_go(
    browser: Browser, bus: FakeBus, portal: str, kind: type[Request[Any]], actor: Actor, typed: dict[str, str]
) -> None:
    factor = "totp" if portal == "clerk" else "sms"
    response = begin(browser, bus, portal, factor)
    where = f"/{portal}/second-step?next=/{portal}/account"
    assert (response.status_code, response.headers["Location"]) == (303, where)
    assert not session_cookie(response)
    bus.answers[FinishSignIn] = fresh(actor)
    browser.get(where)
    response = browser.post(where, code="135790")
    assert (response.status_code, response.headers["Location"]) == (303, f"/{portal}/account")
    assert session_cookie(response)
    asked = bus.last(FinishSignIn)
    assert (asked.sign_in_id, asked.code) == (example(SecondStepView).sign_in_id, "135790")
    assert asked.remember_device is False
    assert browser.get(where).headers["Location"] == f"/{portal}/login"


def test_the_page_names_the_phone_in_part_and_when_to_ask_again(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "employer")
    page = browser.get("/employer/second-step").text
    assert "199****0001" in page
    left = re.search(r'data-left="(\d+)"', page)
    assert left and 50 <= int(left[1]) <= 60
    assert 'name="remember_device"' in page


def test_an_authenticator_asks_for_no_sms_and_remembers_no_device(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "clerk", "totp")
    page = browser.get("/clerk/second-step").text
    assert "动态口令" in page
    assert 'value="resend"' not in page and "remember_device" not in page


def test_the_code_is_sent_again_without_scripts(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "personal")
    browser.get("/personal/second-step")
    response = browser.post("/personal/second-step", action="resend", code="")
    assert bus.last(ResendSignInCode).sign_in_id == example(SecondStepView).sign_in_id
    assert "已重新发送" in response.text
    bus.answers[ResendSignInCode] = Refused("sms_too_soon", "", seconds_left=42)
    response = browser.post("/personal/second-step", action="resend", code="")
    assert response.status_code == 422
    assert "42 秒" in response.text
    assert not bus.requests(FinishSignIn)


def test_a_wrong_code_says_how_many_tries_are_left(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "employer")
    browser.get("/employer/second-step")
    bus.answers[FinishSignIn] = Refused("second_step_wrong", "", tries_left=3)
    response = browser.post("/employer/second-step", code="000000")
    assert response.status_code == 422
    assert "还可以再试 3 次" in response.text
    assert not session_cookie(response)


def test_a_code_that_cannot_be_one_is_caught_beside_its_field(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "employer")
    browser.get("/employer/second-step")
    assert 'id="code-wrong"' in browser.post("/employer/second-step", code="12345").text
    assert not bus.requests(FinishSignIn)


@pytest.mark.parametrize("action", ["", "resend"])
def test_a_step_that_is_over_leads_back_to_the_sign_in(browser: Browser, bus: FakeBus, action: str) -> None:
    begin(browser, bus, "employer")
    browser.get("/employer/second-step")
    bus.answers[FinishSignIn] = bus.answers[ResendSignInCode] = Refused("second_step_over")
    response = browser.post("/employer/second-step", code="135790", action=action)
    assert response.headers["Location"] == "/employer/login"
    assert "登录的第二步已失效" in browser.get("/employer/login").text


@pytest.mark.parametrize("portal", ["employer", "personal", "clerk"])
def test_without_a_first_step_there_is_no_second(browser: Browser, bus: FakeBus, portal: str) -> None:
    address = f"/{portal}/second-step"
    assert browser.get(address).headers["Location"] == f"/{portal}/login"
    browser.get(f"/{portal}/login")
    assert browser.post(address, code="135790").headers["Location"] == f"/{portal}/login"
    assert not bus.requests(FinishSignIn)


# ---- devices


def test_a_remembered_device_is_kept_away_from_scripts_and_told_the_next_time(
    browser: Browser, bus: FakeBus
) -> None:
    begin(browser, bus, "employer")
    browser.get("/employer/second-step")
    bus.answers[FinishSignIn] = SessionView(**{**dict(fresh()), "device": DEVICE})
    response = browser.post("/employer/second-step", code="135790", remember_device="yes")
    assert bus.last(FinishSignIn).remember_device is True
    line = cookie(response, "wengang_device_employer")
    assert line.startswith(f"wengang_device_employer={DEVICE};")
    assert "; HttpOnly" in line and "SameSite=Lax" in line and "Max-Age=15552000" in line
    browser.client.delete_cookie("wengang_session")
    begin(browser, bus, "employer")
    assert bus.last(SignInEmployer).device == DEVICE
    begin(browser, bus, "personal")
    assert bus.last(SignInPerson).device is None, "each door has its own"


def test_without_the_tick_no_device_is_kept(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInEmployer] = admitted()
    browser.get("/employer/login")
    response = browser.post("/employer/login", credit_code=people.CODE, password="x", picture_code="x")
    assert "wengang_device" not in str(response.headers)


def test_the_api_knows_a_device_by_cookie_or_by_what_is_said(browser: Browser, bus: FakeBus) -> None:
    body = {"credit_code": people.CODE, "password": "x"}
    browser.client.set_cookie("wengang_device_employer", DEVICE)
    for said in (None, "another-device-of-its-own"):
        browser.client.post("/api/v1/sessions/employer", json={**body, "device": said})
        assert bus.last(SignInEmployer).device == (said or DEVICE)


@pytest.mark.parametrize("kept", ["short", "x" * 101])
def test_a_device_cookie_that_cannot_be_one_is_none(browser: Browser, bus: FakeBus, kept: str) -> None:
    browser.client.set_cookie("wengang_device_employer", kept)
    begin(browser, bus, "employer")
    assert bus.last(SignInEmployer).device is None


def test_the_device_cookie_travels_by_https_only_in_production(
    make_app: Callable[..., OpenAPI], bus: FakeBus
) -> None:
    bus.answers[FinishSignIn] = SessionView(**{**dict(fresh()), "device": DEVICE})
    app = make_app(environment="production", url="https://example.gov.cn")
    body = {"sign_in_id": str(example(SecondStepView).sign_in_id), "code": "135790", "remember_device": True}
    response = app.test_client().post("/api/v1/sessions/second-step", json=body)
    assert "; Secure" in cookie(response, "wengang_device_employer")


# ---- a clerk's authenticator


def test_enrolment_shows_the_secret_once_and_keeps_it_out_of_the_cookies(
    browser: Browser, bus: FakeBus
) -> None:
    response = begin(browser, bus, "clerk", "enrolment", secret=SECRET, uri=URI)
    assert response.status_code == 200
    assert 'src="data:image/png;base64,' in response.text
    assert "JBSW Y3DP EHPK 3PXP" in response.text
    kept = cookie(response, "wengang_form").partition("=")[2].split(";")[0]
    assert "second_step" in (told := inside(kept))
    assert SECRET not in kept + told
    assert browser.get("/clerk/second-step").headers["Location"] == "/clerk/login"


def inside(cookie_value: str) -> str:
    """Return what anybody can read in a signed cookie."""
    payload = cookie_value.lstrip(".").split(".")[0]
    data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return json.dumps(json.loads(zlib.decompress(data) if cookie_value.startswith(".") else data))


def test_enrolment_takes_an_own_password_and_a_code(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "clerk", "enrolment", secret=SECRET, uri=URI)
    where = "/clerk/second-step?next=/clerk/account"
    given = {"password": "Tai-Shan-2024", "code": "135790"}
    response = browser.post(where, **given, password_again="another")
    assert "两次输入的密码不一致" in response.text
    assert 'src="data:image/png;base64,' in response.text, "the same secret is still there to scan"
    bus.answers[EnrolClerk] = Refused("second_step_wrong", "", tries_left=4)
    assert SECRET in browser.post(where, **given, password_again="Tai-Shan-2024").text
    bus.answers[EnrolClerk] = fresh(people.RECEPTION)
    response = browser.post(where, **given, password_again="Tai-Shan-2024")
    assert response.headers["Location"] == "/clerk/account"
    asked = bus.last(EnrolClerk)
    assert (asked.password, asked.code) == ("Tai-Shan-2024", "135790")


@pytest.mark.parametrize(
    "uri", ["", "https://evil.example/", "otpauth://hotp/x", "otpauth://totp/" + "x" * 9000]
)
def test_whatever_comes_back_instead_of_the_secret_breaks_nothing(
    browser: Browser, bus: FakeBus, uri: str
) -> None:
    begin(browser, bus, "clerk", "enrolment", secret=SECRET, uri=URI)
    response = browser.post("/clerk/second-step", uri=uri, password="x", password_again="x", code="1")
    assert response.status_code == 422
    assert "evil.example" not in response.text


def test_the_code_of_an_authenticator_is_shown_in_development_only(browser: Browser, bus: FakeBus) -> None:
    begin(browser, bus, "clerk", "totp", answer="246802")
    page = browser.get("/clerk/second-step").text
    assert 'data-answer="246802"' in page and "开发环境" in page
    begin(browser, bus, "clerk", "totp")
    assert "开发环境" not in browser.get("/clerk/second-step").text


# ---- no picture


@pytest.mark.parametrize(("portal", "kind", "actor", "typed"), PORTALS)
def test_who_cannot_read_the_picture_goes_on_without(
    browser: Browser, bus: FakeBus, portal: str, kind: type[Request[Any]], actor: Actor, typed: dict[str, str]
) -> None:
    page = browser.get(f"/{portal}/login").text
    assert f'href="/{portal}/login?picture=none"' in page
    assert ("动态口令" if portal == "clerk" else "短信验证码") in page
    bus.asked.clear()
    page = browser.get(f"/{portal}/login?picture=none").text
    assert not bus.requests(IssuePictureCode)
    assert 'name="picture_code"' not in page and f'href="/{portal}/login"' in page
    bus.answers[kind] = asked_for("totp" if portal == "clerk" else "sms")
    browser.post(f"/{portal}/login?picture=none", **typed, password="x")
    asked = bus.last(kind)
    assert (asked.picture_id, asked.picture_code) == (None, None)


def test_a_picture_that_was_not_read_is_not_the_same_as_none(browser: Browser, bus: FakeBus) -> None:
    browser.get("/employer/login")
    response = browser.post("/employer/login", credit_code=people.CODE, password="x", picture_code="")
    assert 'id="picture_code-wrong"' in response.text
    assert not bus.requests(SignInEmployer)
