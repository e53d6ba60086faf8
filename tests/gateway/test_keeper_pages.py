"""The administrator keeps people and certificate authorities; the auditor looks on."""

from typing import Any

import pytest

from services.contracts.errors import Conflict, Forbidden
from services.contracts.identity.certificates import (
    AuthoritiesView,
    AuthorityView,
    ListAuthorities,
)
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ClerksView,
    ClerkView,
    DisableClerk,
    EnableClerk,
    ListClerks,
    NewClerkView,
    ResetClerk,
)
from services.contracts.identity.sessions import EndSession, ListSessions
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_language import CHINESE

ACCOUNT = "/clerk/staff/accounts/gongyi-hall"
SESSION = "018a91b2-7c40-7000-8000-000000000016"
NEW = {"full_name": "陈静", "region": "410181", "posts": ["reception", "notice"]}
AUTHORITY = example(AuthorityView).authority_id


def authorities(**changes: Any) -> AuthoritiesView:
    """Return one authority with some values changed."""
    return AuthoritiesView(authorities=(example(AuthorityView, **changes),))


# ---- people


def test_people_are_listed_with_state_posts_and_sign_ins(administrator: Browser, bus: FakeBus) -> None:
    gone = example(ClerkView, account="old", disabled_at="2023-09-14T01:41:00Z", has_second_factor=False)
    bus.answers[ListClerks] = ClerksView(clerks=(example(ClerkView), gone), next_after="old")
    page = administrator.get("/clerk/staff?find= gong &after=a").text
    asked = bus.last(ListClerks)
    assert (asked.find, asked.after) == ("gong", "a")
    assert all(word in page for word in ("受理岗", "正常", "已停用", "未设置", f'href="{ACCOUNT}"'))
    assert "after=old" in page


def test_a_new_account_shows_its_first_password_once(administrator: Browser, bus: FakeBus) -> None:
    administrator.get("/clerk/staff/new")
    response = administrator.post("/clerk/staff/new", account="gongyi-hall", **NEW)
    added = bus.last(AddClerk)
    assert (added.account, added.posts) == ("gongyi-hall", {Post.RECEPTION, Post.NOTICE})
    password = example(NewClerkView).initial_password
    assert f'value="{password}" readonly' in response.text and "只在本页显示一次" in response.text
    assert 'data-copy="initial"' in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert password not in administrator.get(ACCOUNT).text
    with administrator.client.session_transaction() as kept:
        assert password not in str(dict(kept))


@pytest.mark.parametrize("missing", ["account", "full_name", "posts", "region"])
def test_what_an_account_needs_is_named(administrator: Browser, bus: FakeBus, missing: str) -> None:
    administrator.get("/clerk/staff/new")
    given = {name: value for name, value in {"account": "x", **NEW}.items() if name != missing}
    given.setdefault(missing, [] if missing == "posts" else "")
    response = administrator.post("/clerk/staff/new", **given)
    assert f'id="{missing}-wrong"' in response.text
    assert missing == "full_name" or 'value="陈静"' in response.text
    assert missing == "posts" or 'value="notice" checked' in response.text
    assert not bus.requests(AddClerk)


def test_an_account_that_exists_is_refused_with_words(administrator: Browser, bus: FakeBus) -> None:
    bus.answers[AddClerk] = Conflict("clerk_exists", "", account="gongyi-hall")
    administrator.get("/clerk/staff/new")
    response = administrator.post("/clerk/staff/new", account="gongyi-hall", **NEW)
    assert response.status_code == 409
    assert "账号已存在" in response.text and 'value="陈静"' in response.text


def test_an_account_is_found_among_many_that_hold_its_name(administrator: Browser, bus: FakeBus) -> None:
    def pages(query: ListClerks) -> ClerksView:
        first = ClerksView(clerks=(example(ClerkView, account="a-gongyi-hall"),), next_after="a-gongyi-hall")
        return first if query.after is None else ClerksView(clerks=(example(ClerkView),), next_after=None)

    bus.answers[ListClerks] = pages
    assert administrator.get(ACCOUNT).status_code == 200
    assert [query.find for query in bus.requests(ListClerks)] == ["gongyi-hall"] * 2
    missing = administrator.get("/clerk/staff/accounts/nobody")
    assert (missing.status_code, "没有该账号" in missing.text) == (404, True)


def test_an_account_is_changed(administrator: Browser, bus: FakeBus) -> None:
    assert 'value="reception" checked' in administrator.get(ACCOUNT).text
    response = administrator.post(ACCOUNT, **NEW)
    assert response.headers["Location"] == ACCOUNT
    changed = bus.last(ChangeClerk)
    assert (changed.account, changed.full_name, changed.region) == ("gongyi-hall", "陈静", "410181")
    assert "最迟 60 秒内在各处生效" in administrator.get(ACCOUNT).text


@pytest.mark.parametrize(
    ("act", "kind", "said"), [("disable", DisableClerk, "账号已停用"), ("enable", EnableClerk, "账号已启用")]
)
def test_an_account_is_closed_and_opened(
    administrator: Browser, bus: FakeBus, act: str, kind: Any, said: str
) -> None:
    administrator.get(ACCOUNT)
    assert administrator.post(f"{ACCOUNT}/{act}").headers["Location"] == ACCOUNT
    assert bus.last(kind).account == "gongyi-hall"
    assert said in administrator.get(ACCOUNT).text


def test_a_reset_shows_the_new_first_password(administrator: Browser, bus: FakeBus) -> None:
    administrator.get(ACCOUNT)
    page = administrator.post(f"{ACCOUNT}/reset").text
    assert bus.last(ResetClerk).account == "gongyi-hall"
    assert example(NewClerkView).initial_password in page


@pytest.mark.parametrize("act", ["", "/disable", "/enable", "/reset", f"/sign-ins/{SESSION}/end"])
def test_a_refusal_is_said_on_the_clerks_page(administrator: Browser, bus: FakeBus, act: str) -> None:
    refusal = Forbidden("not_your_region", "", region="410000")
    bus.answers.update(
        dict.fromkeys((ChangeClerk, DisableClerk, EnableClerk, ResetClerk, EndSession), refusal)
    )
    administrator.get(ACCOUNT)
    response = administrator.post(f"{ACCOUNT}{act}", **NEW)
    assert response.status_code == 403
    assert "不在您的辖区" in response.text and "当前登录" in response.text


def test_a_closed_account_can_be_opened_only_and_an_open_one_closed_only(
    administrator: Browser, bus: FakeBus
) -> None:
    page = administrator.get(ACCOUNT).text
    assert f'action="{ACCOUNT}/disable"' in page and f'action="{ACCOUNT}/enable"' not in page
    closed = example(ClerkView, disabled_at="2023-09-14T01:41:00Z")
    bus.answers[ListClerks] = ClerksView(clerks=(closed,), next_after=None)
    page = administrator.get(ACCOUNT).text
    assert f'action="{ACCOUNT}/enable"' in page and f'action="{ACCOUNT}/disable"' not in page


def test_nobody_is_offered_to_change_the_own_account(administrator: Browser, bus: FakeBus) -> None:
    bus.answers[ListClerks] = ClerksView(clerks=(example(ClerkView, account="root"),), next_after=None)
    page = administrator.get("/clerk/staff/accounts/root").text
    assert "这是您自己的账号" in page and "/disable" not in page and "/reset" not in page


def test_a_sign_in_is_ended_from_the_list(administrator: Browser, bus: FakeBus) -> None:
    page = administrator.get(ACCOUNT).text
    assert bus.last(ListSessions).clerk == "gongyi-hall"
    assert "203.0.113.7" in page and "Chromium" in page
    administrator.post(f"{ACCOUNT}/sign-ins/{SESSION}/end")
    assert str(bus.last(EndSession).session_id) == SESSION
    assert "该登录已结束" in administrator.get(ACCOUNT).text


# ---- who sees what


def test_the_auditor_sees_people_and_authorities_without_any_button(browser: Browser) -> None:
    browser.sign_in(people.AUDITOR)
    for address in ("/clerk/staff", ACCOUNT, "/clerk/authorities", f"/clerk/authorities/{AUTHORITY}"):
        main = browser.get(address).text.partition("<main")[2]
        assert 'method="post"' not in main and "新增人员" not in main and "添加机构" not in main, address


def test_the_menu_is_the_posts(browser: Browser) -> None:
    entries = (
        "/clerk/maintenances",
        "/clerk/employers",
        "/clerk/staff",
        "/clerk/authorities",
        "/clerk/audit",
    )
    seen = {}
    for post in Post:
        browser.sign_in(people.clerk(post))
        menu = browser.get("/clerk/policies").text.partition("<main")[0]
        seen[post] = [entry for entry in entries if f'href="{entry}"' in menu]
    assert seen[Post.RECEPTION] == ["/clerk/maintenances", "/clerk/employers"]
    assert seen[Post.ADMINISTRATOR] == ["/clerk/staff", "/clerk/authorities"]
    assert seen[Post.AUDITOR] == [entry for entry in entries if entry != "/clerk/employers"]
    assert not any(seen[post] for post in (Post.APPROVER, Post.REVIEWER, Post.NOTICE, Post.PAYMENT))


def test_the_services_decide_who_may_look(browser: Browser, bus: FakeBus) -> None:
    refusal = Forbidden("post_required", "", posts=["administrator"])
    bus.answers.update({ListClerks: refusal, ListAuthorities: refusal})
    browser.sign_in(people.RECEPTION)
    for address in ("/clerk/staff", ACCOUNT, "/clerk/authorities"):
        response = browser.get(address)
        assert (response.status_code, "您的岗位不能办理该业务" in response.text) == (403, True)


@pytest.mark.parametrize(
    "address",
    [
        "/clerk/staff",
        "/clerk/staff/new",
        ACCOUNT,
        "/clerk/authorities",
        "/clerk/authorities/new",
        f"/clerk/authorities/{AUTHORITY}",
    ],
)
def test_keeping_speaks_english(clerk: Browser, bus: FakeBus, address: str) -> None:
    one = example(ClerkView, full_name="Wang Zhe", has_second_factor=False)
    bus.answers[ListClerks] = ClerksView(clerks=(one,), next_after="x")
    bus.answers[ListAuthorities] = authorities(issuer="CN=Root", added_by="Chen", problem="x", is_root=True)
    clerk.get("/language/en")
    page = clerk.get(address).text
    page = page.replace("社会保障网上服务平台", "").replace(">中文</a>", "").replace("李建国", "")
    assert not CHINESE.search(page), CHINESE.findall(page)
