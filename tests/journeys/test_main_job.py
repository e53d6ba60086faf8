"""The manual through its pages: from the clerk's file to the notice, the slip in the employer's hands."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from deploy.local.demo.slip_reading import read_slip
from deploy.local.sample.bring_in import Agency
from deploy.local.sample.files import write_province
from deploy.local.sample.showcase import THE_EMPLOYER
from tests.journeys.browser import Person
from tests.journeys.conftest import UNITS, YEAR
from tests.journeys.steps import (
    WHILE_WORKING,
    answer,
    download,
    enter_maintenance,
    sign_in_clerk,
    sign_in_employer,
)

PASSWORD = "Luo-River-2023"


@pytest.fixture
def zombie_file(tmp_path: Path) -> Path:
    """A new version of the list of zombie companies; its last line names a day that never was."""
    files = {file.kind: file for file in write_province(folder=tmp_path, programme_year=YEAR, count=UNITS)}
    with open(files["zombie"].path, "a", encoding="gb18030", newline="") as file:
        file.write("91410181H000043203,巩义市停产水泥有限公司,2022-02-30\r\n")
    return files["zombie"].path


def test_the_main_job_from_file_to_notice(
    person: Callable[..., Person], agency: Agency, zombie_file: Path, tmp_path: Path
) -> None:
    head, reviewer, reception, employer, publisher = (person() for _ in range(5))
    sign_in_clerk(head, "zhao.head")
    head.look("workbench")
    import_list(head, zombie_file)
    screen(head)
    batch = make_batch(head)
    approve(reviewer, batch)
    sign_in_clerk(reception, "chen.reception")
    enter_maintenance(reception, agency.units[THE_EMPLOYER])
    reception.look("maintenance")
    register(employer, agency)
    become_administrator(employer, agency)
    see_refund(employer)
    answer(employer, "确认享受")
    employer.look("submitted")
    number, code = read_the_slip(employer, tmp_path)
    change_mind(employer)
    publish(publisher, batch)
    find_it_frozen(employer)
    verify(employer, number, code)


def import_list(clerk: Person, file: Path) -> None:
    """The dirty line is refused, and can be fetched."""
    clerk.open("/clerk/imports")
    clerk.page.get_by_label("文件类型").select_option(label="僵尸企业名单")
    clerk.page.get_by_label("文件", exact=True).set_input_files(file)
    clerk.look("import")
    clerk.press("上传")
    rejects = clerk.page.get_by_role("link", name="下载拒绝原因清单")
    expect(rejects).to_be_visible(timeout=WHILE_WORKING)
    clerk.look("imported")
    with clerk.page.expect_download() as saved:
        rejects.click()
    lines = Path(saved.value.path()).read_text("gb18030").splitlines()
    assert len(lines) == 2
    assert re.match(r"\d+,列入日期,2022-02-30,", lines[1])


def screen(clerk: Person) -> None:
    """Start a run, see it end, find the manual's employer and why it gets what it gets."""
    clerk.open("/clerk/policies/2023")
    clerk.look("policy")
    clerk.open("/clerk/screenings")
    clerk.page.get_by_label("业务年度").select_option("2023")
    clerk.look("screenings")
    clerk.press("开始筛查")
    expect(clerk.page.get_by_role("region", name="筛查结果")).to_be_visible(timeout=WHILE_WORKING)
    clerk.look("screened")
    clerk.page.get_by_label("单位名称、信用代码或单位编号").fill(THE_EMPLOYER)
    clerk.press("查询")
    clerk.look("found")
    clerk.follow(THE_EMPLOYER)
    expect(clerk.page.get_by_text("237,137.15").first).to_be_visible()
    clerk.look("explained")


def make_batch(clerk: Person) -> str:
    """Freeze a county's large units; the maker, though a reviewer, may not approve. Return the address."""
    clerk.open("/clerk/batches/new")
    clerk.fill(行政区划="410181")
    clerk.page.get_by_role("checkbox", name="大型").check()
    clerk.look("new-batch")
    clerk.press("生成批次")
    approve = clerk.page.get_by_role("button", name="复核通过")
    expect(approve).to_be_visible(timeout=WHILE_WORKING)
    clerk.look("batch")
    address = clerk.page.url
    approve.click()
    expect(clerk.page.get_by_role("alert")).to_be_visible()
    clerk.look("maker-refused")
    return address


def approve(clerk: Person, batch: str) -> None:
    """Another clerk approves."""
    sign_in_clerk(clerk, "zhang.reviewer")
    clerk.open(batch)
    clerk.press("复核通过")
    expect(clerk.page.get_by_text("已通过").first).to_be_visible(timeout=WHILE_WORKING)
    clerk.look("approved")


def register(somebody: Person, agency: Agency) -> None:
    """马上注册: 开通单位网上服务."""
    unit = agency.units[THE_EMPLOYER]
    somebody.open("/")
    somebody.look("landing")
    somebody.open("/employer/login")
    somebody.look("login")
    somebody.follow("马上注册")
    somebody.fill(统一社会信用代码=unit.credit_code, 单位名称=unit.name, 联系手机号=unit.phone)
    somebody.page.get_by_role("checkbox", name=re.compile("我已阅读并同意")).check()
    somebody.look("register")
    somebody.press("开通单位网上服务")
    somebody.look("registered")
    somebody.follow("返回登录页")


def become_administrator(somebody: Person, agency: Agency) -> None:
    """单位管理员注册 with the code from the phone; straight to the home page, where the prompt pops up."""
    handler = agency.handler_of(THE_EMPLOYER)
    known = {sms.sms_id for sms in handler.outbox_sms(handler.phone)}
    sign_in_employer(somebody, handler, password="")
    somebody.fill(登录密码=PASSWORD, 确认密码=PASSWORD, 手机号码=handler.phone)
    somebody.press("获取验证码")
    somebody.fill(短信验证码=handler.code_on(handler.phone, known))
    somebody.look("administrator")
    somebody.press("注册")
    expect(somebody.dialog("温馨提示")).to_be_visible()
    somebody.look("pop-up")


def see_refund(somebody: Person) -> None:
    """确定 leads to the confirmation page, with the manual's numbers."""
    somebody.dialog("温馨提示").get_by_role("button", name="确定").click()
    expect(somebody.page.get_by_role("heading", name="享受稳岗返还信息确认")).to_be_visible()
    for shown in ("410181000327", "91410181170508042W", "790,457.17", "30%", "237,137.15", "****1046"):
        expect(somebody.page.get_by_text(shown).first).to_be_visible()
    expect(somebody.page.get_by_role("radio", checked=True)).to_have_count(0)
    somebody.look("refund")


def read_the_slip(somebody: Person, folder: Path) -> tuple[str, str]:
    """Fetch the slip in the browser; return its number and check code."""
    page = somebody.page
    somebody.open("/employer/done")
    while not page.get_by_role("link", name=re.compile("第 1 次确认单")).count():
        page.wait_for_timeout(500)
        page.reload()
    somebody.look("done")
    path = folder / "slip.pdf"
    download(somebody, "第 1 次确认单").save_as(path)
    slip = read_slip(path.read_bytes())
    for words in ("2023年度稳岗返还政策确认单", "237,137.15", "巩义市恒远精密制造有限公司", "263707101046"):
        assert words in slip.text
    assert (slip.pages, slip.fonts_missing) == (1, ())
    number = re.search(r"WG\w+-2023-\d+", page.get_by_role("main").inner_text())
    code = re.search(r"\b[0-9A-F]{16}\b", page.get_by_role("main").inner_text())
    assert number and code
    return number[0], code[0]


def change_mind(somebody: Person) -> None:
    """Waive, then confirm again: the last answer counts."""
    for choice in ("放弃享受", "确认享受"):
        somebody.open("/employer/refunds")
        somebody.follow("去确认 2023")
        answer(somebody, choice)
    somebody.look("answered-again")


def publish(clerk: Person, batch: str) -> None:
    """公示: the list is public."""
    sign_in_clerk(clerk, "wang.notice")
    clerk.open(batch)
    clerk.follow("去公示")
    clerk.page.get_by_role("checkbox", name=re.compile("我已知晓")).check()
    clerk.look("notice-form")
    clerk.press("发布公示")
    expect(clerk.page.get_by_text("237,137.15").first).to_be_visible()
    clerk.look("published")
    clerk.open("/notices")
    clerk.look("public-notices")


def find_it_frozen(somebody: Person) -> None:
    """From the notice on there is nothing to choose."""
    somebody.open("/employer/refunds")
    somebody.follow("查看 2023")
    expect(somebody.page.get_by_text("公示以后，不允许再做确认")).to_be_visible()
    expect(somebody.page.get_by_role("radio")).to_have_count(0)
    somebody.look("frozen")


def verify(somebody: Person, number: str, code: str) -> None:
    """Anybody can verify the first slip, and learns that a later one counts."""
    somebody.open("/verify")
    somebody.fill(确认单编号=number, 校验码=code)
    somebody.press("核验")
    expect(somebody.page.get_by_text("以最后一次为准")).to_be_visible()
    somebody.look("verified")
