"""Chapter one of the manual through its pages, step by step; and the three UKs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from deploy.local.demo.doors import Administrator
from deploy.local.house import House
from deploy.local.sample.bring_in import CLERK_PASSWORD, Agency
from deploy.local.sample.codes import citizen_id
from deploy.local.sample.showcase import MAINTAINED_ONLY
from deploy.local.sample.units import Unit
from deploy.local.uk.provision import UK_PIN, uk_units
from tests.journeys.browser import PHONE, Person
from tests.journeys.steps import WHILE_WORKING, sign_in_clerk

ID_NUMBER = citizen_id(region="410181", born="19880307", order=205)
PHONE_NUMBER, PERSON_PASSWORD = "13603719001", "Huang-He-2023"
PASSWORD = "Luo-River-2023"


def test_a_newcomer_comes_in_as_the_manual_says(person: Callable[..., Person], agency: Agency) -> None:
    unit = agency.units[MAINTAINED_ONLY]
    citizen, clerk, employer = person(), person(), person()
    register_person(citizen)
    sign_in_person(citizen)
    declare(citizen, unit)
    accept(clerk, unit)
    citizen.open("/personal/")
    expect(citizen.page.get_by_text("已受理").first).to_be_visible()
    citizen.look("accepted")
    register_employer(employer, unit)
    register_administrator(employer, unit)
    expect(employer.page.get_by_role("heading", name="业务菜单")).to_be_visible()
    employer.look("home")
    employer.open("/employer/account")
    expect(employer.page.get_by_text(unit.contact).first).to_be_visible()
    employer.look("account")
    employer.open("/employer/handler")
    employer.look("handler-needs-a-certificate")
    expect(employer.page.get_by_text("数字证书").first).to_be_visible()


def register_person(citizen: Person) -> None:
    """个人网厅注册: through the landing page, with a code on the phone."""
    citizen.open("/")
    citizen.look("landing")
    citizen.page.get_by_role("link", name=re.compile("个人办事")).first.click()
    citizen.look("login")
    citizen.follow("注册")
    page = citizen.page
    citizen.fill(身份证号=ID_NUMBER, 姓名="王喆", 手机号码=PHONE_NUMBER)
    citizen.press("获取验证码")
    expect(page.get_by_text("验证码短信已发出").first).to_be_visible()
    citizen.fill(
        短信验证码=citizen.read_sms(PHONE_NUMBER), 登录密码=PERSON_PASSWORD, 确认密码=PERSON_PASSWORD
    )
    page.get_by_role("checkbox", name=re.compile("我已阅读并同意")).check()
    citizen.look("register")
    citizen.press("注册")
    expect(page.get_by_role("heading", name="注册已受理")).to_be_visible()
    citizen.look("registered")
    citizen.follow("返回登录页")


def sign_in_person(citizen: Person) -> None:
    """From a new device a code by SMS is asked for as well."""
    known = citizen.read_sms(PHONE_NUMBER)
    citizen.fill(身份证号=ID_NUMBER, 登录密码=PERSON_PASSWORD)
    citizen.read_picture_code()
    citizen.press("登录")
    expect(citizen.page.get_by_role("heading", name="短信验证")).to_be_visible()
    citizen.look("second-step")
    citizen.fill(短信验证码=citizen.read_sms(PHONE_NUMBER, but=known))
    citizen.page.get_by_role("checkbox", name="记住这台设备").check()
    citizen.press("登录")
    expect(citizen.page.get_by_role("heading", name="统一社会信用代码维护")).to_be_visible()


def declare(citizen: Person, unit: Unit) -> None:
    """维护统一社会信用代码申报."""
    citizen.follow("申报")
    citizen.fill(
        统一社会信用代码=unit.credit_code,
        单位编号=unit.unit_no,
        单位名称=unit.name,
        经办人姓名=unit.contact,
        经办人手机号=unit.phone,
    )
    citizen.look("declare")
    citizen.press("提交申报")
    expect(citizen.page.get_by_text("申报已提交")).to_be_visible()
    citizen.look("declared")


def accept(clerk: Person, unit: Unit) -> None:
    """The reception post compares with the registry and accepts."""
    sign_in_clerk(clerk, "chen.reception")
    clerk.open("/clerk/maintenances")
    clerk.look("queue")
    clerk.follow(unit.unit_no)
    expect(clerk.page.get_by_text("一致", exact=True).first).to_be_visible()
    clerk.look("compared")
    clerk.press("受理通过")
    clerk.look("accepted")


def register_employer(employer: Person, unit: Unit) -> None:
    """开通单位网上服务, and back to the sign-in."""
    employer.open("/")
    employer.page.get_by_role("link", name=re.compile("单位办事")).first.click()
    employer.page.get_by_role("link", name="免数字证书登录").first.click()
    employer.look("login")
    employer.follow("马上注册")
    employer.fill(统一社会信用代码=unit.credit_code, 单位名称=unit.name, 联系手机号=unit.phone)
    employer.page.get_by_role("checkbox", name=re.compile("我已阅读并同意")).check()
    employer.look("register")
    employer.press("开通单位网上服务")
    expect(employer.page.get_by_role("heading", name="单位网上服务已开通")).to_be_visible()
    employer.look("registered")
    employer.follow("返回登录页")


def register_administrator(employer: Person, unit: Unit) -> None:
    """The first certificate-free login: no password yet, so the administrator registers."""
    employer.open("/employer/login")
    employer.page.get_by_role("link", name="免数字证书登录").first.click()
    employer.fill(统一社会信用代码=unit.credit_code)
    employer.press("登录")
    expect(employer.page.get_by_role("heading", name="单位管理员注册")).to_be_visible()
    employer.fill(手机号码=unit.phone)
    employer.press("获取验证码")
    expect(employer.page.get_by_text("验证码短信已发出").first).to_be_visible()
    employer.fill(短信验证码=employer.read_sms(unit.phone), 登录密码=PASSWORD, 确认密码=PASSWORD)
    employer.look("administrator")
    employer.press("注册")


# ---- by UK


@pytest.mark.parametrize("algorithm", ["rsa", "p256", "sm2"])
def test_an_employer_comes_in_with_its_uk(
    person: Callable[..., Person], agency: Agency, algorithm: str
) -> None:
    administrator = Administrator(agency.gateway_url)
    administrator.sign_in("admin", CLERK_PASSWORD)
    administrator.wait_for_lists()
    unit, employer = uk_units()[algorithm], person()
    page = employer.page
    employer.open("/employer/login?by=certificate")
    certificates = page.get_by_label("选择证书")
    expect(certificates.get_by_role("option", name=re.compile(unit.name))).to_be_attached(
        timeout=WHILE_WORKING
    )
    certificates.select_option(
        label=certificates.get_by_role("option", name=re.compile(unit.name)).inner_text()
    )
    employer.page.get_by_label("UK 口令（PIN）").fill("000000")
    employer.press("登录")
    expect(page.get_by_text("UK 口令不正确")).to_be_visible()
    employer.look("wrong-pin")
    employer.page.get_by_label("UK 口令（PIN）").fill(UK_PIN)
    employer.press("登录")
    expect(page.get_by_role("button", name="同意并登录")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("我已阅读并同意")).check()
    employer.look("agreement")
    employer.press("同意并登录")
    expect(page.get_by_role("heading", name="业务菜单")).to_be_visible()
    employer.open("/employer/account")
    expect(page.get_by_text(unit.credit_code).first).to_be_visible()
    employer.look("account")


def test_the_doors_fit_a_phone_and_speak_english(person: Callable[..., Person], house: House) -> None:
    somebody = person(size=PHONE)
    paths = ("/personal/login", "/personal/register", "/personal/forgotten", "/employer/login?by=certificate")
    for path in (*paths, "/employer/forgotten", "/clerk/login"):
        somebody.open(f"/language/en?next={path}")
        heading = somebody.page.get_by_role("main").get_by_role("heading").first.inner_text()
        assert not re.search("[\u4e00-\u9fff]", heading), path
        somebody.look(f"narrow{re.sub(r'[^a-z]+', '-', path)}")


def test_the_console_of_administrator_and_auditor(person: Callable[..., Person]) -> None:
    administrator, auditor = person(), person(size=PHONE)
    sign_in_clerk(administrator, "admin")
    for path in ("/staff", "/authorities", "/account"):
        administrator.open(f"/clerk{path}")
        administrator.look(f"administrator{path.replace('/', '-')}")
    sign_in_clerk(auditor, "auditor")
    for path in ("/audit", "/staff", "/authorities", "/maintenances"):
        auditor.open(f"/clerk{path}")
        auditor.look(f"auditor{path.replace('/', '-')}")
