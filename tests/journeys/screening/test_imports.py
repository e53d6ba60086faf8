"""Files as they come: with faults, with headers of others, corrected. Every line is accounted for."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.local.demo.corrections import Correction, corrected_employers
from deploy.local.sample.files import FilledFile
from tests.journeys.browser import PHONE, Person
from tests.journeys.steps import WHILE_WORKING, reload_until, save, sign_in_clerk

FOREIGN = "信用代码,企业名,列入那天\r\n91410181H000043203,巩义市停产水泥有限公司,2022-05-20\r\n"


@pytest.fixture
def foreign_file(tmp_path: Path) -> Path:
    """A list of zombie companies with headers that are not ours; two of them nobody could guess."""
    path = tmp_path / "市里报来的名单.csv"
    path.write_bytes(FOREIGN.encode("gb18030"))
    return path


@pytest.mark.usefixtures("agency")
def test_faults_are_told_line_by_line_and_a_corrected_version_by_its_differences(
    person: Callable[..., Person], dirty_files: dict[str, FilledFile]
) -> None:
    clerk = person()
    sign_in_clerk(clerk, "li.approver")
    employers = dirty_files["employers"]
    upload(clerk, "参保单位", employers.path)
    read_the_account(clerk, employers)
    correction = corrected_employers(employers)
    upload(clerk, "参保单位", correction.file.path)
    read_the_differences(clerk, correction)
    read_the_quality(clerk)


def upload(clerk: Person, kind: str, file: Path) -> None:
    """Upload a file from the page of imports."""
    clerk.open("/clerk/imports")
    clerk.page.get_by_label("文件类型").select_option(label=kind)
    clerk.page.get_by_label("文件", exact=True).set_input_files(file)
    clerk.press("上传")
    expect(clerk.page.get_by_role("heading", name=file.name, level=1)).to_be_visible(timeout=WHILE_WORKING)


def read_the_account(clerk: Person, file: FilledFile) -> None:
    """Accepted and rejected make up all lines; each fault is told with its line, its field, its value."""
    page = clerk.page
    expect(page.get_by_role("link", name="下载拒绝原因清单")).to_be_visible(timeout=WHILE_WORKING)
    numbers = [item.inner_text() for item in page.locator("#live .totals b").all()]
    assert [int(number.replace(",", "")) for number in numbers] == [
        file.accepted + len(file.dirty),
        file.accepted,
        len(file.dirty),
    ]
    clerk.look("faults-counted")
    told = list(csv.reader(io.StringIO(save(clerk, "下载拒绝原因清单").decode("gb18030"))))[1:]
    assert [(int(line), field) for line, field, *_ in told] == [
        (each.line, each.field) for each in file.dirty
    ]
    lines = save(clerk, "下载被拒绝的原行").decode("gb18030").splitlines()
    for line, dirty in zip(lines[1:], file.dirty, strict=True):
        assert line.startswith(f"{dirty.text},{dirty.line},{dirty.field}：")


def read_the_differences(clerk: Person, correction: Correction) -> None:
    """What came, what changed from what to what, what went; each by a filter; all as a file."""
    page = clerk.page
    reload_until(clerk, page.get_by_role("link", name="查看差异"))
    clerk.look("corrected")
    clerk.follow("查看差异")
    clerk.look("differences")
    for words, units in (
        ("新增", correction.added),
        ("变更", correction.changed),
        ("减少", correction.removed),
    ):
        page.get_by_label("变化", exact=True).select_option(label=words)
        clerk.press("查询")
        rows = page.locator("tbody tr")
        assert sorted(row.locator("td").first.inner_text() for row in rows.all()) == list(units)
    page.get_by_label("变化", exact=True).select_option(label="变更")
    clerk.press("查询")
    changed = page.get_by_role("row").filter(has_text="410181000441").get_by_role("cell")
    expect(changed.nth(3)).to_have_text("企业规模：—")
    expect(changed.nth(4)).to_have_text("企业规模：小型")
    clerk.look("changed")
    exported = save(clerk, "导出全部（CSV）").decode("utf-8-sig")
    assert all(unit in exported for unit in correction.changed)
    assert "26370710467" not in exported
    page.get_by_role("navigation", name="面包屑").get_by_role("link").nth(1).click()


def read_the_quality(clerk: Person) -> None:
    """The report says what is missing where, and what to do; one of its lists, and that as a file."""
    page = clerk.page
    report = page.get_by_role("region", name="数据质量")
    reload_until(clerk, report.get_by_role("link"))
    clerk.look("quality")
    report.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="数据质量", level=1)).to_be_visible()
    clerk.look("findings")
    unit_no = page.locator("tbody td").first.inner_text()
    assert unit_no in save(clerk, "导出全部（CSV）").decode("utf-8-sig")


@pytest.mark.usefixtures("agency")
def test_a_file_with_foreign_headers_waits_for_the_clerk_to_say_which_column_is_which(
    person: Callable[..., Person], foreign_file: Path
) -> None:
    clerk = person(size=PHONE)
    page = clerk.page
    sign_in_clerk(clerk, "li.approver")
    clerk.open("/clerk/imports")
    clerk.look("narrow-imports")
    upload(clerk, "僵尸企业名单", foreign_file)
    expect(page.get_by_role("heading", name="确认各列的对应关系")).to_be_visible(timeout=WHILE_WORKING)
    expect(page.get_by_label("统一社会信用代码", exact=True)).to_have_value("信用代码")
    clerk.look("narrow-foreign-headers")
    page.get_by_label("单位名称").select_option("企业名")
    page.get_by_label("列入日期").select_option("列入那天")
    clerk.press("按此对应重新预览")
    expect(page.get_by_text("可以接受")).to_be_visible()
    clerk.look("narrow-previewed")
    clerk.press("确认并导入")
    expect(page.get_by_text("已完成")).to_be_visible(timeout=WHILE_WORKING)
    numbers = [item.inner_text() for item in page.locator("#live .totals b").all()]
    assert numbers == ["1", "1", "0"]
    reload_until(clerk, page.get_by_text("与第 1 版相比"))
    clerk.look("narrow-imported")
