"""版本差异 and 数据质量: on the page of an import, as lists, and as files."""

import csv
import io
import re
from typing import Any

import pytest

from gateway.imported import CHANGES, FIELDS, FINDINGS, TO_DO
from services.contracts.errors import Refused
from services.contracts.subsidy.quality import (
    FindingKind,
    FindingsView,
    FindingView,
    GetImportQuality,
    ImportQualityView,
    ListQualityFindings,
)
from services.contracts.subsidy.registry import GetImport, ImportView
from services.contracts.subsidy.versions import (
    ChangeKind,
    GetImportDiff,
    ImportChangesView,
    ImportChangeView,
    ImportDiffView,
    ListImportChanges,
    MonthsView,
    StartComparison,
    VersionView,
)
from services.subsidy.versions.domain import FIELDS as COMPARED
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

CHINESE = re.compile(r"[一-鿿]+")
I = "018a91b2-7c40-7000-8000-000000000002"  # noqa: E741
EARLIER = "018a91b2-7c40-7000-8000-000000000021"
PAGE = f"/clerk/imports/{I}"


@pytest.fixture(autouse=True)
def of_employers(bus: FakeBus) -> None:
    """The import in question holds employers."""
    bus.answers[GetImport] = example(ImportView, kind="employers")


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_every_field_change_and_finding_has_words_and_what_to_do() -> None:
    assert set(FIELDS) == {name for names in COMPARED.values() for name in names}
    assert set(CHANGES) == set(ChangeKind)
    assert set(FINDINGS) == set(TO_DO) == set(FindingKind)


def test_the_page_of_an_import_counts_changes_and_findings_with_links(clerk: Browser) -> None:
    page = clerk.get(PAGE).text
    assert "第 2 版" in page and "与第 1 版相比" in page
    assert "118,641" in page and f'href="{PAGE}/changes?field=headcount"' in page
    assert "缺银行账号" in page and f'href="{PAGE}/findings?kind=no_account"' in page
    assert "补齐前不能发放" in page and f'href="{PAGE}/findings.csv"' in page


def test_an_import_that_is_not_done_has_no_version_yet(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetImport] = example(ImportView, state="loading", finished_at=None)
    page = clerk.get(PAGE).text
    assert "版相比" not in page and "数据质量" not in page
    assert not bus.requests(GetImportDiff) and not bus.requests(GetImportQuality)


def test_contributions_tell_months_and_money_and_have_no_quality_report(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetImport] = example(ImportView)
    months = example(MonthsView).to_wire()
    bus.answers[GetImportDiff] = example(ImportDiffView, kind="contributions", months=months)
    page = clerk.get(PAGE).text
    assert "790,457.17" in page and "791,457.17" in page and "只替换月份" in page
    assert "数据质量" not in page and not bus.requests(GetImportQuality)


@pytest.mark.parametrize(("state", "said"), [("first", "第一个版本"), ("waiting", "正在比较")])
def test_the_first_version_and_one_that_waits_say_so(
    clerk: Browser, bus: FakeBus, state: str, said: str
) -> None:
    bus.answers[GetImportDiff] = example(ImportDiffView, state=state, against=None, earlier=[], fields=[])
    assert said in clerk.get(PAGE).text


def test_two_versions_that_nobody_has_compared_can_be_compared(clerk: Browser, bus: FakeBus) -> None:
    assert "/comparisons" not in clerk.get(PAGE).text
    bus.answers[GetImportDiff] = example(ImportDiffView, state="waiting")
    assert f'action="{PAGE}/comparisons"' in clerk.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"state": "waiting", "findings": []}, "正在检查"), ({"findings": []}, "没有发现问题")],
)
def test_a_report_that_waits_or_found_nothing_says_so(
    clerk: Browser, bus: FakeBus, changes: dict[str, Any], said: str
) -> None:
    bus.answers[GetImportQuality] = example(ImportQualityView, **changes)
    assert said in clerk.get(PAGE).text


def test_a_clerk_who_may_not_look_up_units_sees_counts_without_links(browser: Browser) -> None:
    browser.sign_in(people.NOTICE_CLERK)
    page = browser.get(PAGE).text
    assert "118,641" in page and "缺银行账号" in page
    assert f"{PAGE}/changes" not in page and f"{PAGE}/findings" not in page


def test_another_version_is_asked_for_and_shown(clerk: Browser, bus: FakeBus) -> None:
    versions = [example(VersionView, version=n).to_wire() for n in (2, 1)]
    bus.answers[GetImportDiff] = example(ImportDiffView, version=3, earlier=versions)
    assert f'action="{PAGE}/comparisons"' in clerk.get(PAGE).text
    response = clerk.post(f"{PAGE}/comparisons", against=EARLIER)
    assert (response.status_code, response.headers["Location"]) == (303, f"{PAGE}?against={EARLIER}")
    asked = bus.last(StartComparison)
    assert (str(asked.import_id), str(asked.against)) == (I, EARLIER)
    page = clerk.get(f"{PAGE}?against={EARLIER}").text
    assert str(bus.last(GetImportDiff).against) == EARLIER
    assert f"{PAGE}/changes?field=headcount&amp;against={EARLIER}" in page
    bus.answers[StartComparison] = Refused("version_not_earlier")
    assert "只能与更早的版本比较" in clerk.post(f"{PAGE}/comparisons", against=EARLIER).text


def test_filters_live_in_the_address_and_stay_in_all_links(clerk: Browser, bus: FakeBus) -> None:
    change = example(ImportChangeView).to_wire()
    bus.answers[ListImportChanges] = ImportChangesView(changes=[change], next_after="410181000327")
    given = f"kind=changed&field=headcount&against={EARLIER}"
    page = clerk.get(f"{PAGE}/changes?{given}&after=410181000001").text
    asked = bus.last(ListImportChanges)
    assert (asked.kind, asked.field, str(asked.against), asked.after) == (
        ChangeKind.CHANGED,
        "headcount",
        EARLIER,
        "410181000001",
    )
    linked = given.replace("&", "&amp;")
    assert f"{PAGE}/changes?{linked}&amp;after=410181000327" in page
    assert f'href="{PAGE}/changes.csv?{linked}"' in page
    assert "参保人数：1175" in page and "参保人数：1180" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("changes?kind=shoes", "从列表选择类型"),
        ("changes?field=A", "没有这个项目"),
        ("changes?against=x", "选择要比较的版本"),
        ("changes.csv?kind=shoes", "从列表选择类型"),
        ("findings?kind=shoes", "从列表选择类型"),
        ("findings.csv?kind=shoes", "从列表选择类型"),
    ],
)
def test_a_filter_that_is_no_good_is_named(clerk: Browser, bus: FakeBus, address: str, said: str) -> None:
    response = clerk.get(f"{PAGE}/{address}")
    assert response.status_code == 422 and said in response.text
    assert not bus.requests(ListImportChanges) and not bus.requests(ListQualityFindings)


def test_values_are_shown_in_words(clerk: Browser, bus: FakeBus) -> None:
    fields = [
        {"field": "size_class", "before": "large", "after": None},
        {"field": "labour_dispatch", "before": "no", "after": "yes"},
        {"field": "revenue", "before": None, "after": "2000000001"},
    ]
    change = example(ImportChangeView, fields=fields).to_wire()
    bus.answers[ListImportChanges] = ImportChangesView(changes=[change], next_after=None)
    page = clerk.get(f"{PAGE}/changes").text
    for said in ("企业规模：大型", "企业规模：—", "劳务派遣单位：是", "营业收入（元）：20,000,000.01"):
        assert said in page
    [row] = rows_of(clerk.get(f"{PAGE}/changes.csv"))
    assert row["变更内容"].splitlines()[0] == "企业规模：大型 → —"
    assert (row["变化"], row["单位编号或信用代码"]) == ("变更", "410181000327")


def test_findings_are_listed_with_their_numbers_and_exported(clerk: Browser, bus: FakeBus) -> None:
    facts: dict[str, dict[str, int | str]] = {
        "headcount_jump": {"month": 202212, "before": 1175, "now": 2400},
        "size_differs": {"file": "large", "standard": "micro"},
        "shared_code": {"units": 1200},
        "shared_phone": {"employers": 21},
        "other_region": {"usual": "41"},
        "no_bank": {},
    }
    found = [example(FindingView, kind=kind, facts=each).to_wire() for kind, each in facts.items()]
    bus.answers[ListQualityFindings] = FindingsView(findings=found, next_after=None)
    page = clerk.get(f"{PAGE}/findings?kind=no_bank").text
    for said in ("202212：1175 人，现 2400 人", "文件：大型；按标准：微型", "共 1,200 个", "共 21 家"):
        assert said in page
    assert bus.last(ListQualityFindings).kind is FindingKind.NO_BANK
    assert f'href="{PAGE}/findings.csv?kind=no_bank"' in page
    rows = rows_of(clerk.get(f"{PAGE}/findings.csv"))
    assert [row["发现"] for row in rows] == [str(FINDINGS[FindingKind(kind)]) for kind in facts]
    assert "筛查以文件填写的规模为准" in rows[1]["处理建议"]


def test_empty_lists_are_said_in_words(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListQualityFindings] = FindingsView(findings=(), next_after=None)
    bus.answers[ListImportChanges] = ImportChangesView(changes=(), next_after=None)
    assert "没有发现问题" in clerk.get(f"{PAGE}/findings").text
    assert "没有符合条件的差异" in clerk.get(f"{PAGE}/changes").text


def test_pages_and_exports_speak_english(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/language/en")
    bus.answers[ListImportChanges] = ImportChangesView(
        changes=[example(ImportChangeView, unit_name="Hengyuan").to_wire()], next_after=None
    )
    found = [example(FindingView, unit_name="Hengyuan").to_wire()]
    bus.answers[ListQualityFindings] = FindingsView(findings=found, next_after=None)
    bus.answers[GetImport] = example(ImportView, kind="employers", by="Li")
    for address in ("", "/changes", "/findings", "/changes.csv", "/findings.csv"):
        page = clerk.get(f"{PAGE}{address}").data.decode("utf-8-sig")
        page = page.replace("社会保障网上服务平台", "").replace(">中文</a>", "").replace("李建国", "")
        assert not CHINESE.search(page), (address, CHINESE.findall(page))
