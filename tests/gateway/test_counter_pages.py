"""The reception post: maintenances beside the registry, and what changes for an employer at the counter."""

from typing import Any
from uuid import UUID

import pytest

from gateway.portals.clerk.maintenances import compare
from services.contracts.errors import Missing, Refused
from services.contracts.identity.accounts import ChangeHandler, GetEmployer, RequestSmsCode
from services.contracts.identity.certificates import ReleaseCertificate
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    ListMaintenances,
    MaintenancesView,
    MaintenanceView,
    RefuseMaintenance,
)
from services.contracts.subsidy.bank_accounts import (
    BankAccountsView,
    BankAccountView,
    ChangeBankAccount,
    ListBankAccounts,
)
from services.contracts.subsidy.registry import GetUnit, UnitView
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_language import CHINESE

UNIT = "410181000327"
ONE = example(MaintenanceView).maintenance_id
PAGE = f"/clerk/maintenances/{UNIT}/{ONE}"
HANDLER = f"/clerk/employers/{people.CODE}/handler"
BANK = f"/clerk/employers/{people.CODE}/bank-accounts/{UNIT}"
CERTIFICATE = f"/clerk/employers/{people.CODE}/certificate"


def declared(**changes: Any) -> MaintenancesView:
    """Return a unit's history with one maintenance that waits."""
    waiting = {"state": "declared", "decided_by": None, "decided_at": None, **changes}
    return MaintenancesView(maintenances=(example(MaintenanceView, **waiting),), next_after=None)


# ---- the queue


def test_the_queue_shows_first_what_waits(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared()
    page = clerk.get("/clerk/maintenances").text
    asked = bus.last(ListMaintenances)
    assert (asked.state, asked.find) == ("declared", None)
    assert f'href="{PAGE}"' in page and "待受理" in page and "199****0001" in page


@pytest.mark.parametrize(
    ("address", "state", "find"),
    [
        ("?state=refused", "refused", None),
        ("?state=all", None, None),
        (f"?find={people.CODE.lower()}", None, people.CODE),
        (f"?find={UNIT}&state=accepted", "accepted", UNIT),
    ],
)
def test_the_address_says_what_is_listed(
    clerk: Browser, bus: FakeBus, address: str, state: str | None, find: str | None
) -> None:
    clerk.get(f"/clerk/maintenances{address}")
    asked = bus.last(ListMaintenances)
    assert (asked.state, asked.find) == (state, find)


def test_the_tab_and_the_search_stay_when_turning_the_page(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared().model_copy(update={"next_after": ONE})
    page = clerk.get(f"/clerk/maintenances?state=accepted&find={UNIT}").text
    assert f"state=accepted&amp;find={UNIT}&amp;after={ONE}" in page
    clerk.get(f"/clerk/maintenances?after={ONE}")
    assert bus.last(ListMaintenances).after == ONE


@pytest.mark.parametrize("address", ["?find=4101", "?state=perhaps"])
def test_a_filter_that_can_be_none_is_named(clerk: Browser, bus: FakeBus, address: str) -> None:
    response = clerk.get(f"/clerk/maintenances{address}")
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert not bus.requests(ListMaintenances)


# ---- one maintenance


def test_declared_and_registered_stand_side_by_side(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared(handler_name="李四")
    page = clerk.get(PAGE).text
    assert bus.last(GetUnit).unit_no == UNIT
    assert bus.last(ListMaintenances).find == UNIT
    assert page.count("</svg> 一致") == 3 and page.count("</svg> 不一致") == 1
    assert "该单位的维护记录" in page


def test_names_are_the_same_whatever_their_width() -> None:
    one = example(MaintenanceView, unit_name="河南 恒远（集团）有限公司")
    lines = compare(one, example(UnitView, unit_name="河南恒远(集团)有限公司", phone_masked=None))
    assert [line.same for line in lines] == [True, True, True, None]
    other = compare(one, example(UnitView, credit_code=people.STRANGER.employer, contact=None))
    assert [line.same for line in other] == [False, False, None, True]


@pytest.mark.parametrize(
    ("silence", "said"),
    [
        (Missing("unit_missing", ""), "参保登记中没有该单位编号"),
        (Refused("something_else", ""), "暂时查不到参保登记"),
    ],
)
def test_where_the_registry_says_nothing_that_is_said(
    clerk: Browser, bus: FakeBus, silence: Exception, said: str
) -> None:
    bus.answers.update({ListMaintenances: declared(), GetUnit: silence})
    page = clerk.get(PAGE).text
    assert said in page and "无法核对" in page and "受理通过" in page


def test_accepting_asks_the_service_and_says_so(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared()
    clerk.get(PAGE)
    once = clerk.hidden()["once"]
    response = clerk.post(f"{PAGE}/accept")
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    accepted = bus.last(AcceptMaintenance)
    assert (accepted.maintenance_id, accepted.id) == (ONE, UUID(once))
    assert "已受理通过" in clerk.get(PAGE).text


def test_refusing_needs_a_reason(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared()
    bus.answers[RefuseMaintenance] = example(MaintenanceView, state="refused", reason="单位名称不符")
    clerk.get(PAGE)
    assert 'id="reason-wrong"' in clerk.post(f"{PAGE}/refuse", reason=" ").text
    assert clerk.post(f"{PAGE}/refuse", reason="单位名称不符").status_code == 303
    assert [one.reason for one in bus.requests(RefuseMaintenance)] == ["单位名称不符"]


def test_a_refused_acceptance_says_why_on_the_same_page(clerk: Browser, bus: FakeBus) -> None:
    bus.answers.update({ListMaintenances: declared(), AcceptMaintenance: Refused("unit_registered", "")})
    clerk.get(PAGE)
    response = clerk.post(f"{PAGE}/accept")
    assert response.status_code == 422
    assert "该单位已注册单位网厅" in response.text and "与参保登记核对" in response.text


def test_what_is_decided_cannot_be_decided_again(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared(state="refused", reason="单位名称不符")
    page = clerk.get(PAGE).text
    assert "单位名称不符" in page and "受理通过" not in page


@pytest.mark.parametrize("address", [f"/clerk/maintenances/4101/{ONE}", "/clerk/employers/91/handler"])
def test_an_address_that_can_be_none_is_no_page(clerk: Browser, address: str) -> None:
    assert clerk.get(address).status_code == 404


def test_a_maintenance_of_another_unit_is_not_found(clerk: Browser) -> None:
    response = clerk.get(f"/clerk/maintenances/{UNIT}/018a91b2-7c40-7000-8000-0000000000ff")
    assert response.status_code == 404
    assert "没有该信用代码维护" in response.text


def test_the_auditor_reads_maintenances_but_decides_nothing(browser: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared()
    browser.sign_in(people.AUDITOR)
    assert "大厅录入" not in browser.get("/clerk/maintenances").text
    page = browser.get(PAGE).text
    assert "与参保登记核对" in page and "<form" not in page.partition("<main")[2]


def test_declared_maintenances_wait_on_the_workbench(browser: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = declared()
    browser.sign_in(people.RECEPTION)
    assert f'<a href="{PAGE}">信用代码维护：巩义市恒远精密制造有限公司</a>' in browser.get("/clerk/").text


def test_after_entering_the_comparison_is_one_link_away(clerk: Browser) -> None:
    clerk.get("/clerk/maintenance")
    given = {"unit_no": UNIT, "unit_name": "某公司", "handler_name": "张敏", "handler_phone": "19903700001"}
    clerk.post("/clerk/maintenance", credit_code=people.CODE, **given)
    assert f'href="{PAGE}"' in clerk.get("/clerk/maintenance").text


# ---- changes at the counter


def test_an_employer_is_found_with_all_that_can_be_changed(clerk: Browser, bus: FakeBus) -> None:
    page = clerk.get(f"/clerk/employers?credit_code={people.CODE.lower()}").text
    assert bus.last(GetEmployer).employer == bus.last(ListBankAccounts).employer == people.CODE
    assert all(f'href="{address}"' in page for address in (HANDLER, BANK, CERTIFICATE))
    assert "****1046" in page and "199****0001" in page


def test_an_employer_without_an_account_still_has_its_bank_accounts(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetEmployer] = Missing("account_missing", "")
    page = clerk.get(f"/clerk/employers?credit_code={people.CODE}").text
    assert "尚未开通网上服务" in page and BANK in page and HANDLER not in page
    assert f'href="/clerk/maintenances?find={people.CODE}"' in page
    bus.answers[ListBankAccounts] = Missing("unit_missing", "")
    assert "参保登记中没有该单位" in clerk.get(f"/clerk/employers?credit_code={people.CODE}").text


def test_a_credit_code_that_is_none_is_named(clerk: Browser, bus: FakeBus) -> None:
    response = clerk.get("/clerk/employers?credit_code=91")
    assert 'id="employer-wrong"' in response.text
    assert not bus.requests(GetEmployer)


def test_a_handler_is_changed_with_a_code_on_the_new_phone(clerk: Browser, bus: FakeBus) -> None:
    clerk.get(HANDLER)
    given = {"handler_name": "李四", "phone": "13800138000"}
    page = clerk.post(HANDLER, action="sms", **given).text
    asked = bus.last(RequestSmsCode)
    assert (asked.purpose, asked.credit_code, asked.phone) == ("change_handler", people.CODE, "13800138000")
    assert "验证码短信已发往新经办人的手机" in page and 'value="李四"' in page
    response = clerk.post(HANDLER, action="change", sms_code="123456", **given)
    changed = bus.last(ChangeHandler)
    assert (changed.employer, changed.handler_name, changed.phone) == (people.CODE, "李四", "13800138000")
    assert response.headers["Location"] == f"/clerk/employers?credit_code={people.CODE}"
    assert "经办人已变更" in clerk.get(response.headers["Location"]).text


def test_a_wrong_code_keeps_what_was_typed(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ChangeHandler] = Refused("sms_code_wrong", "")
    clerk.get(HANDLER)
    response = clerk.post(HANDLER, handler_name="李四", phone="13800138000", sms_code="000000")
    assert response.status_code == 422
    assert "短信验证码不正确" in response.text and 'value="李四"' in response.text


def test_a_bank_account_is_typed_twice_and_may_be_grouped(clerk: Browser, bus: FakeBus) -> None:
    clerk.get(BANK)
    given = {"account_name": "巩义市恒远精密制造有限公司", "bank": "中国银行巩义支行"}
    wrong = clerk.post(BANK, account="6217 0000 1234", account_again="6217 0000 1243", **given)
    assert 'id="account_again-wrong"' in wrong.text
    assert not bus.requests(ChangeBankAccount)
    response = clerk.post(BANK, account="6217 0000 1234", account_again="621700001234", **given)
    changed = bus.last(ChangeBankAccount)
    assert (changed.employer, changed.unit_no, changed.account) == (people.CODE, UNIT, "621700001234")
    page = clerk.get(response.headers["Location"]).text
    assert "银行账户已变更" in page and "WGFH-2023-41018100000001" in page


def test_a_bank_account_of_a_unit_that_is_not_the_employers_is_not_found(clerk: Browser) -> None:
    assert clerk.get(BANK.replace(UNIT, "410181009999")).status_code == 404


def test_a_refused_bank_account_stays_on_its_page(clerk: Browser, bus: FakeBus) -> None:
    view = BankAccountsView(accounts=(example(BankAccountView, bank=None, account_masked=None),))
    bus.answers.update({ListBankAccounts: view, ChangeBankAccount: Refused("unit_missing", "")})
    clerk.get(BANK)
    given = {"account_name": "某公司", "bank": "中国银行"}
    response = clerk.post(BANK, account="621700001234", account_again="621700001234", **given)
    assert response.status_code == 422
    assert "没有该参保单位" in response.text and 'value="某公司"' in response.text


def test_a_certificate_is_released_after_the_tick(clerk: Browser, bus: FakeBus) -> None:
    clerk.get(CERTIFICATE)
    assert 'id="understood-wrong"' in clerk.post(CERTIFICATE).text
    assert not bus.requests(ReleaseCertificate)
    response = clerk.post(CERTIFICATE, understood="yes")
    assert bus.last(ReleaseCertificate).credit_code == people.CODE
    assert "已解绑" in clerk.get(response.headers["Location"]).text


# ---- English


@pytest.mark.parametrize(
    "address",
    ["/clerk/maintenances", PAGE, f"/clerk/employers?credit_code={people.CODE}", HANDLER, BANK, CERTIFICATE],
)
def test_the_counter_speaks_english(clerk: Browser, bus: FakeBus, address: str) -> None:
    name = {"unit_name": "Hengyuan"}
    one = example(MaintenanceView, **name, handler_name="Zhang", declared_by="Wang", decided_by="Chen")
    bus.answers[ListMaintenances] = MaintenancesView(maintenances=(one,), next_after=ONE)
    bus.answers[GetUnit] = example(UnitView, **name, contact="Zhang")
    bus.answers[GetEmployer] = example(GetEmployer.answer_type(), **name, handler_name="Zhang")
    account = example(BankAccountView, **name, account_name="Hengyuan", bank="BOC", changed_by="Zhang")
    bus.answers[ListBankAccounts] = BankAccountsView(accounts=(account,))
    clerk.get("/language/en")
    page = clerk.get(address).text
    page = page.replace("社会保障网上服务平台", "").replace(">中文</a>", "").replace("李建国", "")
    assert not CHINESE.search(page), CHINESE.findall(page)
