"""为什么没有返还: the page says it in plain words, and home leads to it where there is no refund."""

from typing import Any

from services.contracts.identity.accounts import EmployerView, GetEmployer
from services.contracts.subsidy.confirmation import ListRefunds, RefundsView, RefundView
from services.contracts.subsidy.screening import (
    ListOwnVerdicts,
    OwnProgrammeView,
    OwnVerdictsView,
    OwnVerdictView,
)
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

PAGE = "/employer/eligibility"
LINK = f'href="{PAGE}#p2023"'


def told(*verdicts: OwnVerdictView, **changes: Any) -> OwnVerdictsView:
    """Return one programme with these verdicts."""
    return OwnVerdictsView(programmes=(example(OwnProgrammeView, verdicts=verdicts, **changes),))


def no_refunds(bus: FakeBus) -> None:
    """Let the employer have no refund."""
    bus.answers[ListRefunds] = RefundsView(refunds=())


def test_a_failed_condition_is_shown_with_its_numbers_its_clause_and_what_to_do(
    employer: Browser, bus: FakeBus
) -> None:
    no_refunds(bus)
    page = employer.get(PAGE).text
    assert "足额缴纳失业保险费 11 个月，应不少于 12 个月。" in page
    assert "国办发〔2023〕11号：足额缴纳失业保险费12个月以上" in page
    assert "没有达到" in page and "社保业务大厅更正" in page
    employer.get("/language/en")
    english = employer.get(PAGE).text
    assert "Premiums paid in full for 11 months; at least 12 are needed." in english
    assert "have them corrected at the service hall" in english


def test_an_eligible_unit_waits_for_its_batch(employer: Browser, bus: FakeBus) -> None:
    no_refunds(bus)
    bus.answers[ListOwnVerdicts] = told(example(OwnVerdictView, outcome="eligible", reasons=(), next="wait"))
    page = employer.get(PAGE).text
    assert "正在等待批量核定" in page and 'href="/employer/bank-accounts"' in page
    assert "没有达到" not in page


def test_missing_facts_are_named_and_whom_to_tell(employer: Browser, bus: FakeBus) -> None:
    no_refunds(bus)
    unknown = {"outcome": "unknown", "reasons": ()}
    unit = example(OwnVerdictView, **unknown, missing=("size_class", "headcount_now"), next="complete")
    bus.answers[ListOwnVerdicts] = told(unit)
    page = employer.get(PAGE).text
    assert "<li>企业规模</li><li>现参保人数</li>" in page and "请受理人员补齐" in page
    unit = example(OwnVerdictView, **unknown, missing=("zombie",), next="wait_for_lists")
    bus.answers[ListOwnVerdicts] = told(unit)
    page = employer.get(PAGE).text
    assert "<li>列入僵尸企业名单</li>" in page and "您无需办理" in page


def test_a_unit_with_a_refund_is_shown_the_way_to_it(employer: Browser, bus: FakeBus) -> None:
    page = employer.get(PAGE).text
    assert "该单位的返还已核定" in page
    assert f'href="/employer/refunds/{example(RefundView).refund_id}"' in page
    assert "没有达到" not in page


def test_who_was_not_in_the_registry_is_told_so(employer: Browser, bus: FakeBus) -> None:
    no_refunds(bus)
    bus.answers[ListOwnVerdicts] = told()
    assert "没有找到贵单位的参保登记" in employer.get(PAGE).text
    assert LINK in employer.get("/employer/").text


def test_before_the_first_screening_there_is_nothing_to_explain(employer: Browser, bus: FakeBus) -> None:
    no_refunds(bus)
    bus.answers[ListOwnVerdicts] = OwnVerdictsView(programmes=())
    assert "还没有公布的筛查结果" in employer.get(PAGE).text
    assert PAGE not in employer.get("/employer/").text


def test_home_leads_there_for_every_unit_without_a_refund_only(employer: Browser, bus: FakeBus) -> None:
    assert PAGE not in employer.get("/employer/").text
    another = example(OwnVerdictView, unit_no="410181000999")
    bus.answers[ListOwnVerdicts] = told(example(OwnVerdictView), another)
    assert LINK in employer.get("/employer/").text
    no_refunds(bus)
    bus.answers[ListOwnVerdicts] = told(example(OwnVerdictView))
    assert LINK in employer.get("/employer/").text


def test_home_names_the_unit_not_its_handler_where_there_is_no_refund(
    employer: Browser, bus: FakeBus
) -> None:
    no_refunds(bus)
    unit = example(EmployerView, unit_name="巩义市平稳纺织有限公司", handler_name="周平")
    bus.answers[GetEmployer] = unit
    assert "<dd>巩义市平稳纺织有限公司</dd>" in employer.get("/employer/").text
