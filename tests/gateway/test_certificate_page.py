"""数字证书登录: the challenge is tied to this browser, and the form brings nothing but the signature."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_openapi3 import OpenAPI

from services.contracts.errors import Refused
from services.contracts.identity.certificates import ChallengeView, IssueChallenge
from services.contracts.identity.sessions import SignInCertificate
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_sessions import fresh, session_cookie

LOGIN = "/employer/login?by=certificate"
CHALLENGE = str(example(ChallengeView).challenge_id)
PROOF = {"challenge_id": CHALLENGE, "signature": "MIIBszCCAVmgAwIBAgIUT0=="}


def challenge(browser: Browser) -> Any:
    """Ask for a challenge as the script does."""
    return browser.client.post("/api/v1/certificate-challenges", json={})


def test_the_page_offers_both_ways_as_links(browser: Browser) -> None:
    page = browser.get(f"{LOGIN}&next=/employer/todos").text
    assert 'href="/employer/login?by=certificate&amp;next=/employer/todos" aria-current="page"' in page
    assert 'href="/employer/login?next=/employer/todos"' in page
    plain = browser.get("/employer/login").text
    assert 'href="/employer/login" aria-current="page"' in plain


def test_the_pin_has_no_name_and_the_script_finds_what_it_needs(browser: Browser) -> None:
    page = browser.get(LOGIN).text
    pin = re.search(r"<input[^>]*data-uk-pin[^>]*>", page)
    assert pin and 'type="password"' in pin[0] and " name=" not in pin[0]
    section = re.search(r"<section[^>]*data-uk-agent[^>]*>", page)
    assert section and 'data-uk-agent="http://127.0.0.1:18999"' in section[0]
    assert 'data-challenge="/api/v1/certificate-challenges"' in section[0]
    for part in ("data-uk-list", "data-uk-sign", "data-uk-retry", "data-uk-said", 'src="/static/uk.js"'):
        assert part in page
    for words in ("looking", "missing", "empty", "ready", "signing", "no-pin", "pin-wrong", "pin-locked"):
        assert re.search(rf'data-{words}="[^"]+"', page), words
    assert re.search(r'data-pin-wrong="[^"]*\{n\}[^"]*"', page)
    assert "<noscript>" in page


def test_the_middleware_may_live_elsewhere(make_app: Callable[..., OpenAPI]) -> None:
    response = make_app(uk_agent_url="http://127.0.0.1:28999").test_client().get(LOGIN)
    assert 'data-uk-agent="http://127.0.0.1:28999"' in response.text
    assert "http://127.0.0.1:28999" in response.headers["Content-Security-Policy"]


def test_a_challenge_is_tied_to_the_browser_and_to_our_origin(browser: Browser, bus: FakeBus) -> None:
    browser.get(LOGIN)
    assert challenge(browser).status_code == 201
    challenge(browser)
    first, second = bus.requests(IssueChallenge)
    assert first.origin == "http://localhost"
    assert re.fullmatch("[0-9a-f]{64}", first.binding)
    assert first.binding == second.binding
    browser.client.delete_cookie("wengang_form")
    challenge(browser)
    assert bus.last(IssueChallenge).binding != first.binding


def test_what_binds_is_only_a_digest_of_what_the_browser_keeps(browser: Browser, bus: FakeBus) -> None:
    browser.get(LOGIN)
    challenge(browser)
    with browser.client.session_transaction() as kept:
        assert bus.last(IssueChallenge).binding == hashlib.sha256(kept["browser"].encode()).hexdigest()


def test_the_signature_comes_with_the_binding_of_this_browser(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInCertificate] = fresh(people.EMPLOYER_BY_CERTIFICATE)
    browser.get(f"{LOGIN}&next=/employer/account")
    challenge(browser)
    response = browser.post(f"{LOGIN}&next=/employer/account", **PROOF)
    assert (response.status_code, response.headers["Location"]) == (303, "/employer/account")
    assert session_cookie(response)
    asked = bus.last(SignInCertificate)
    assert asked.proof.binding == bus.last(IssueChallenge).binding
    assert (str(asked.proof.challenge_id), asked.proof.signature) == (CHALLENGE, PROOF["signature"])
    assert (asked.proof.form, asked.proof.certificate, asked.agreement) == ("cms", None, None)


def test_a_sign_in_begins_another_form_session(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInCertificate] = fresh(people.EMPLOYER_BY_CERTIFICATE)
    browser.get(LOGIN)
    challenge(browser)
    browser.post(LOGIN, **PROOF)
    challenge(browser)
    before, after = bus.requests(IssueChallenge)
    assert before.binding != after.binding


def test_older_middleware_brings_its_certificate(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInCertificate] = fresh(people.EMPLOYER_BY_CERTIFICATE)
    browser.get(LOGIN)
    browser.post(LOGIN, **PROOF, form="p1", certificate="MIIC")
    proof = bus.last(SignInCertificate).proof
    assert (proof.form, proof.certificate) == ("p1", "MIIC")


def test_the_first_sign_in_asks_for_the_agreement_with_the_same_proof(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInCertificate] = Refused("agreement_missing")
    browser.get(LOGIN)
    page = browser.post(LOGIN, **PROOF).text
    assert "单位网上服务注册协议" in page
    assert browser.hidden()["signature"] == PROOF["signature"]
    page = browser.post(LOGIN).text
    assert 'id="agreement-wrong"' in page
    assert len(bus.requests(SignInCertificate)) == 1, "an empty box is not worth a question"
    bus.answers[SignInCertificate] = fresh(people.EMPLOYER_BY_CERTIFICATE)
    assert browser.post(LOGIN, agreement="yes").headers["Location"] == "/employer/"
    first, second = bus.requests(SignInCertificate)
    assert second.proof == first.proof
    assert (first.agreement, second.agreement) == (None, "2023-01")
    assert first.id != second.id


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("certificate_revoked", "已被数字证书机构吊销"),
        ("certificate_untrusted", "不在本平台受信任"),
        ("certificate_other_issuer", "办理证书解绑"),
        ("challenge_expired", "超过两分钟"),
        ("signature_invalid", "签名验证没有通过"),
        ("revocation_unknown", "无法向数字证书机构核验"),
    ],
)
def test_a_refusal_says_what_to_do_and_lets_begin_again(
    browser: Browser, bus: FakeBus, code: str, words: str
) -> None:
    bus.answers[SignInCertificate] = Refused(code, "", issuer="CN=某机构")
    browser.get(LOGIN)
    response = browser.post(LOGIN, **PROOF)
    assert response.status_code == 422
    assert words in response.text
    assert "data-uk-sign" in response.text
    assert browser.hidden()["signature"] == ""
    assert not session_cookie(response)


@pytest.mark.parametrize("changes", [{"challenge_id": ""}, {"signature": ""}, {"signature": "<script>"}])
def test_a_form_without_a_signature_is_no_question(
    browser: Browser, bus: FakeBus, changes: dict[str, str]
) -> None:
    browser.get(LOGIN)
    assert browser.post(LOGIN, **{**PROOF, **changes}).status_code == 422
    assert not bus.requests(SignInCertificate)


def test_a_signature_over_a_megabyte_is_refused_unread(browser: Browser, bus: FakeBus) -> None:
    browser.get(LOGIN)
    assert browser.post(LOGIN, **{**PROOF, "signature": "A" * 1_100_000}).status_code == 413
    assert not bus.requests(SignInCertificate)


def test_who_is_in_without_a_certificate_can_come_with_one(browser: Browser) -> None:
    browser.sign_in(people.EMPLOYER)
    assert browser.get("/employer/login").status_code == 302
    assert browser.get(LOGIN).status_code == 200
    browser.sign_in(people.EMPLOYER_BY_CERTIFICATE)
    assert browser.get(LOGIN).headers["Location"] == "/employer/"


def test_the_api_takes_the_binding_from_the_cookie_only(browser: Browser, bus: FakeBus) -> None:
    challenge(browser)
    answer = browser.client.post("/api/v1/sessions/certificate", json=PROOF)
    assert answer.status_code == 201
    assert bus.last(SignInCertificate).proof.binding == bus.last(IssueChallenge).binding
    challenge(browser)
    before, after = bus.requests(IssueChallenge)
    assert before.binding != after.binding
    forged = {**PROOF, "binding": "0" * 64}
    assert browser.client.post("/api/v1/sessions/certificate", json=forged).status_code == 422
