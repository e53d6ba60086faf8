"""static/uk.js in a browser, with a real UK agent, on a page of its own: what it tells, what it sends."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.nodes import free_port
from deploy.local.uk.agent import Agent, find_tokens
from deploy.local.uk.loopback import Loopback, Visit
from deploy.local.uk.provision import SIGNING, UK_PIN, provision, uk_units
from deploy.local.uk.sof import Middleware
from deploy.local.uk.token import SoftwareToken
from tests.deploy.uk import is_detached_signature, serving

SCRIPT = Path("gateway/static/uk.js")
WORDS = {
    "looking": "looking",
    "missing": "missing",
    "empty": "empty",
    "ready": "ready",
    "signing": "signing",
    "no-pin": "no pin",
    "pin-wrong": "wrong, {n} left",
    "pin-locked": "locked",
    "origin": "another origin",
    "failed": "failed",
}
PAGE = """<!doctype html><title>x</title><script src="/uk.js" defer></script>
<section data-uk-agent="{agent}" data-challenge="/challenges" hidden>
<select data-uk-list></select><input type="password" data-uk-pin>
<button type="button" data-uk-sign>sign</button><button type="button" data-uk-retry hidden>retry</button>
<p role="status" data-uk-said {words}></p>
<form method="post" action="/come"><input type="hidden" name="challenge_id">
<input type="hidden" name="signature"></form></section>"""
CHALLENGE = "7a0f1c6e-0000-7000-8000-000000000001"


class Site(Loopback):
    """A site whose page has the script. `came` is what its form has sent; `refusal` an answer to a wish for
    a challenge."""

    def __init__(self, agent_port: int) -> None:
        super().__init__(0, SiteVisit)
        self.agent = f"http://127.0.0.1:{agent_port}"
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.origin, self.came, self.refusal = self.url, {}, None

    @property
    def text(self) -> str:
        return f"wengang sign-in v1\n{self.origin}\n{CHALLENGE}\n00ff"


class SiteVisit(Visit):
    """A request of the browser to the site."""

    def do_GET(self) -> None:
        if self.path == "/uk.js":
            return self.answer(200, SCRIPT.read_bytes(), "text/javascript")
        words = " ".join(f'data-{name}="{text}"' for name, text in WORDS.items())
        page = PAGE.format(agent=self.server.agent, words=words).encode()
        policy = f"default-src 'none'; script-src 'self'; connect-src 'self' {self.server.agent}"
        self.answer(200, page, "text/html", {"Content-Security-Policy": policy})

    def do_POST(self) -> None:
        body = self.body()
        if self.path == "/come":
            self.server.came = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return self.answer(200, b"<!doctype html><title>x</title>in", "text/html")
        assert json.loads(body) == {}
        if self.server.refusal:
            return self.answer(429, json.dumps(self.server.refusal).encode(), "application/json")
        told = {"challenge_id": CHALLENGE, "text": self.server.text}
        self.answer(201, json.dumps(told).encode(), "application/json")


@pytest.fixture
def uks(tmp_path: Path) -> Path:
    provision(tmp_path / "uk", ca_url="http://127.0.0.1:1")
    return tmp_path / "uk/tokens"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site(free_port())) as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The page of the site."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def agent_of(site: Site, uks: Path) -> Agent:
    """Return an agent at the address that the site knows, with what is plugged in there."""
    port = int(site.agent.rpartition(":")[2])
    return Agent(port, middleware=Middleware(lambda: find_tokens(uks, "")), origins=[site.url])


def tells(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_have_text(words)


def sign(page: Page, pin: str) -> None:
    page.locator("[data-uk-pin]").fill(pin)
    page.get_by_role("button", name="sign").click()


@pytest.mark.parametrize("algorithm", ["rsa", "p256", "sm2"])
def test_a_certificate_is_chosen_the_pin_entered_and_the_form_goes(page, site, uks, algorithm):
    with serving(agent_of(site, uks)):
        page.goto(site.url)
        tells(page, "ready")
        page.get_by_role("combobox").select_option(label=uk_units()[algorithm].name)
        sign(page, UK_PIN)
        page.get_by_text("in", exact=True).wait_for()
    certificate = SoftwareToken.load(uks / algorithm).certificates()[SIGNING]
    assert site.came["challenge_id"] == CHALLENGE
    assert set(site.came) == {"challenge_id", "signature"}  # the PIN stays here
    assert is_detached_signature(b64decode(site.came["signature"]), site.text.encode(), certificate)


def test_without_the_middleware_it_says_so_and_looks_again(page, site, uks):
    page.goto(site.url)
    tells(page, "missing")
    assert page.get_by_role("button", name="sign").is_disabled()
    with serving(agent_of(site, uks)):
        page.get_by_role("button", name="retry").click()
        tells(page, "ready")
        assert page.get_by_role("button", name="retry").is_hidden()


def test_without_a_uk_it_asks_for_one_and_looks_again(page, site, uks, tmp_path):
    plugged = tmp_path / "plugged"
    with serving(agent_of(site, plugged)):
        page.goto(site.url)
        tells(page, "empty")
        uks.rename(plugged)
        page.get_by_role("button", name="retry").click()
        tells(page, "ready")


def test_wrong_pins_are_counted_down_and_a_locked_uk_is_told(page, site, uks):
    with serving(agent_of(site, uks)):
        page.goto(site.url)
        tells(page, "ready")
        sign(page, "")
        tells(page, "no pin")
        for left in (9, 8):
            sign(page, "000000")
            tells(page, f"wrong, {left} left")
            expect(page.locator("[data-uk-pin]")).to_be_focused()
        (uks / "p256/tries_left").write_text("1")
        page.locator("[data-uk-pin]").fill("000000")
        page.keyboard.press("Enter")
        tells(page, "locked")
        sign(page, UK_PIN)
        tells(page, "locked")


def test_a_challenge_for_another_origin_is_told_apart(page, site, uks):
    site.origin = "http://localhost:1"
    with serving(agent_of(site, uks)):
        page.goto(site.url)
        tells(page, "ready")
        sign(page, UK_PIN)
        tells(page, "another origin")


def test_a_refused_challenge_is_told_in_the_words_of_the_site(page, site, uks):
    site.refusal = {"title": "Too many.", "detail": "Wait a while."}
    with serving(agent_of(site, uks)):
        page.goto(site.url)
        tells(page, "ready")
        sign(page, UK_PIN)
        tells(page, "Too many. Wait a while.")
        site.refusal = None
        sign(page, UK_PIN)
        page.get_by_text("in", exact=True).wait_for()
