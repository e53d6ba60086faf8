"""The session cookie: kept away from scripts, renewed in use, taken back when the sign-in is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from services.chassis.rpc_client import Unavailable
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.sessions import (
    RenewSession,
    SessionView,
    SignInEmployer,
    SignInView,
    SignOut,
)
from services.contracts.subsidy.confirmation import ListTodos
from services.contracts.values import Actor
from tests import people
from tests.gateway.bus import FakeBus
from tests.gateway.conftest import Browser


def fresh(actor: Actor = people.EMPLOYER) -> SessionView:
    """Return what identity answers: a session for another minute."""
    expires_at = datetime.now(UTC) + timedelta(seconds=60)
    return SessionView(token=people.session(actor, 61), expires_at=expires_at, actor=actor)


def admitted(actor: Actor = people.EMPLOYER) -> SignInView:
    """Return what identity answers when no second step is asked for."""
    return SignInView(session=fresh(actor))


def session_cookie(response: Any) -> str:
    """Return the line that sets the session cookie, or nothing."""
    lines = response.headers.getlist("Set-Cookie")
    return next((line for line in lines if line.startswith("wengang_session=")), "")


def sign_in(browser: Browser, bus: FakeBus, address: str = "/employer/login") -> Any:
    """Fill in the form and send it."""
    bus.answers[SignInEmployer] = admitted()
    browser.get(address)
    return browser.post(address, credit_code=people.CODE.lower(), password="Song-Shan", picture_code="8k3p")


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(
    browser: Browser, bus: FakeBus
) -> None:
    response = sign_in(browser, bus)
    assert (response.status_code, response.headers["Location"]) == (303, "/employer/")
    assert "; HttpOnly" in session_cookie(response)
    assert "SameSite=Lax" in session_cookie(response)
    assert bus.last(SignInEmployer).credit_code == people.CODE


def test_in_production_cookies_travel_by_https_only(make_app: Callable[..., OpenAPI], bus: FakeBus) -> None:
    app = make_app(environment="production", url="https://example.gov.cn")
    with app.test_client() as client:
        browser = Browser(client)
        bus.answers[SignInEmployer] = admitted()
        page = client.get("/employer/login", base_url="https://example.gov.cn")
        browser.page = page.text
        response = client.post(
            "/employer/login",
            base_url="https://example.gov.cn",
            headers={"Referer": "https://example.gov.cn/employer/login"},
            data={**browser.hidden(), "credit_code": people.CODE, "password": "x", "picture_code": "x"},
        )
    assert response.status_code == 303
    assert all("; Secure" in line for line in response.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_signing_in_never_leads_to_another_site(browser: Browser, bus: FakeBus, target: str) -> None:
    response = sign_in(browser, bus, f"/employer/login?next={target}")
    assert response.headers["Location"] == "/employer/"


def test_signing_in_leads_to_where_the_visitor_wanted_to_go(browser: Browser, bus: FakeBus) -> None:
    response = sign_in(browser, bus, "/employer/login?next=/employer/todos")
    assert response.headers["Location"] == "/employer/todos"


def test_a_session_with_time_left_is_used_as_it_is(employer: Browser, bus: FakeBus) -> None:
    response = employer.get("/employer/todos")
    assert not bus.requests(RenewSession)
    assert not session_cookie(response)


@pytest.mark.parametrize("left", [8, -30])
def test_a_session_that_ends_soon_or_has_ended_is_renewed(browser: Browser, bus: FakeBus, left: int) -> None:
    bus.answers[RenewSession] = renewed = fresh()
    browser.sign_in(people.EMPLOYER, lifetime=left)
    response = browser.get("/employer/todos")
    assert response.status_code == 200
    assert session_cookie(response).startswith(f"wengang_session={renewed.token};")
    assert [asked.session for asked in bus.asked if isinstance(asked.request, ListTodos)] == [renewed.token]


def test_when_identity_refuses_the_cookie_goes_and_the_visitor_is_told(
    browser: Browser, bus: FakeBus
) -> None:
    bus.answers[RenewSession] = Forbidden("session_over", "sign in again")
    browser.sign_in(people.EMPLOYER, lifetime=-1)
    response = browser.get("/employer/todos")
    assert response.headers["Location"] == "/employer/login?next=/employer/todos"
    assert "Max-Age=0" in session_cookie(response)
    assert "请重新登录" in browser.get("/employer/login").text


def test_while_identity_is_away_a_session_that_is_still_good_will_do(browser: Browser, bus: FakeBus) -> None:
    bus.answers[RenewSession] = Unavailable("renew_session")
    browser.sign_in(people.EMPLOYER, lifetime=5)
    assert browser.get("/employer/todos").status_code == 200


def test_while_identity_is_away_public_pages_go_on_and_others_say_so(browser: Browser, bus: FakeBus) -> None:
    bus.answers[RenewSession] = Unavailable("renew_session")
    browser.sign_in(people.EMPLOYER, lifetime=-5)
    assert browser.get("/").status_code == 200
    response = browser.get("/employer/todos")
    assert response.status_code == 503
    assert "服务暂时没有响应" in response.text
    assert not session_cookie(response)


def test_a_forged_session_is_nobody(browser: Browser, bus: FakeBus) -> None:
    bus.answers[RenewSession] = Forbidden("session_invalid", "Signature verification failed")
    browser.client.set_cookie("wengang_session", people.session(people.EMPLOYER)[:-8] + "AAAAAAAA")
    assert browser.get("/employer/").status_code == 303


def test_signing_out_ends_the_sign_in_and_takes_the_cookie_back(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/todos")
    response = employer.post("/sign-out")
    assert bus.last(SignOut).token
    assert "Max-Age=0" in session_cookie(response)
    assert response.headers["Location"] == "/employer/login"


def test_a_refused_sign_in_says_what_to_do_and_takes_a_new_picture_and_a_new_id(
    browser: Browser, bus: FakeBus
) -> None:
    bus.answers[SignInEmployer] = Refused("sign_in_failed")
    browser.get("/employer/login")
    first = browser.hidden()["once"]
    response = browser.post("/employer/login", credit_code=people.CODE, password="x", picture_code="x")
    assert response.status_code == 422
    assert "账号或密码不正确" in response.text
    assert people.CODE in response.text
    assert browser.hidden()["once"] != first
    assert not session_cookie(response)


def test_the_api_names_who_is_signed_in_but_never_shows_the_token(employer: Browser) -> None:
    response = employer.get("/api/v1/sessions/current")
    assert response.json["actor"]["employer"] == people.CODE
    assert "token" not in response.text
