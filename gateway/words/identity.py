"""Coming in, codes, registration, maintenance."""

from gateway.words.entries import Entry
from gateway.words.entries import entry as _entry

PROBLEMS: dict[str, Entry] = {
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
}
