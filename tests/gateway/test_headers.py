"""Each answer says what browsers may do with it, and which trace it belongs to."""

import re
from collections.abc import Callable

import pytest
from flask_openapi3 import OpenAPI

from services.contracts.subsidy.confirmation import ListTodos
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus
from tests.gateway.conftest import Browser

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741
PUBLIC = ["/", "/notices", f"/notices/{I}", "/verify", "/policies", "/help", "/privacy", "/nowhere"]
PUBLIC += ["/employer/login", "/employer/register", "/employer/registered", "/clerk/login", "/development/"]
PUBLIC += ["/employer/login?by=certificate", "/employer/login?picture=none", "/employer/forgotten"]
PUBLIC += ["/personal/login", "/personal/register", "/personal/registered", "/personal/forgotten"]
PUBLIC += [f"/employer/administrator?credit_code={people.CODE}", "/api/docs"]
OF_EMPLOYERS = ["", "messages", "refunds", f"refunds/{I}", "todos", "done", "account", "password", "handler"]
OF_EMPLOYERS += ["bank-accounts", "bank-accounts/410181000327", "eligibility"]
OF_PERSONS = ["", "maintenances/new", "account", "phone", "password"]
OF_CLERKS = ["", "imports", f"imports/{I}", "policies", "policies/2023", "screenings", f"screenings/{I}"]
OF_CLERKS += [f"screenings/{I}/units/410181000327", "batches", "batches/new", f"batches/{I}", "notices"]
OF_CLERKS += [
    f"batches/{I}/lines",
    f"batches/{I}?held_out=1",
    f"batches/{I}/hold-out",
    f"batches/{I}/withdraw",
]
OF_CLERKS += [f"batches/{I}?left_out=1", "maintenance", "refunds", f"refunds/{I}", "todos"]
OF_CLERKS += [f"imports/{I}/changes", f"imports/{I}/findings"]
OF_CLERKS += [f"refunds?credit_code={people.CODE}", "account", "password"]
OF_CLERKS += ["policies/2023?version=1", f"policies/comparison?left=2023.1&right={I}", "policies/drafts/new"]
OF_CLERKS += [f"policies/drafts/{I}", f"policies/drafts/{I}/review", "simulations"]
OF_CLERKS += [f"simulations?screening_id={I}", f"simulations/units?screening_id={I}&kind=in"]


def every_page(browser: Browser) -> list[tuple[str, str]]:
    """Return address and text of every page."""
    pages = [(address, browser.get(address).text) for address in PUBLIC]
    for actor in (people.EMPLOYER, people.EMPLOYER_BY_CERTIFICATE):
        browser.sign_in(actor)
        pages += [(f"/employer/{path}", browser.get(f"/employer/{path}").text) for path in OF_EMPLOYERS]
    browser.sign_in(people.PERSON)
    pages += [(f"/personal/{path}", browser.get(f"/personal/{path}").text) for path in OF_PERSONS]
    browser.sign_in(people.clerk(*Post))
    return pages + [(f"/clerk/{path}", browser.get(f"/clerk/{path}").text) for path in OF_CLERKS]


def test_no_page_has_inline_scripts_or_styles_or_asks_another_host(browser: Browser) -> None:
    pages = every_page(browser)
    assert len(pages) == 85
    for address, page in pages:
        assert "</html>" in page, address
        assert not re.search(r"<script(?![^>]* src=)", page), address
        assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:", page), address
        outside = set(re.findall(r'(?:src|href|action)="(https?://[^"]*)"', page))
        assert not outside, address


def test_every_form_field_has_a_label_and_every_id_is_alone(browser: Browser) -> None:
    for address, page in every_page(browser):
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), address
        for tag in re.findall(r"<(?:input|select)\b[^>]*>", page):
            if 'type="hidden"' in tag or 'type="radio"' in tag:
                continue
            name = re.search(r'\sid="([^"]+)"', tag)
            assert "aria-label=" in tag or (name and f'for="{name[1]}"' in page), (address, tag)


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/api/v1/nowhere", "/static/portal.css", "/api/v1/todos"]
)
def test_every_answer_has_the_security_headers(browser: Browser, address: str) -> None:
    headers = browser.get(address, buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_push_process_and_the_uk_middleware_are_the_only_other_places_to_connect_to(
    browser: Browser,
) -> None:
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:8001 http://127.0.0.1:18999;" in policy


def test_pages_are_not_kept_in_caches(employer: Browser) -> None:
    assert employer.get("/employer/").headers["Cache-Control"] == "no-store"


def test_browsers_are_told_to_stay_with_https_in_production_only(make_app: Callable[..., OpenAPI]) -> None:
    production = make_app(environment="production", url="https://example.gov.cn").test_client()
    assert "Strict-Transport-Security" in production.get("/").headers
    assert "Strict-Transport-Security" not in make_app().test_client().get("/").headers


def test_the_trace_of_a_request_goes_with_its_questions_and_comes_back(
    employer: Browser, bus: FakeBus
) -> None:
    response = employer.client.get("/employer/todos", headers={"X-Request-Id": "11112222-aaaa-bbbb"})
    assert response.headers["X-Request-Id"] == "11112222-aaaa-bbbb"
    assert [asked.trace for asked in bus.asked if isinstance(asked.request, ListTodos)] == [
        "11112222-aaaa-bbbb"
    ]


def test_a_trace_that_could_spoil_the_logs_is_replaced(employer: Browser) -> None:
    response = employer.client.get("/employer/todos", headers={"X-Request-Id": 'x" onload="1'})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])
