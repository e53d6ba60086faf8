"""Who may see what: everything needs a session, but for a list of what is public."""

import pytest
from flask_openapi3 import OpenAPI

from gateway.auth import KINDS, PUBLIC_BLUEPRINTS, PUBLIC_ENDPOINTS, is_public
from tests import people
from tests.gateway.conftest import Browser

ANYTHING = {
    "chosen": "en",
    "filename": "portal.css",
    "unit_no": "410181000327",
    "programme_year": 2023,
    "version": 1,
}
SOME_ID = "018a91b2-7c40-7000-8000-000000000006"


def addresses(app: OpenAPI) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, address) of every route."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        values = {
            name: ANYTHING.get(name, 1 if name in ("revision", "year") else SOME_ID)
            for name in rule.arguments
        }
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)))
    return found


def test_every_route_that_is_not_listed_as_public_needs_a_session(app: OpenAPI) -> None:
    guarded = [one for one in addresses(app) if not is_public(one[0])]
    assert len(guarded) > 50
    for endpoint, method, address in guarded:
        response = app.test_client().open(address, method=method, json={} if "/api/" in address else None)
        if address.startswith("/api/"):
            assert (response.status_code, response.json["code"]) == (401, "session_required"), endpoint
        else:
            assert response.status_code in (303, 400), endpoint
            assert response.status_code == 400 or "/login" in response.headers["Location"], endpoint


def test_what_is_public_is_listed_and_exists(app: OpenAPI) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= PUBLIC_ENDPOINTS
    assert {endpoint.partition(".")[0] for endpoint in endpoints} >= PUBLIC_BLUEPRINTS | set(KINDS)


@pytest.mark.parametrize(
    "address", ["/", "/notices", "/verify", "/policies", "/help", "/privacy", "/healthz"]
)
def test_public_pages_need_nobody(browser: Browser, address: str) -> None:
    assert browser.get(address).status_code == 200


def test_an_employer_cannot_enter_the_console(employer: Browser) -> None:
    response = employer.get("/clerk/batches")
    assert (response.status_code, response.headers["Location"]) == (303, "/clerk/login?next=/clerk/batches")


def test_each_portal_is_for_its_own_kind_of_people(browser: Browser) -> None:
    at_home = {"employer": people.EMPLOYER, "personal": people.PERSON, "clerk": people.RECEPTION}
    for portal, actor in at_home.items():
        browser.sign_in(actor)
        for other in at_home:
            response = browser.get(f"/{other}/")
            assert (response.status_code == 200) is (other == portal), (portal, other)
            assert other == portal or response.headers["Location"] == f"/{other}/login?next=/{other}/"


def test_a_clerk_cannot_enter_the_employer_portal(clerk: Browser) -> None:
    assert clerk.get("/employer/").headers["Location"].startswith("/employer/login")


def test_the_menu_shows_what_the_posts_of_a_clerk_can_do(browser: Browser) -> None:
    browser.sign_in(people.RECEPTION)
    page = browser.get("/clerk/").text
    assert "信用代码维护" in page
    assert "批量核定" not in page


def test_the_outbox_exists_in_development_only(make_app: object) -> None:
    production = make_app(environment="production", url="https://example.gov.cn")  # type: ignore[operator]
    client = production.test_client()
    assert client.get("/development/").status_code == 404
    assert client.get("/api/v1/outbox-sms").status_code == 404
    assert "开发：短信发件箱" not in client.get("/").text
