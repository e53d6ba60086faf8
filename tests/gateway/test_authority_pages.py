"""数字证书机构: an administrator says whose certificates are trusted, and sees how fresh their word is."""

import base64
import io
from typing import Any

import pytest

from services.contracts.errors import Refused
from services.contracts.identity.certificates import (
    AddAuthority,
    ListAuthorities,
    RetireAuthority,
)
from tests.gateway.bus import FakeBus
from tests.gateway.conftest import Browser
from tests.gateway.test_keeper_pages import AUTHORITY, authorities

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


@pytest.mark.parametrize(
    ("freshness", "words", "colour"),
    [("fresh", "最新", "green"), ("stale", "已过期", "amber"), ("unknown", "未取得", "red")],
)
def test_freshness_is_said_in_words_and_colour(
    administrator: Browser, bus: FakeBus, freshness: str, words: str, colour: str
) -> None:
    bus.answers[ListAuthorities] = authorities(freshness=freshness, problem="revocation_unreachable")
    page = administrator.get("/clerk/authorities").text
    assert f'<span class="tag tag-{colour}">{words}</span>' in page
    assert "无法连接吊销信息的地址" in page and "2023-09-14 08:00:00" in page


def test_an_authority_is_added_with_its_lists_one_a_line(administrator: Browser, bus: FakeBus) -> None:
    administrator.get("/clerk/authorities/new")
    response = administrator.post(
        "/clerk/authorities/new",
        certificate=f"\n{PEM}\n",
        crl_urls="http://crl.example.cn/1.crl\r\n\r\n http://crl.example.cn/2.crl ",
        ocsp_url="",
        extractors="extension:1.2.156.10260.4.1.4\r\nSubject: common_name",
    )
    added = bus.last(AddAuthority)
    assert response.headers["Location"] == f"/clerk/authorities/{AUTHORITY}"
    assert (added.certificate, added.ocsp_url) == (PEM, None)
    assert added.crl_urls == ("http://crl.example.cn/1.crl", "http://crl.example.cn/2.crl")
    found = [(one.place, one.key) for one in added.extractors]
    assert found == [("extension", "1.2.156.10260.4.1.4"), ("subject", "common_name")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PEM.encode() + b"\n", PEM),
        ("主题 CN\n".encode() + PEM.encode(), "主题 CN\n" + PEM),
        (b"0\x82\x01\x0a\xff", base64.b64encode(b"0\x82\x01\x0a\xff").decode()),
    ],
)
def test_a_certificate_may_be_a_file(
    administrator: Browser, bus: FakeBus, content: bytes, expected: str
) -> None:
    upload(administrator, content)
    assert bus.last(AddAuthority).certificate == expected


def upload(administrator: Browser, content: bytes) -> Any:
    """Send the form with a file."""
    administrator.get("/clerk/authorities/new")
    data = {**administrator.hidden(), "file": (io.BytesIO(content), "root.cer"), "crl_urls": "http://crl/1"}
    return administrator.client.post("/clerk/authorities/new", data=data, content_type="multipart/form-data")


def test_a_file_over_20_kb_is_refused_unsent(administrator: Browser, bus: FakeBus) -> None:
    response = upload(administrator, b"x" * 20_001)
    assert 'id="certificate-wrong"' in response.text
    assert not bus.requests(AddAuthority)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("certificate", " "),
        ("crl_urls", "ftp://crl.example.cn/1.crl"),
        ("ocsp_url", "ocsp.example.cn"),
        ("extractors", "somewhere:1.2.3"),
        ("extractors", "extension"),
    ],
)
def test_what_is_wrong_with_an_authority_is_named(
    administrator: Browser, bus: FakeBus, field: str, typed: str
) -> None:
    administrator.get("/clerk/authorities/new")
    response = administrator.post("/clerk/authorities/new", **{"certificate": PEM, field: typed})
    assert f'id="{field}-wrong"' in response.text
    assert field == "certificate" or typed in response.text
    assert not bus.requests(AddAuthority)


def test_an_authority_is_retired_after_the_tick(administrator: Browser, bus: FakeBus) -> None:
    address = f"/clerk/authorities/{AUTHORITY}"
    administrator.get(address)
    assert 'id="understood-wrong"' in administrator.post(f"{address}/retire").text
    assert not bus.requests(RetireAuthority)
    assert administrator.post(f"{address}/retire", understood="yes").headers["Location"] == address
    assert bus.last(RetireAuthority).authority_id == AUTHORITY


def test_a_refused_retirement_is_said(administrator: Browser, bus: FakeBus) -> None:
    bus.answers[RetireAuthority] = Refused("post_required", "")
    administrator.get(f"/clerk/authorities/{AUTHORITY}")
    response = administrator.post(f"/clerk/authorities/{AUTHORITY}/retire", understood="yes")
    assert (response.status_code, "您的岗位不能办理该业务" in response.text) == (422, True)


def test_a_retired_authority_cannot_be_retired_again(administrator: Browser, bus: FakeBus) -> None:
    bus.answers[ListAuthorities] = authorities(retired_at="2023-09-14T00:00:00Z")
    page = administrator.get(f"/clerk/authorities/{AUTHORITY}").text
    assert "已停用" in page and "/retire" not in page


def test_an_authority_that_is_none_is_not_found(administrator: Browser) -> None:
    response = administrator.get("/clerk/authorities/018a91b2-7c40-7000-8000-0000000000ff")
    assert (response.status_code, "没有该数字证书机构" in response.text) == (404, True)


def test_authorities_without_fresh_word_wait_on_the_workbench(administrator: Browser, bus: FakeBus) -> None:
    bus.answers[ListAuthorities] = authorities(freshness="stale", subject="CN=某机构")
    assert "吊销信息：CN=某机构" in administrator.get("/clerk/").text
    bus.answers[ListAuthorities] = authorities(freshness="stale", retired_at="2023-09-14T00:00:00Z")
    assert "吊销信息" not in administrator.get("/clerk/").text
