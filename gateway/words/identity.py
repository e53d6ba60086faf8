"""Coming in, codes, registration, maintenance."""

from gateway.words.entries import Entry, entry

PROBLEMS: dict[str, Entry] = {
    "session_required": entry("请先登录。", "登录后再继续办理。", "Please sign in.", "Sign in, then go on."),
    "session_invalid": entry(
        "登录信息无效。", "请重新登录。", "This session is not valid.", "Sign in again."
    ),
    "session_expired": entry("登录已失效。", "请重新登录。", "The session has run out.", "Sign in again."),
    "session_over": entry("登录已结束。", "请重新登录。", "The session is over.", "Sign in again."),
    "sign_in_failed": entry(
        "账号或密码不正确。",
        "请核对后重试；第一次登录的单位请将密码留空。连续五次错误将锁定账号。",
        "Account or password is wrong.",
        "Try again; employers leave the password empty at the first time. Five failures lock the account.",
    ),
    "locked": entry(
        "连续失败次数过多，账号已锁定。",
        "请在 {until} 以后再试。",
        "Too many failures: the account is locked.",
        "Try again after {until} (Beijing time).",
    ),
    "picture_code_wrong": entry(
        "图形验证码不正确或已失效。",
        "请按新的图片重新输入。",
        "The picture code is wrong or used.",
        "Read the new picture.",
    ),
    "employer_required": entry(
        "该业务由参保单位办理。", "请用单位账号登录。", "This is for employers.", "Sign in as an employer."
    ),
    "post_required": entry(
        "您的岗位不能办理该业务。",
        "请由相应岗位的人员办理，或联系管理员调整岗位。",
        "This needs another post.",
        "Ask a colleague with that post, or the administrator.",
    ),
    "not_your_region": entry(
        "该单位不在您的辖区。",
        "请由所属地区的经办机构办理。",
        "This is outside your region.",
        "Ask the agency of that region.",
    ),
    "development_only": entry(
        "仅开发环境提供。",
        "生产环境没有短信发件箱。",
        "Development only.",
        "There is no outbox in production.",
    ),
    "sms_code_wrong": entry(
        "短信验证码不正确或已失效，或手机号与账号登记的手机号不一致。",
        "请核对手机号，重新获取验证码。",
        "The code is wrong or used, or the phone is not the one of the account.",
        "Check the phone and ask for a new code.",
    ),
    "sms_too_soon": entry(
        "验证码刚刚发送过。",
        "请在 {seconds_left} 秒后重新获取。",
        "A code was sent a moment ago.",
        "Ask again in {seconds_left} seconds.",
    ),
    "sms_daily_limit": entry(
        "该手机号今天获取验证码已达 {limit} 次。",
        "请明天再试。",
        "No more codes for this phone today.",
        "Try again tomorrow.",
    ),
    "password_weak": entry(
        "密码太简单。",
        "至少 {shortest} 位，不要使用常见密码、连续字符或登录账号。",
        "The password is too weak.",
        "At least {shortest} characters; no common password, no run of characters, not the account.",
    ),
    "registration_mismatch": entry(
        "录入的信息与统一社会信用代码维护的信息不一致。",
        "请核对统一社会信用代码、单位名称和经办人手机号；尚未维护的，请先在个人网厅申报，或到就近的社保业务大厅受理岗办理。",
        "This is not what was entered at the counter.",
        "Check credit code, unit name and phone. No maintenance yet? Declare one on the personal portal.",
    ),
    "already_registered": entry(
        "该单位已开通网上服务。",
        "请返回登录页登录；忘记密码的，请在登录页点击“忘记密码”重设。",
        "The online service is open already.",
        "Go back and sign in; if the password is lost, set a new one from there.",
    ),
    "unit_registered": entry(
        "该单位已注册单位网厅，不能再维护。",
        "请单位直接登录单位网厅。",
        "The unit has registered already.",
        "It can sign in to the employer portal.",
    ),
    "maintenance_limit_total": entry(
        "该单位的维护次数已达 {limit} 次，不能再维护。",
        "请使用最近一次维护的信息注册，或办理数字证书。",
        "This unit has had its {limit} maintenances.",
        "Register with the latest one, or use a certificate.",
    ),
    "maintenance_limit_day": entry(
        "该单位今天已维护 {limit} 次。",
        "请明天再办理。",
        "No more maintenance for this unit today.",
        "Try again tomorrow.",
    ),
    "credit_code_tied": entry(
        "该统一社会信用代码已与其他单位编号绑定。",
        "请核对单位编号和统一社会信用代码。",
        "The credit code is tied to another unit.",
        "Check unit number and credit code.",
    ),
    "clerk_exists": entry("账号已存在。", "请使用其他账号。", "There is such an account.", "Choose another."),
    "clerk_invalid": entry(
        "账号信息不符合要求。", "请核对后重试。", "The account breaks a rule.", "Check and try again."
    ),
    "sms_address_limit": entry(
        "该网络地址今天获取验证码已达 {limit} 次。",
        "请明天再试，或换一个网络；急需办理的，请到业务大厅。",
        "No more codes for this network address today.",
        "Try again tomorrow or from another network; if it is urgent, go to the counter.",
    ),
    "password_wrong": entry(
        "密码不正确。",
        "请重新输入现在使用的登录密码；连续多次错误将锁定。",
        "The password is wrong.",
        "Enter the password that you sign in with; several failures lock this.",
    ),
    "person_required": entry(
        "该业务由个人办理。", "请登录个人网厅。", "This is for persons.", "Sign in to the personal portal."
    ),
    "person_missing": entry(
        "没有这个个人账号。", "请重新登录。", "There is no such personal account.", "Sign in again."
    ),
    "maintenance_pending": entry(
        "该单位已有一项维护申报等待受理。",
        "请等待大厅受理；受理以后可以再次申报。",
        "A maintenance of this unit waits already.",
        "Wait until the counter has decided; then declare again.",
    ),
    "business_other_way": entry(
        "“{business_zh}”不能以目前的登录方式办理。",
        "请使用以下方式办理：{ways}。",
        "{business_en} cannot be done the way you are signed in.",
        "It can be done by: {ways}.",
    ),
    "address_locked": entry(
        "该网络地址失败次数过多，暂时不能登录。",
        "请在 {until} 以后再试，或换一个网络；急需办理的，请到业务大厅。",
        "Too many failures came from this network address.",
        "Try again after {until} (Beijing time) or from another network; if it is urgent, go to the counter.",
    ),
    "second_step_wrong": entry(
        "验证码不正确。",
        "还可以再试 {tries_left} 次；短信验证码以最近一条为准。",
        "The code is wrong.",
        "{tries_left} tries are left; of several text messages the latest counts.",
    ),
    "second_step_over": entry(
        "登录的第二步已失效。",
        "请重新登录。",
        "The second step of signing in is over.",
        "Sign in again.",
    ),
    "phone_missing": entry(
        "没有可以接收短信验证码的手机号。",
        "请用数字证书登录办理经办人变更，或到就近的社保业务大厅办理。",
        "There is no phone that a code could be sent to.",
        "Sign in with a certificate and change the handler, or go to the counter.",
    ),
    "sign_in_missing": entry(
        "没有这个登录。",
        "可能已经退出，请刷新页面查看。",
        "There is no such sign-in.",
        "It may be over; reload.",
    ),
    "not_your_unit": entry(
        "该参保单位不属于登录的单位。",
        "请从列表进入。",
        "This insured unit is another employer's.",
        "Start from the list.",
    ),
    "account_name_differs": entry(
        "户名与单位名称不一致。",
        "请填写“{unit_name}”名下的银行账户。",
        "The name of the account is not the unit's.",
        "Enter an account in the name of “{unit_name}”.",
    ),
}
