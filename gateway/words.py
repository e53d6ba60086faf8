"""What a problem means and what to do next, in Chinese and English, by its code.

Every code that a service can answer with has its words here (a test looks for them). Facts of the problem
may be put in by name: {seconds_left}.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gateway.formats import moment, money
from gateway.language import current


class Words(NamedTuple):
    """What happened, and what to do next."""

    what: str
    next: str


class Entry(NamedTuple):
    """The words of one code in both languages."""

    zh: Words
    en: Words


def of(code: str, facts: Mapping[str, Any] | None = None) -> Words:
    """Return the words of a code in the language of the request; an unknown code still gets honest words."""
    entry = PROBLEMS.get(code, PROBLEMS["unexpected"])
    shown = defaultdict(lambda: "—", {name: _shown(name, value) for name, value in (facts or {}).items()})
    shown["code"] = code
    chosen = entry.en if current() == "en" else entry.zh
    return Words(chosen.what.format_map(shown), chosen.next.format_map(shown))


def field(name: str) -> str:
    """Return the rule of a form field."""
    zh, en = FIELDS.get(name, ("请检查此项。", "Check this value."))
    return en if current() == "en" else zh


def _shown(name: str, value: Any) -> str:
    if name in ("until", "again_at") and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    return money(value) if name == "amount" and isinstance(value, int) else str(value)


def _entry(zh: str, zh_next: str, en: str, en_next: str) -> Entry:
    return Entry(Words(zh, zh_next), Words(en, en_next))


FIELDS: dict[str, tuple[str, str]] = {
    "credit_code": (
        "请输入 18 位统一社会信用代码（数字和大写字母），并核对校验位。",
        "Enter the 18 characters of the unified social credit code; its check digits must be right.",
    ),
    "employer": (
        "请输入 18 位统一社会信用代码（数字和大写字母）。",
        "Enter the 18 characters of the unified social credit code.",
    ),
    "unit_no": ("请输入 12 位单位编号，全部为数字。", "Enter the 12 digits of the insured unit number."),
    "unit_name": ("请输入单位名称，与参保登记一致。", "Enter the unit's name as it is registered."),
    "handler_name": ("请输入经办人姓名。", "Enter the name of the handler."),
    "handler_phone": ("请输入 11 位手机号码。", "Enter a mobile number of 11 digits."),
    "phone": ("请输入 11 位手机号码。", "Enter a mobile number of 11 digits."),
    "password": ("请输入登录密码。", "Enter the password."),
    "password_again": ("两次输入的密码不一致，请重新输入。", "The two passwords differ; type both again."),
    "sms_code": ("请输入短信中的 6 位数字验证码。", "Enter the 6 digits of the text message."),
    "picture_code": ("请输入图片中的字符。", "Enter the characters of the picture."),
    "picture_id": ("图形验证码已失效，请换一张。", "The picture is no longer good; take another."),
    "agreement": ("请先阅读并勾选注册协议。", "Read the agreement and tick the box first."),
    "account": ("请输入账号。", "Enter the account."),
    "kind": ("请选择文件类型。", "Choose what the file holds."),
    "file": ("请选择要上传的文件。", "Choose a file to upload."),
    "choice": ("请选择“确认享受”或“放弃享受”。", "Choose to take the refund or to waive it."),
    "reading_id": (
        "请先勾选“请认真阅读河南省稳岗返还政策确认信息”，阅读政策说明至少 10 秒。",
        "Tick the box first to open the policy statement, and read it for at least 10 seconds.",
    ),
    "agreed": (
        "请勾选“请认真阅读河南省稳岗返还政策确认信息”。",
        "Tick the box that you have read the policy statement.",
    ),
    "todo_ids": ("请先勾选要办理的事项。", "Tick the items first."),
    "programme_year": ("请输入 4 位业务年度。", "Enter the programme year, four digits."),
    "screening_id": ("请选择一次已完成的筛查。", "Choose a finished screening."),
    "region": ("请输入 6 位行政区划代码。", "Enter a 6-digit region code."),
    "min_amount": ("金额请以元填写，最多两位小数。", "Enter yuan with at most two decimals."),
    "max_amount": ("金额请以元填写，最多两位小数。", "Enter yuan with at most two decimals."),
    "reason": ("请填写退回原因（200 字以内）。", "Say why the batch is returned (up to 200 characters)."),
    "understood": ("请先勾选确认。", "Tick the box first."),
    "count": ("页面已过期，请刷新后重试。", "The page is out of date; reload it."),
    "batch_id": ("请选择一个已复核通过的批次。", "Choose an approved batch."),
    "number": ("请输入确认单上的编号。", "Enter the number on the slip."),
    "check_code": (
        "请输入确认单上的 16 位校验码（0-9、A-F）。",
        "Enter the 16 characters of the check code.",
    ),
}

PROBLEMS: dict[str, Entry] = {
    # ---- the web
    "unexpected": _entry(
        "办理没有成功（{code}）。",
        "请核对后重试；仍不成功的，请拨打服务热线并告知追踪编号。",
        "This did not succeed ({code}).",
        "Check what you entered and try again, or call the hotline and quote the trace number.",
    ),
    "internal": _entry(
        "系统出现故障，已经记录。",
        "请稍后重试，重复提交不会重复办理；仍不成功的，请拨打服务热线并告知追踪编号。",
        "Something broke on our side; it has been recorded.",
        "Try again later; the same form sent twice is safe. Or call the hotline and quote the trace number.",
    ),
    "unavailable": _entry(
        "服务暂时没有响应。",
        "请稍后重试，重复提交同一表单不会重复办理。",
        "The service does not answer at the moment.",
        "Try again shortly; sending the same form twice is safe.",
    ),
    "page_missing": _entry(
        "没有这个页面。",
        "请核对网址，或从首页进入。",
        "There is no such page.",
        "Check the address, or start from the home page.",
    ),
    "bad_request": _entry(
        "请求无法识别。", "请返回重试。", "The request cannot be understood.", "Go back and try again."
    ),
    "method_not_allowed": _entry(
        "不支持这种操作。",
        "请返回页面重新操作。",
        "This cannot be done here.",
        "Go back to the page and try again.",
    ),
    "too_large": _entry(
        "提交的内容太大。",
        "请减小文件后重试，或分成几个文件。",
        "This is too large.",
        "Make the file smaller, or split it.",
    ),
    "content_type_wrong": _entry(
        "内容类型不正确。",
        "接口只接受 application/json；导入文件接受 application/octet-stream 或 text/csv。",
        "The content type is wrong.",
        "Send application/json; import files as application/octet-stream or text/csv.",
    ),
    "origin_foreign": _entry(
        "请求来自其他网站，已拒绝。",
        "请从本平台的页面操作。",
        "The request came from another site.",
        "Use the pages of this site.",
    ),
    "form_expired": _entry(
        "页面停留时间过长或已在别处登录，表单已失效。",
        "请返回并刷新页面，重新填写后提交；没有办理任何业务。",
        "This form is no longer valid.",
        "Go back, reload the page and fill it in again; nothing has been done.",
    ),
    "too_many_requests": _entry("操作过于频繁。", "请稍后再试。", "Too many requests.", "Try again later."),
    "invalid_input": _entry(
        "提交的内容不符合要求。", "请按 fields 中的说明修改。", "Some values are not right.", "See fields."
    ),
    "invalid_message": _entry(
        "提交的内容不符合要求。",
        "请核对后重新填写。",
        "Some values are not right.",
        "Check them and try again.",
    ),
    "idempotency_key_invalid": _entry(
        "Idempotency-Key 不是 UUID。",
        "请改为 UUID 或不发送。",
        "Idempotency-Key is no UUID.",
        "Send a UUID, or none.",
    ),
    "command_id_reused": _entry(
        "这份表单已经用于另一次提交。",
        "请刷新页面后重新填写。",
        "This form has been used for something else.",
        "Reload the page and fill it in again.",
    ),
    # ---- sessions
    "session_required": _entry("请先登录。", "登录后再继续办理。", "Please sign in.", "Sign in, then go on."),
    "session_invalid": _entry(
        "登录信息无效。", "请重新登录。", "This session is not valid.", "Sign in again."
    ),
    "session_expired": _entry("登录已失效。", "请重新登录。", "The session has run out.", "Sign in again."),
    "session_over": _entry("登录已结束。", "请重新登录。", "The session is over.", "Sign in again."),
    "sign_in_failed": _entry(
        "账号或密码不正确。",
        "请核对后重试；第一次登录的单位请将密码留空。连续五次错误将锁定账号。",
        "Account or password is wrong.",
        "Try again; employers leave the password empty at the first time. Five failures lock the account.",
    ),
    "locked": _entry(
        "连续失败次数过多，账号已锁定。",
        "请在 {until} 以后再试。",
        "Too many failures: the account is locked.",
        "Try again after {until} (Beijing time).",
    ),
    "picture_code_wrong": _entry(
        "图形验证码不正确或已失效。",
        "请按新的图片重新输入。",
        "The picture code is wrong or used.",
        "Read the new picture.",
    ),
    "employer_required": _entry(
        "该业务由参保单位办理。", "请用单位账号登录。", "This is for employers.", "Sign in as an employer."
    ),
    "post_required": _entry(
        "您的岗位不能办理该业务。",
        "请由相应岗位的人员办理，或联系管理员调整岗位。",
        "This needs another post.",
        "Ask a colleague with that post, or the administrator.",
    ),
    "not_your_region": _entry(
        "该单位不在您的辖区。",
        "请由所属地区的经办机构办理。",
        "This is outside your region.",
        "Ask the agency of that region.",
    ),
    "development_only": _entry(
        "仅开发环境提供。",
        "生产环境没有短信发件箱。",
        "Development only.",
        "There is no outbox in production.",
    ),
    # ---- codes, registration, maintenance
    "sms_code_wrong": _entry(
        "短信验证码不正确或已失效，或手机号与维护的经办人手机号不一致。",
        "请核对手机号，重新获取验证码。",
        "The code is wrong or used, or the phone is not the maintained handler's.",
        "Check the phone and ask for a new code.",
    ),
    "sms_too_soon": _entry(
        "验证码刚刚发送过。",
        "请在 {seconds_left} 秒后重新获取。",
        "A code was sent a moment ago.",
        "Ask again in {seconds_left} seconds.",
    ),
    "sms_daily_limit": _entry(
        "该手机号今天获取验证码已达 {limit} 次。",
        "请明天再试。",
        "No more codes for this phone today.",
        "Try again tomorrow.",
    ),
    "password_weak": _entry(
        "密码太简单。",
        "至少 {shortest} 位，不要使用常见密码、连续字符或登录账号。",
        "The password is too weak.",
        "At least {shortest} characters; no common password, no run of characters, not the account.",
    ),
    "registration_mismatch": _entry(
        "录入的信息与统一社会信用代码维护的信息不一致。",
        "请核对统一社会信用代码、单位名称和经办人手机号；尚未维护的，请先到就近的社保业务大厅受理岗办理。",
        "This is not what was entered at the counter.",
        "Check credit code, unit name and phone; without a maintenance, go to the counter first.",
    ),
    "already_registered": _entry(
        "该单位已开通网上服务。",
        "请返回登录页登录；忘记密码的，请拨打服务热线。",
        "The online service is open already.",
        "Go back and sign in; if the password is lost, call the hotline.",
    ),
    "unit_registered": _entry(
        "该单位已注册单位网厅，不能再维护。",
        "请单位直接登录单位网厅。",
        "The unit has registered already.",
        "It can sign in to the employer portal.",
    ),
    "maintenance_limit_total": _entry(
        "该单位的维护次数已达 {limit} 次，不能再维护。",
        "请使用最近一次维护的信息注册，或办理数字证书。",
        "This unit has had its {limit} maintenances.",
        "Register with the latest one, or use a certificate.",
    ),
    "maintenance_limit_day": _entry(
        "该单位今天已维护 {limit} 次。",
        "请明天再办理。",
        "No more maintenance for this unit today.",
        "Try again tomorrow.",
    ),
    "credit_code_tied": _entry(
        "该统一社会信用代码已与其他单位编号绑定。",
        "请核对单位编号和统一社会信用代码。",
        "The credit code is tied to another unit.",
        "Check unit number and credit code.",
    ),
    "clerk_exists": _entry(
        "账号已存在。", "请使用其他账号。", "There is such an account.", "Choose another."
    ),
    "clerk_invalid": _entry(
        "账号信息不符合要求。", "请核对后重试。", "The account breaks a rule.", "Check and try again."
    ),
    # ---- imports
    "import_same": _entry(
        "同样内容的文件已经导入过。",
        "请核对文件；确需更正的，请修改内容后重新导入。",
        "These bytes have been imported before.",
        "Check the file; a correction is another file.",
    ),
    "import_missing": _entry(
        "没有这次导入。", "请从导入列表进入。", "There is no such import.", "Start from the list."
    ),
    "file_empty": _entry(
        "文件是空的。", "请核对后重新上传。", "The file is empty.", "Check it and upload again."
    ),
    "no_rejects": _entry(
        "没有被拒绝的行。", "每一行都已接受。", "No line was refused.", "Every line was accepted."
    ),
    "file_missing": _entry("文件已不在存储中。", "请重新上传。", "The file is gone.", "Upload it again."),
    "empty_file": _entry(
        "文件没有内容。", "请核对后重新上传。", "There is nothing in the file.", "Check it and upload again."
    ),
    "undecodable": _entry(
        "文件第 {line} 行（第 {byte} 字节）不是 {encoding} 编码。",
        "请保存为 GB18030 或 UTF-8 编码后重新上传。",
        "Line {line} (byte {byte}) is not {encoding}.",
        "Save the file as GB18030 or UTF-8 and upload it again.",
    ),
    "missing_column": _entry(
        "表头缺少列：{columns}。",
        "请核对文件类型，补齐列名后重新上传。",
        "Columns are missing: {columns}.",
        "Check the kind of the file, complete the header, upload it again.",
    ),
    "repeated_column": _entry(
        "表头有重复的列：{columns}。",
        "请删除重复的列后重新上传。",
        "Columns are repeated: {columns}.",
        "Remove the repetition and upload the file again.",
    ),
    "line_too_long": _entry(
        "第 {line} 行过长。",
        "请核对是否为 CSV 文件。",
        "Line {line} is too long.",
        "Check that this is a CSV file.",
    ),
    # ---- policy, screening
    "policy_missing": _entry(
        "该业务年度没有生效的政策。",
        "请选择其他业务年度。",
        "No policy is in force for this year.",
        "Choose another year.",
    ),
    "policy_in_force": _entry(
        "该版本已生效，不能更改。",
        "请使用新的版本号。",
        "This version is in force.",
        "Use another version number.",
    ),
    "screening_missing": _entry(
        "没有这次筛查。", "请从筛查列表进入。", "There is no such run.", "Start from the list."
    ),
    "screening_not_done": _entry(
        "筛查尚未完成。", "请等筛查完成后再生成批次。", "The run is not finished.", "Wait for it to finish."
    ),
    "no_employers": _entry(
        "还没有参保单位数据。", "请先导入参保单位。", "There are no employers yet.", "Import them first."
    ),
    "no_contributions": _entry(
        "还没有缴费明细数据。", "请先导入缴费明细。", "There are no contributions yet.", "Import them first."
    ),
    "verdict_missing": _entry(
        "这次筛查中没有该单位。",
        "请核对单位编号。",
        "There is no verdict on this unit.",
        "Check the unit number.",
    ),
    "unit_missing": _entry(
        "没有该参保单位。", "请核对单位编号。", "There is no such unit.", "Check the unit number."
    ),
    # ---- batches
    "batch_missing": _entry(
        "没有该批次。", "请从批次列表进入。", "There is no such batch.", "Start from the list."
    ),
    "batch_not_open": _entry(
        "该批次不在待复核状态。",
        "请刷新页面查看最新状态。",
        "This batch does not wait for a check.",
        "Reload the page.",
    ),
    "batch_not_approved": _entry(
        "该批次尚未复核通过。",
        "复核通过后才能公示。",
        "This batch is not approved.",
        "It must be approved first.",
    ),
    "maker_is_checker": _entry(
        "核定人不能复核自己的批次。",
        "请由另一位复核岗人员办理。",
        "Who made a batch cannot check it.",
        "Ask another reviewer.",
    ),
    "totals_changed": _entry(
        "批次的总数或总额与页面不一致。",
        "请刷新页面，核对后再复核。",
        "The totals are not those of the page.",
        "Reload the page and look again.",
    ),
    # ---- confirmation
    "refund_missing": _entry(
        "没有该返还。", "请从列表进入。", "There is no such refund.", "Start from the list."
    ),
    "not_your_refund": _entry(
        "该返还属于其他单位。",
        "请核对登录的单位。",
        "This refund is another employer's.",
        "Check who is signed in.",
    ),
    "employer_missing": _entry(
        "请指明单位。", "请输入统一社会信用代码。", "Say which employer.", "Enter its credit code."
    ),
    "refund_noticed": _entry(
        "该返还已经公示，公示以后不允许再做确认。",
        "对公示有异议的，请在公示期内向当地社保经办机构反映。",
        "This refund stands in a public notice; it cannot be answered any more.",
        "To object, turn to the local agency while the notice lasts.",
    ),
    "deadline_passed": _entry(
        "确认期限（{deadline}）已过。",
        "如有疑问，请到就近的社保业务大厅或拨打服务热线。",
        "The last day ({deadline}) is over.",
        "Ask at the counter or call the hotline.",
    ),
    "reading_unknown": _entry(
        "还没有阅读政策说明。",
        "请勾选“请认真阅读河南省稳岗返还政策确认信息”，阅读至少 10 秒。",
        "The statement was not opened.",
        "Tick the box and read the statement for at least 10 seconds.",
    ),
    "reading_of_another": _entry(
        "政策说明不是由您为该业务打开的。",
        "请重新勾选并阅读。",
        "This reading is not yours.",
        "Tick the box and read again.",
    ),
    "statement_changed": _entry(
        "政策说明已更新。",
        "请重新勾选并阅读新的说明。",
        "The statement has changed.",
        "Tick the box and read it again.",
    ),
    "statement_too_short": _entry(
        "政策说明需要阅读至少 10 秒。",
        "还差 {seconds_left} 秒，请读完后再保存。",
        "The statement has to be read for 10 seconds.",
        "{seconds_left} seconds are left; then save again.",
    ),
    "statement_not_agreed": _entry(
        "还没有勾选“请认真阅读河南省稳岗返还政策确认信息”。",
        "请勾选后再保存。",
        "The box is not ticked.",
        "Tick it and save again.",
    ),
    "todo_unknown": _entry(
        "该事项已不在待办区。",
        "可能已提交或删除，请刷新查看。",
        "The item is no longer there.",
        "It was submitted or deleted.",
    ),
    # ---- notices and slips
    "nothing_confirmed": _entry(
        "该批次没有可以公示的确认。",
        "请等单位确认享受以后再公示。",
        "Nothing is confirmed in this batch.",
        "Publish when employers have confirmed.",
    ),
    "notice_missing": _entry(
        "没有该公示。", "请从公示列表进入。", "There is no such notice.", "Start from the list."
    ),
    "slip_missing": _entry(
        "没有找到与编号和校验码相符的确认单。",
        "请核对编号和校验码；刚提交的确认单请稍后再查。",
        "No slip carries this number and check code.",
        "Check both; a slip just submitted takes a moment.",
    ),
}
