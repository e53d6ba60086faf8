"""Rules change: drafted, measured, reviewed by another, in force; then a run by them, and its reasons."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from deploy.local.sample.bring_in import Agency
from deploy.local.sample.showcase import THE_EMPLOYER
from services.contracts.subsidy.screening import ScreeningView
from tests.journeys.browser import PHONE, Person
from tests.journeys.steps import (
    WHILE_WORKING,
    open_service,
    reload_until,
    save,
    sign_in_clerk,
    sign_in_employer,
)

CJK = re.compile("[\u4e00-\u9fff]")
COMES_IN, STAYS_OUT, UNTOLD = "410181000414", "410181000412", "410181000442"
LIMIT = '[name="p.max_layoff_rate"]'


def test_a_second_version_is_drafted_measured_reviewed_and_a_run_by_it_is_explained(
    person: Callable[..., Person], run: ScreeningView, agency: Agency
) -> None:
    maker, reviewer, employer = person(), person(), person()
    sign_in_clerk(maker, "zhao.head")
    draft = write_draft(maker)
    compare(maker)
    measure(maker)
    submit(maker, draft)
    put_in_force(reviewer)
    read_version_two(reviewer)
    screen_by_version_two(maker)
    release(maker)
    sign_in_employer(employer, open_service(agency, STAYS_OUT))
    ask_why_not(employer)


def write_draft(clerk: Person) -> str:
    """Start from version 1, let 6 % be the limit; return the address of the draft."""
    clerk.open("/clerk/policies")
    clerk.follow("起草")
    clerk.page.get_by_label("起草依据").select_option("2023.1")
    clerk.fill(业务年度="2023")
    clerk.look("new-draft")
    clerk.press("开始起草")
    clerk.page.locator(LIMIT).fill("六")
    clerk.press("保存草稿")
    expect(clerk.page.get_by_role("alert").first).to_be_visible()
    clerk.look("draft-refused")
    clerk.page.locator(LIMIT).fill("6")
    clerk.press("保存草稿")
    expect(clerk.page.get_by_text("草稿已保存")).to_be_visible()
    expect(clerk.page.locator(LIMIT)).to_have_value("6")
    clerk.look("draft")
    return clerk.page.url


def compare(clerk: Person) -> None:
    """The one difference is the limit; the way back leads to the draft."""
    clerk.follow("对比")
    row = clerk.page.get_by_role("row").filter(has_text="裁员率上限")
    expect(row.get_by_role("cell").nth(0)).to_have_text("5.5%")
    expect(row.get_by_role("cell").nth(1)).to_have_text("6%")
    clerk.look("compared")
    clerk.page.get_by_role("navigation", name="面包屑").get_by_role("link").nth(1).click()


def measure(clerk: Person) -> None:
    """What the draft would cost, before and after; who would come in, on the page and as a file."""
    page = clerk.page
    clerk.follow("测算")
    clerk.press("测算")
    expect(page.get_by_role("heading", name="测算结果")).to_be_visible()
    clerk.look("measured")
    before, after = page.locator("#result .totals b").first.inner_text().replace(",", "").split("→")
    assert float(after) > float(before)
    page.locator("#result .totals").get_by_role("link").first.click()
    expect(page.get_by_role("row").filter(has_text=COMES_IN)).to_contain_text("69,840.00")
    clerk.look("who-comes-in")
    assert COMES_IN in save(clerk, "导出全部（CSV）").decode("utf-8-sig")


def submit(clerk: Person, draft: str) -> None:
    """From now on nothing changes; its maker cannot put it in force."""
    clerk.open(draft)
    clerk.press("提交复核")
    clerk.follow("查看复核内容")
    expect(clerk.page.get_by_text("这是您本人起草的")).to_be_visible()
    expect(clerk.page.get_by_text("同意生效")).to_have_count(0)
    clerk.look("own-draft-in-review")


def put_in_force(clerk: Person) -> None:
    """Another reads what differs and what it costs, then puts it in force."""
    page = clerk.page
    sign_in_clerk(clerk, "zhang.reviewer")
    clerk.open("/clerk/policies")
    clerk.look("policies")
    clerk.follow("2023年度第 2 版")
    clerk.follow("去复核")
    reload_until(clerk, page.locator("summary", has_text="同意生效"))
    expect(page.get_by_role("region", name="与2023年度第 1 版相比的变化")).to_contain_text("5.5%")
    expect(page.get_by_role("region", name="提交时的测算")).to_contain_text("→")
    clerk.look("review")
    page.locator("summary", has_text="同意生效").click()
    clerk.look("about-to-agree")
    clerk.press("确认生效")


def read_version_two(clerk: Person) -> None:
    """The page of the version says who made and who reviewed it; the first one is still there."""
    clerk.open("/clerk/policies/2023")
    main = clerk.page.get_by_role("main")
    expect(main).to_contain_text("版本 2")
    expect(main).to_contain_text(re.compile("起草人 .*(赵刚|zhao.head).*复核人 .*(张慧|zhang.reviewer)"))
    clerk.look("version-two")
    clerk.open("/clerk/policies")
    expect(clerk.page.get_by_text("已被取代").first).to_be_visible()


def screen_by_version_two(clerk: Person) -> None:
    """Run it; read the explanation of one that is in, one that is out, one that cannot be told."""
    page = clerk.page
    clerk.open("/clerk/screenings")
    page.get_by_label("业务年度").select_option("2023")
    clerk.press("开始筛查")
    expect(page.get_by_role("region", name="筛查结果")).to_be_visible(timeout=WHILE_WORKING)
    expect(page.get_by_text("政策版本 2")).to_be_visible()
    run = page.url
    for unit_no, outcome, number in (
        (THE_EMPLOYER, "符合", "237,137.15"),
        (COMES_IN, "符合", "69,840.00"),
        (STAYS_OUT, "不符合", "20.69%"),
        (UNTOLD, "数据缺失", "裁员率 未知"),
    ):
        page.get_by_label("单位名称、信用代码或单位编号").fill(unit_no)
        clerk.press("查询")
        clerk.follow(unit_no)
        heading = page.get_by_role("heading", level=1)
        expect(heading.get_by_text(outcome, exact=True)).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(number)
        clauses = page.locator("tbody tr td:last-child").all_inner_texts()
        assert clauses and all(clauses)
        clerk.look(f"explained-{unit_no}")
        clerk.open(run)


def release(clerk: Person) -> None:
    """Employers may see what was found."""
    clerk.look("screened")
    clerk.press("向单位公布筛查结果")
    expect(clerk.page.get_by_text("筛查结果已于")).to_be_visible()
    clerk.look("released")


def ask_why_not(employer: Person) -> None:
    """An employer that was left out finds out why, and what it can do."""
    page = employer.page
    expect(page.get_by_role("region", name="单位信息")).to_contain_text("巩义市廿九人餐饮管理有限公司")
    employer.look("home")
    page.get_by_role("link", name=re.compile("查看筛查结果和原因")).first.click()
    expect(page.get_by_text("20.69%")).to_be_visible()
    expect(page.get_by_text("依据条款").first).to_be_visible()
    expect(page.get_by_text("怎么办")).to_be_visible()
    employer.look("why-not")


def test_a_draft_and_its_measure_fit_a_phone_and_speak_english(
    person: Callable[..., Person], run: ScreeningView
) -> None:
    clerk = person(size=PHONE)
    page = clerk.page
    sign_in_clerk(clerk, "li.approver")
    clerk.open("/clerk/policies")
    clerk.look("narrow-policies")
    clerk.follow("起草")
    clerk.look("narrow-new-draft")
    clerk.press("开始起草")
    clerk.look("narrow-draft")
    draft = page.url
    measure_of_it = f"/clerk/simulations?screening_id={run.screening_id}&p.max_layoff_rate=6"
    clerk.open(measure_of_it)
    expect(page.locator("#result")).to_be_visible()
    clerk.look("narrow-measured")
    clerk.open("/language/en?next=/clerk")
    for name, address in (("draft", draft), ("measured", measure_of_it)):
        clerk.open(address)
        assert [text for text in page.get_by_role("heading").all_inner_texts() if CJK.search(text)] == []
        assert [text for text in page.locator("main label").all_inner_texts() if CJK.search(text)] == []
        clerk.look(f"en-{name}")
    clerk.open(draft)
    page.locator("summary", has_text="Discard").click()
    clerk.look("en-discard")
