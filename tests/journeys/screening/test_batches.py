"""Batches: with a unit held out, by a file of unit numbers, returned with a remark on a line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.local.sample.showcase import MAINTAINED_ONLY, THE_EMPLOYER, WITH_ADMINISTRATOR
from services.contracts.subsidy.screening import ScreeningView
from tests.journeys.browser import PHONE, Person
from tests.journeys.steps import WHILE_WORKING, save, sign_in_clerk

DISMISSED_TOO_MANY = "410181000412"
HELD_FOR, RETURNED_FOR, REMARK = "该单位来函暂缓办理", "请核对一户的收款账户", "户名与单位名称不一致"


@pytest.fixture
def unit_list(tmp_path: Path) -> Path:
    """Unit numbers with one that is none, one twice, one that is not eligible."""
    lines = (THE_EMPLOYER, WITH_ADMINISTRATOR, "四一〇一八一", WITH_ADMINISTRATOR, DISMISSED_TOO_MANY)
    path = tmp_path / "名单.txt"
    path.write_text("\r\n".join(lines) + "\r\n", "utf-8")
    return path


def test_a_batch_without_a_unit_held_out_is_approved_by_another_than_its_maker(
    person: Callable[..., Person], run: ScreeningView
) -> None:
    maker, checker = person(), person()
    sign_in_clerk(maker, "zhao.head")
    maker.open(f"/clerk/screenings/{run.screening_id}")
    maker.page.get_by_role("main").get_by_role("link", name="批量核定").click()
    maker.fill(行政区划="410181")
    maker.page.get_by_role("checkbox", name="微型").check()
    maker.press("生成批次")
    approve = maker.page.get_by_role("button", name="复核通过")
    expect(approve).to_be_visible(timeout=WHILE_WORKING)
    hold_out(maker)
    approve.click()
    expect(maker.page.get_by_role("alert")).to_contain_text("不能")
    maker.look("refused-to-its-maker")
    sign_in_clerk(checker, "zhang.reviewer")
    checker.open(maker.page.url.removesuffix("/approve"))
    checker.page.get_by_role("link", name="另有 1 家单位暂不列入").click()
    expect(checker.page.get_by_role("row").filter(has_text=MAINTAINED_ONLY)).to_contain_text(HELD_FOR)
    checker.look("held-out")
    checker.press("复核通过")
    expect(checker.page.get_by_text("已通过").first).to_be_visible(timeout=WHILE_WORKING)
    checker.look("approved")


def hold_out(clerk: Person) -> None:
    """Hold one unit out with a reason; count and amount go down by it."""
    count = clerk.page.locator("#live .totals b").first
    before = int(count.inner_text())
    clerk.page.get_by_role("row").filter(has_text=MAINTAINED_ONLY).get_by_role(
        "link", name="暂不列入"
    ).click()
    clerk.fill(原因=HELD_FOR)
    clerk.look("hold-out")
    clerk.press("暂不列入")
    expect(count).to_have_text(str(before - 1))
    clerk.look("without-it")


def test_a_batch_by_file_accounts_for_every_line_and_comes_back_with_a_remark(
    person: Callable[..., Person], run: ScreeningView, unit_list: Path
) -> None:
    maker, checker = person(), person(size=PHONE)
    sign_in_clerk(maker, "li.approver")
    maker.open(f"/clerk/batches/new?screening_id={run.screening_id}")
    maker.page.get_by_label("单位编号名单（可不选）").set_input_files(unit_list)
    maker.look("new-batch-by-file")
    maker.press("生成批次")
    lines = maker.page.get_by_role("link", name="查看名单 5 行")
    expect(lines).to_be_visible(timeout=WHILE_WORKING)
    maker.look("batch-by-file")
    batch = maker.page.url
    lines.click()
    read_the_outcomes(maker)
    send_back(checker, batch)
    maker.open(batch)
    expect(maker.page.get_by_text(RETURNED_FOR)).to_be_visible()
    remarks = maker.page.get_by_role("region", name="复核人逐户意见")
    expect(remarks.get_by_role("row").filter(has_text=WITH_ADMINISTRATOR)).to_contain_text(REMARK)
    maker.look("returned")


def read_the_outcomes(clerk: Person) -> None:
    """Each line of the file with what became of it, on the page and in the CSV."""
    outcomes = [row.locator("td").nth(3).inner_text() for row in clerk.page.locator("tbody tr").all()]
    assert outcomes == ["已列入", "已列入", "没有单位编号", "与前面的行重复", "不符合条件"]
    clerk.look("outcomes")
    exported = save(clerk, "导出全部（CSV）").decode("utf-8-sig").splitlines()
    assert len(exported) == 1 + 5
    clerk.page.get_by_label("处理结果", exact=True).select_option(label="不符合条件")
    clerk.press("查询")
    expect(clerk.page.locator("tbody tr")).to_have_count(1)
    clerk.follow(DISMISSED_TOO_MANY)
    expect(clerk.page.get_by_text("20.69%").first).to_be_visible()


def send_back(clerk: Person, batch: str) -> None:
    """The reviewer sends the batch back, with a remark on one line."""
    sign_in_clerk(clerk, "zhang.reviewer")
    clerk.open(batch)
    clerk.look("narrow-to-check")
    clerk.fill(退回原因=RETURNED_FOR)
    remarks = clerk.page.get_by_label("逐户意见（可不填）")
    expect(remarks).to_have_value("")
    remarks.fill(f"{WITH_ADMINISTRATOR} {REMARK}")
    clerk.press("退回")
    expect(clerk.page.get_by_text(RETURNED_FOR)).to_be_visible()
    clerk.look("narrow-sent-back")
