"""What several journeys do alike, through the pages."""

import re
from pathlib import Path

from playwright.sync_api import Download, Locator, expect

from deploy.local.demo.people import Employer
from deploy.local.sample.bring_in import CLERK_PASSWORD, EMPLOYER_PASSWORD, Agency, maintain
from deploy.local.sample.units import Unit
from tests.journeys.browser import Person

WHILE_READING = 20_000  # milliseconds: ten seconds of reading, and some
UNTIL_ANOTHER_CODE = 10_000
WHILE_WORKING = 120_000  # longer than any background work here takes


def sign_in_clerk(somebody: Person, account: str) -> None:
    """A clerk signs in; development tells the code of the authenticator, which is good once."""
    page = somebody.page
    while True:
        somebody.open("/clerk/login")
        somebody.fill(账号=account, 登录密码=CLERK_PASSWORD)
        somebody.read_picture_code()
        somebody.press("登录")
        expect(page.get_by_role("heading", name="动态口令")).to_be_visible()
        told = page.locator("main [data-answer]")
        if told.count():
            break
        page.wait_for_timeout(UNTIL_ANOTHER_CODE)
    somebody.fill(动态口令=told.get_attribute("data-answer") or "")
    somebody.press("登录")
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def sign_in_employer(somebody: Person, employer: Employer, password: str = EMPLOYER_PASSWORD) -> None:
    """An employer signs in with a code by SMS, for its browser is new; without a password it goes on to the
    registration of its administrator."""
    known = {sms.sms_id for sms in employer.outbox_sms(employer.phone)}
    second_step = somebody.page.get_by_role("heading", name="短信验证")
    too_soon = somebody.page.get_by_text("验证码刚刚发送过")
    while True:
        somebody.open("/employer/login")
        somebody.fill(统一社会信用代码=employer.credit_code, 登录密码=password)
        if password:
            somebody.read_picture_code()
        somebody.press("登录")
        if not password:
            return
        expect(second_step.or_(too_soon)).to_be_visible()
        if second_step.is_visible():
            break
        somebody.page.wait_for_timeout(UNTIL_ANOTHER_CODE)
    somebody.fill(短信验证码=employer.code_on(employer.phone, known))
    somebody.press("登录")
    expect(second_step).to_be_hidden()


def read_statement(somebody: Person) -> None:
    """Tick the box, which opens the statement; read it for its ten seconds."""
    page = somebody.page
    tick = page.get_by_role("checkbox", name="请认真阅读河南省稳岗返还政策确认信息")
    tick.click()
    statement = page.get_by_role("dialog", name=re.compile("稳岗返还政策确认单"))
    done = statement.get_by_role("button", name="我已阅读并知晓")
    expect(done).to_be_disabled()
    expect(done).to_be_enabled(timeout=WHILE_READING)
    done.click()
    expect(statement).to_be_hidden()
    expect(tick).to_be_checked()


def answer(somebody: Person, choice: str) -> None:
    """Read, choose, save, and submit from 待办."""
    page = somebody.page
    read_statement(somebody)
    page.get_by_role("radio", name=re.compile(choice)).check()
    somebody.press("保存")
    expect(page.get_by_role("heading", name="待办区")).to_be_visible()
    somebody.press("提交")
    expect(page.get_by_text("本次提交 1 条，成功 1 条，失败 0 条")).to_be_visible()


def enter_maintenance(somebody: Person, unit: Unit) -> None:
    """The reception post ties a credit code to its handler."""
    somebody.open("/clerk/maintenance")
    somebody.fill(
        统一社会信用代码=unit.credit_code,
        单位编号=unit.unit_no,
        单位名称=unit.name,
        经办人姓名=unit.contact,
        经办人手机号=unit.phone,
    )
    somebody.press("提交")
    expect(somebody.page.get_by_text("维护成功")).to_be_visible()


def download(somebody: Person, link: str) -> Download:
    """Let the browser save what a link leads to, instead of showing it."""
    found = somebody.page.get_by_role("link", name=re.compile(link)).first
    found.evaluate("link => { link.download = 'slip.pdf'; link.target = '' }")
    with somebody.page.expect_download() as saved:
        found.click()
    return saved.value


def save(somebody: Person, link: str) -> bytes:
    """Return the file that a link lets the browser save."""
    with somebody.page.expect_download() as saved:
        somebody.page.get_by_role("link", name=link, exact=True).click()
    return Path(saved.value.path()).read_bytes()


def reload_until(somebody: Person, found: Locator) -> None:
    """Look at the page anew until what is worked out in the background stands on it."""
    page = somebody.page
    for _ in range(WHILE_WORKING // 500):
        if found.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(found.first).to_be_visible()


def open_service(agency: Agency, unit_no: str) -> Employer:
    """Return a handler whose employer has registered and set EMPLOYER_PASSWORD."""
    maintain(agency, unit_no)
    employer = agency.handler_of(unit_no)
    employer.register()
    employer.become_administrator(EMPLOYER_PASSWORD)
    return employer
