"""What a newcomer reads when the house is open."""

from deploy.local.sample.bring_in import (
    CHECKER,
    CLERK_PASSWORD,
    EMPLOYER_PASSWORD,
    MAKER,
    RECEPTION,
)
from deploy.local.sample.codes import citizen_id
from deploy.local.sample.showcase import (
    MAINTAINED_ONLY,
    NOT_MAINTAINED,
    THE_EMPLOYER,
    WITH_ADMINISTRATOR,
    showcase,
)
from deploy.local.uk.provision import KINDS, UK_PIN, uk_units

NOTICE = "wang.notice"


def welcome(gateway_url: str) -> str:
    """Return addresses, accounts and five things to try, in Chinese and English."""
    units = {shown.unit.unit_no: shown.unit for shown in showcase(2023)}
    shown = (THE_EMPLOYER, WITH_ADMINISTRATOR, MAINTAINED_ONLY, NOT_MAINTAINED)
    first, ready, third, fourth = (units[number] for number in shown)
    holders = "\n".join(
        f"    {unit.credit_code}   {unit.name} · {KINDS[algorithm]}" for algorithm, unit in uk_units().items()
    )
    return f"""
稳岗 Wengang · {gateway_url}

  单位网厅   employer portal   {gateway_url}/employer/login
  个人网厅   personal portal   {gateway_url}/personal/login
  经办端     clerk console     {gateway_url}/clerk/login
  短信       SMS outbox        {gateway_url}/development

  单位 employers
    {first.credit_code}   {first.name}：已开通，尚未设密码 registered, no password yet · {first.phone}
    {ready.credit_code}   {ready.name} · {EMPLOYER_PASSWORD} · {ready.phone}
    {third.credit_code}   {third.name}：已维护，尚未开通 maintained, not registered yet · {third.phone}
    {fourth.credit_code}   {fourth.name}：未维护 not maintained yet
        单位编号 unit number {fourth.unit_no}，经办人 handler {fourth.contact} {fourth.phone}
  有 UK 的单位 employers with a UK（PIN {UK_PIN}），证书登录 sign in with certificate
{holders}
  经办人员 clerks（{CLERK_PASSWORD}）
    {MAKER} 核定 makes batches · {CHECKER} 复核 approves them
    {RECEPTION} 受理 reception · {NOTICE} 公示 notice · admin 管理 administrator · auditor 审计 auditor
  身份证号 an id number to register a person with: {citizen_id(region="410181", born="19900307", order=105)}

  试一试 Try
    1. 以第一家单位登录（密码留空），用短信验证码注册管理员，确认享受 237,137.15 元，下载确认单。
       Sign in as the first employer with no password, register with the SMS code, confirm, fetch the slip.
    2. 以 {MAKER} 登录，查看一家不符合条件的单位的理由，为另一县区生成批次，由 {CHECKER} 复核。
       Sign in as {MAKER}, see why a unit is not eligible, make a batch; let {CHECKER} approve it.
    3. 以 {NOTICE} 登录发布公示，再试着改动一次确认：已冻结。
       Sign in as {NOTICE}, publish the notice, then try to change an answer: it is frozen.
    4. 打开 {gateway_url}/employer/login?by=certificate，选择证书，输入 PIN：首次登录即开通。
       Open that address, choose a certificate, enter the PIN: the first time opens the account.
    5. 在个人网厅注册，为未维护的单位申报信用代码维护，由 {RECEPTION} 受理，再到单位网厅注册登录。
       Register as a person, declare the maintenance of the unit that has none, let {RECEPTION} accept it,
       then register that employer and sign in.
"""
