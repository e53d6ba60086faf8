"""The auditor reads the trail, and takes it along as a file that no spreadsheet runs."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from hypothesis import given
from hypothesis import strategies as st

from gateway.exports import guarded
from gateway.trail import ACTS, FAILURES
from services.chassis.rpc_client import Unavailable
from services.contracts.errors import Forbidden
from services.contracts.identity.audit import Act, AuditEntriesView, AuditEntryView, ListAuditEntries
from services.contracts.identity.sessions import RenewSession, SessionView
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_language import CHINESE

FILTERS = "act=locked&actor=clerk%3Ali&subject=91410181170508042W&since=2023-09-01&until=2023-09-30"
EXPORT = "/clerk/audit/entries.csv"


@pytest.fixture
def auditor(app: OpenAPI) -> Browser:
    """Return the browser of an auditor; as in a server, a request is over when its answer begins to leave."""
    browser = Browser(app.test_client())
    browser.sign_in(people.AUDITOR)
    return browser


def soon_over() -> SessionView:
    """Return a renewed session that has to be renewed again at once."""
    token = people.session(people.AUDITOR, 5)
    expires_at = datetime.now(UTC) + timedelta(seconds=5)
    return SessionView(token=token, expires_at=expires_at, actor=people.AUDITOR)


def of(*entries: AuditEntryView, next_after: int | None = None) -> AuditEntriesView:
    """Return a page of the trail."""
    return AuditEntriesView(entries=entries, next_after=next_after)


def rows_of(response: Any) -> list[dict[str, str]]:
    """Read a CSV file as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_every_act_has_words() -> None:
    assert set(ACTS) == set(Act)
    assert FAILURES < set(Act)


def test_the_trail_is_read_by_filters_that_live_in_the_address(auditor: Browser, bus: FakeBus) -> None:
    bus.answers[ListAuditEntries] = of(example(AuditEntryView, act="locked"), next_after=4711)
    page = auditor.get(f"/clerk/audit?{FILTERS}&after=9999").text
    asked = bus.last(ListAuditEntries)
    assert (asked.act, asked.actor, asked.subject, asked.after) == (Act.LOCKED, "clerk:li", people.CODE, 9999)
    assert (str(asked.since), str(asked.until)) == ("2023-09-01", "2023-09-30")
    assert f"{FILTERS.replace('&', '&amp;')}&amp;after=4711" in page
    assert f'href="{EXPORT}?{FILTERS.replace("&", "&amp;").replace("%3A", ":")}"' in page
    assert 'value="locked" selected' in page and 'value="2023-09-01"' in page


def test_a_line_has_its_details(auditor: Browser, bus: FakeBus) -> None:
    entry = example(
        AuditEntryView, act="sign_in_failed", facts={"reason": "<b>wrong</b>"}, actor="", actor_name=""
    )
    bus.answers[ListAuditEntries] = of(entry)
    page = auditor.get("/clerk/audit").text
    shown = ("2023-09-14 10:30:00", "203.0.113.7", "Chromium/156", entry.message_id, entry.trace, "未登录")
    assert all(value in page for value in shown)
    assert '<span class="tag tag-red">登录失败</span>' in page
    assert "<b>wrong</b>" not in page and "&lt;b&gt;wrong" in page


def test_facts_have_titles_and_codes_their_words(auditor: Browser, bus: FakeBus) -> None:
    facts = {"reason": "sms_code_wrong", "after": "138****8000", "something_new": "1"}
    bus.answers[ListAuditEntries] = of(example(AuditEntryView, facts=facts))
    page = auditor.get("/clerk/audit").text
    assert "<dt>变更后</dt><dd>138****8000</dd>" in page
    assert "短信验证码不正确" in page and "（sms_code_wrong）" in page
    assert "<dt>something_new</dt><dd>1</dd>" in page


def test_a_filter_that_can_be_none_is_named(auditor: Browser, bus: FakeBus) -> None:
    for address in ("/clerk/audit?since=yesterday", f"{EXPORT}?since=yesterday"):
        response = auditor.get(address)
        assert response.status_code == 422 and 'id="since-wrong"' in response.text
    assert not bus.requests(ListAuditEntries)


def test_only_whom_the_service_lets_reads_the_trail(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListAuditEntries] = Forbidden("post_required", "", posts=["auditor"])
    for address in ("/clerk/audit", EXPORT):
        response = clerk.get(address)
        assert response.status_code == 403
        assert "您的岗位不能办理该业务" in response.text and "attachment" not in str(response.headers)


# ---- the export


def test_the_export_holds_every_page_with_one_header(auditor: Browser, bus: FakeBus) -> None:
    pages = {None: (3, 2), 2: (1, None)}

    def answer(query: ListAuditEntries) -> AuditEntriesView:
        seq, next_after = pages[query.after]
        return of(example(AuditEntryView, seq=seq), next_after=next_after)

    bus.answers[ListAuditEntries] = answer
    response = auditor.get(f"{EXPORT}?{FILTERS}&after=77&limit=1")
    assert response.data.startswith(b"\xef\xbb\xbf") and response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment")
    rows = rows_of(response)
    assert [row["序号"] for row in rows] == ["3", "1"]
    assert rows[0]["时间（北京时间）"] == "2023-09-14 10:30:00"
    told = (rows[0]["行为"], rows[0]["行为代码"], rows[0]["详情"])
    assert told == ("登录成功", "signed_in", "kind=employer")
    asked = [(one.after, one.limit, one.act) for one in bus.requests(ListAuditEntries)]
    assert asked == [(None, 1000, "locked"), (2, 1000, "locked")]


def test_a_page_is_asked_for_only_when_the_one_before_is_on_its_way(auditor: Browser, bus: FakeBus) -> None:
    entries = [example(AuditEntryView)] * 1000
    bus.answers[ListAuditEntries] = lambda query: of(*entries, next_after=(query.after or 1000) - 1)
    with auditor.client.get(f"{EXPORT}", buffered=False) as response:
        parts = response.iter_encoded()
        next(parts)
        assert len(bus.requests(ListAuditEntries)) == 1
        next(parts)
        next(parts)
        assert len(bus.requests(ListAuditEntries)) == 3


def test_a_long_export_keeps_its_session_good(auditor: Browser, bus: FakeBus) -> None:
    auditor.sign_in(people.AUDITOR, lifetime=5)
    bus.answers[RenewSession] = soon_over()
    bus.answers[ListAuditEntries] = lambda query: of(
        example(AuditEntryView), next_after=None if query.after == 1 else (query.after or 4) - 1
    )
    assert len(rows_of(auditor.get(EXPORT))) == 4
    assert len(bus.requests(RenewSession)) == 4


def test_an_export_that_breaks_off_does_not_look_whole(auditor: Browser, bus: FakeBus) -> None:
    def answer(query: ListAuditEntries) -> AuditEntriesView:
        if query.after:
            raise Unavailable("list_audit_entries")
        return of(example(AuditEntryView), next_after=1)

    bus.answers[ListAuditEntries] = answer
    with auditor.client.get(EXPORT, buffered=False) as response, pytest.raises(Unavailable):
        list(response.iter_encoded())


def test_no_cell_of_the_export_is_run_by_a_spreadsheet(auditor: Browser, bus: FakeBus) -> None:
    evil = example(
        AuditEntryView,
        actor_name='=HYPERLINK("http://evil.example","x")',
        subject="@SUM(1)",
        agent="+cmd|' /C calc'!A0",
        address="-1",
        facts={"=1+1": "2"},
    )
    bus.answers[ListAuditEntries] = of(evil)
    row = rows_of(auditor.get(EXPORT))[0]
    assert row["操作人姓名"] == "'" + evil.actor_name
    assert (row["对象"], row["网络地址"], row["浏览器"]) == ("'@SUM(1)", "'-1", "'" + evil.agent)
    assert row["详情"] == "'=1+1=2"


@given(st.text())
def test_a_guarded_cell_is_the_text_and_never_a_formula(text: str) -> None:
    cell = guarded(text)
    assert cell[:1] not in set("=+-@\t\r\n")
    assert cell in (text, f"'{text}")


def test_the_trail_and_its_export_speak_english(auditor: Browser, bus: FakeBus) -> None:
    entries = [example(AuditEntryView, act=act, actor_name="Zhang") for act in Act]
    bus.answers[ListAuditEntries] = of(*entries, next_after=1)
    auditor.get("/language/en")
    page = auditor.get("/clerk/audit").text
    page = page.replace("社会保障网上服务平台", "").replace(">中文</a>", "").replace("李建国", "")
    assert not CHINESE.search(page), CHINESE.findall(page)
    bus.answers[ListAuditEntries] = of(*entries)
    response = auditor.get(EXPORT)
    assert not CHINESE.search(response.text)
    assert rows_of(response)[0]["Act"] == "Signed in"
