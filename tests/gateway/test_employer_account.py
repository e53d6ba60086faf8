"""单位账户: what is known, what can be changed by which way, and where one is signed in."""

import pytest

from services.contracts.errors import Refused
from services.contracts.identity.accounts import (
    ChangeEmployerPassword,
    ChangeHandler,
    EmployerView,
    GetEmployer,
    RequestSmsCode,
    ResetEmployerPassword,
)
from services.contracts.identity.sessions import ListSessions
from services.contracts.subsidy.bank_accounts import (
    BankAccountsView,
    BankAccountView,
    ChangeBankAccount,
    ListBankAccounts,
)
from services.contracts.subsidy.confirmation import GetRefund, RefundView
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_employer_pages import PAGE, waiting

UNIT = "410181000327"
ACCOUNT = f"/employer/bank-accounts/{UNIT}"
NEW_ACCOUNT = {
    "account_name": "巩义市恒远精密制造有限公司",
    "bank_account": "2637 0710 1046",
    "bank": "中国银行巩义支行",
}
NEW_HANDLER = {"handler_name": "李娜", "phone": "13900000001", "sms_code": "123456"}


@pytest.fixture
def certified(browser: Browser) -> Browser:
    """Return the browser of an employer with its certificate."""
    browser.sign_in(people.EMPLOYER_BY_CERTIFICATE)
    return browser


def test_the_account_shows_unit_handler_and_sign_ins(employer: Browser, bus: FakeBus) -> None:
    page = employer.get("/employer/account").text
    for words in (people.CODE, UNIT, "张敏", "199****0001", "当前设备", "修改密码"):
        assert words in page
    assert bus.requests(ListSessions)


def test_an_account_that_a_certificate_opened_lacks_what_it_lacks(certified: Browser, bus: FakeBus) -> None:
    bare = {"unit_no": None, "handler_name": None, "handler_phone_masked": None, "has_password": False}
    bus.answers[GetEmployer] = example(EmployerView, **bare)
    page = certified.get("/employer/account").text
    assert "还没有经办人" in page and "还没有设置密码" in page
    assert 'href="/employer/password"' not in page
    assert 'name="old_password"' not in certified.get("/employer/password").text


def test_the_password_is_changed(employer: Browser, bus: FakeBus) -> None:
    employer.get("/employer/password")
    given = {"old_password": "old", "password": "Song-Shan-2024", "password_again": "Song-Shan-2024"}
    assert employer.post("/employer/password", **given).headers["Location"] == "/employer/account"
    assert bus.last(ChangeEmployerPassword).password == "Song-Shan-2024"
    bus.answers[ChangeEmployerPassword] = Refused("password_weak", "", shortest=8)
    assert "密码太简单" in employer.post("/employer/password", **given).text


def test_a_lost_password_is_set_anew_with_a_code(browser: Browser, bus: FakeBus) -> None:
    browser.get("/employer/forgotten")
    given = {"credit_code": people.CODE, "phone": "19903700001", "sms_code": "123456"}
    page = browser.post("/employer/forgotten", action="sms", **given).text
    assert bus.last(RequestSmsCode).purpose == "reset_employer_password"
    assert "如果统一社会信用代码与经办人手机号一致" in page
    secret = {"password": "Song-Shan-2024", "password_again": "Song-Shan-2024"}
    bus.answers[ResetEmployerPassword] = Refused("sms_code_wrong")
    assert "短信验证码不正确" in browser.post("/employer/forgotten", **given, **secret).text
    del bus.answers[ResetEmployerPassword]
    response = browser.post("/employer/forgotten", **given, **secret)
    assert response.headers["Location"] == "/employer/login"


# ---- business that needs a certificate


def test_the_handler_is_changed_with_a_certificate(certified: Browser, bus: FakeBus) -> None:
    certified.get("/employer/handler")
    page = certified.post("/employer/handler", action="sms", **NEW_HANDLER).text
    asked = bus.last(RequestSmsCode)
    assert (asked.purpose, asked.credit_code, asked.phone) == ("change_handler", people.CODE, "13900000001")
    assert "已发往新经办人的手机" in page
    response = certified.post("/employer/handler", **NEW_HANDLER)
    assert response.headers["Location"] == "/employer/account"
    changed = bus.last(ChangeHandler)
    assert (changed.handler_name, changed.employer) == ("李娜", None)


def test_the_bank_account_is_changed_with_a_certificate(certified: Browser, bus: FakeBus) -> None:
    assert f'href="{ACCOUNT}"' in certified.get("/employer/bank-accounts").text
    certified.get(ACCOUNT)
    response = certified.post(ACCOUNT, **NEW_ACCOUNT)
    assert response.headers["Location"] == "/employer/bank-accounts"
    asked = bus.last(ChangeBankAccount)
    assert (asked.unit_no, asked.account, asked.employer) == (UNIT, "263707101046", None)
    page = certified.get("/employer/bank-accounts").text
    assert "WGFH-2023-41018100000001" in page


def test_a_number_that_is_none_is_caught_beside_its_field(certified: Browser, bus: FakeBus) -> None:
    certified.get(ACCOUNT)
    response = certified.post(ACCOUNT, **{**NEW_ACCOUNT, "bank_account": "12-34"})
    assert response.status_code == 422
    assert 'id="bank_account-wrong"' in response.text
    assert not bus.requests(ChangeBankAccount)


def test_an_account_of_somebody_else_is_refused(certified: Browser, bus: FakeBus) -> None:
    bus.answers[ChangeBankAccount] = Refused("account_name_differs", "", unit_name="恒远精密")
    certified.get(ACCOUNT)
    response = certified.post(ACCOUNT, **NEW_ACCOUNT)
    assert "户名与单位名称不一致" in response.text and "恒远精密" in response.text


def test_a_unit_of_somebody_else_has_no_page(certified: Browser) -> None:
    assert certified.get("/employer/bank-accounts/410181000328").status_code == 404


@pytest.mark.parametrize("address", ["/employer/handler", "/employer/bank-accounts", ACCOUNT])
def test_without_a_certificate_the_pages_show_what_is_needed(employer: Browser, address: str) -> None:
    page = employer.get(address).text
    assert "不能以目前的登录方式办理" in page
    assert "数字证书登录、到就近的社保业务大厅受理岗" in page
    assert f'href="/employer/login?by=certificate&amp;next={address}"' in page
    assert 'class="btn btn-primary btn-lg"' not in page
    english = employer.get("/language/en") and employer.get(address).text
    assert "signing in with a certificate, going to the counter" in english


@pytest.mark.parametrize(
    ("address", "kind", "given"),
    [("/employer/handler", ChangeHandler, NEW_HANDLER), (ACCOUNT, ChangeBankAccount, NEW_ACCOUNT)],
)
def test_it_is_the_service_that_refuses(
    employer: Browser, bus: FakeBus, address: str, kind: type, given: dict[str, str]
) -> None:
    facts = {"business_zh": "经办人变更", "business_en": "Change", "ways": ["certificate", "hall"]}
    bus.answers[kind] = Refused("business_other_way", "", business="x", **facts)
    employer.get(address)
    response = employer.post(address, **given)
    assert response.status_code == 422
    assert "“经办人变更”不能以目前的登录方式办理" in response.text


def test_the_menu_shows_both_and_says_what_they_need(browser: Browser) -> None:
    for actor, note in (
        (people.EMPLOYER, "需要数字证书或到大厅"),
        (people.EMPLOYER_BY_CERTIFICATE, "即时办结"),
    ):
        browser.sign_in(actor)
        page = browser.get("/employer/").text
        assert 'href="/employer/bank-accounts"' in page and 'href="/employer/handler"' in page
        assert page.count(note) == 2


def test_the_confirmation_says_how_to_correct_the_bank_account(browser: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting()
    browser.sign_in(people.EMPLOYER)
    page = browser.get(PAGE).text
    assert "用数字证书登录后办理单位银行账户变更" in page
    browser.sign_in(people.EMPLOYER_BY_CERTIFICATE)
    page = browser.get(PAGE).text
    assert f'href="{ACCOUNT}"' in page
    bus.answers[GetRefund] = example(RefundView, state="noticed", noticed_at="2023-10-01T00:00:00Z")
    assert "请先不要确认" not in browser.get(PAGE).text


def test_an_employer_without_units_is_told_where_to_ask(certified: Browser, bus: FakeBus) -> None:
    bus.answers[ListBankAccounts] = BankAccountsView(accounts=())
    assert "核对参保登记" in certified.get("/employer/bank-accounts").text


def test_what_was_changed_says_by_whom(certified: Browser, bus: FakeBus) -> None:
    changed = example(BankAccountView, changed_at="2023-09-20T02:00:00Z", changed_by="张敏")
    bus.answers[ListBankAccounts] = BankAccountsView(accounts=(changed,))
    page = certified.get("/employer/bank-accounts").text
    assert "2023-09-20 10:00:00" in page and "张敏" in page
