"""The words of the audit trail: what was done, and the facts beside it."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from gateway import words
from services.contracts.identity.audit import Act

ACTS: dict[str, object] = {
    Act.SIGNED_IN: _l("登录成功"),
    Act.SECOND_STEP_ASKED: _l("要求第二步验证"),
    Act.SIGN_IN_FAILED: _l("登录失败"),
    Act.PICTURE_CODE_WRONG: _l("图形验证码错误"),
    Act.CERTIFICATE_REFUSED: _l("数字证书未通过"),
    Act.LOCKED: _l("账号锁定"),
    Act.SIGNED_OUT: _l("退出登录"),
    Act.SESSION_ENDED: _l("强制下线"),
    Act.CODE_SENT: _l("发送短信验证码"),
    Act.PERSON_REGISTERED: _l("个人注册"),
    Act.PERSON_REGISTRATION_FAILED: _l("个人注册失败"),
    Act.REGISTRATION_REPEATED: _l("重复注册"),
    Act.PASSWORD_RESET: _l("重置密码"),
    Act.PASSWORD_RESET_FAILED: _l("重置密码失败"),
    Act.PASSWORD_CHANGED: _l("修改密码"),
    Act.PASSWORD_CHANGE_FAILED: _l("修改密码失败"),
    Act.PHONE_CHANGED: _l("变更手机号"),
    Act.PHONE_CHANGE_FAILED: _l("变更手机号失败"),
    Act.MAINTENANCE_DECLARED: _l("申报信用代码维护"),
    Act.MAINTENANCE_ENTERED: _l("大厅录入信用代码维护"),
    Act.MAINTENANCE_ACCEPTED: _l("受理信用代码维护"),
    Act.MAINTENANCE_REFUSED: _l("不予受理信用代码维护"),
    Act.EMPLOYER_REGISTERED: _l("开通单位网上服务"),
    Act.EMPLOYER_REGISTRATION_FAILED: _l("开通单位网上服务失败"),
    Act.ADMINISTRATOR_REGISTERED: _l("单位管理员注册"),
    Act.HANDLER_CHANGED: _l("经办人变更"),
    Act.HANDLER_CHANGE_FAILED: _l("经办人变更失败"),
    Act.CERTIFICATE_BOUND: _l("绑定数字证书机构"),
    Act.CERTIFICATE_RELEASED: _l("数字证书解绑"),
    Act.AUTHORITY_ADDED: _l("添加数字证书机构"),
    Act.AUTHORITY_RETIRED: _l("停用数字证书机构"),
    Act.CLERK_ADDED: _l("新增经办人员"),
    Act.CLERK_CHANGED: _l("变更经办人员"),
    Act.CLERK_DISABLED: _l("停用经办人员"),
    Act.CLERK_ENABLED: _l("启用经办人员"),
    Act.CLERK_RESET: _l("重置经办人员"),
    Act.CLERK_ENROLLED: _l("经办人员完成首次登录设置"),
}

# What did not succeed: shown in red, beside its words.
FAILURES = {
    Act.SIGN_IN_FAILED,
    Act.PICTURE_CODE_WRONG,
    Act.CERTIFICATE_REFUSED,
    Act.LOCKED,
    Act.PERSON_REGISTRATION_FAILED,
    Act.PASSWORD_RESET_FAILED,
    Act.PASSWORD_CHANGE_FAILED,
    Act.PHONE_CHANGE_FAILED,
    Act.EMPLOYER_REGISTRATION_FAILED,
    Act.HANDLER_CHANGE_FAILED,
}

# The facts of a line, by name. A name without words here is shown as it is.
FACTS = {
    "after": _l("变更后"),
    "agreement": _l("协议版本"),
    "before": _l("变更前"),
    "code": _l("原因"),
    "credit_code": _l("统一社会信用代码"),
    "factor": _l("第二步验证"),
    "issuer": _l("签发者"),
    "kind": _l("身份类别"),
    "maintenance_id": _l("维护编号"),
    "phone": _l("手机号"),
    "posts": _l("岗位"),
    "posts_before": _l("原岗位"),
    "purpose": _l("用途"),
    "reason": _l("原因"),
    "region": _l("行政区划"),
    "region_before": _l("原行政区划"),
    "sent": _l("是否发出"),
    "sign_in": _l("登录编号"),
    "sign_ins": _l("结束的登录数"),
    "unit_no": _l("单位编号"),
    "way": _l("方式"),
}


def facts_in_words(facts: Mapping[str, str]) -> list[tuple[object, str]]:
    """Return the facts of a line with titles; a code says what it means, beside itself."""
    return [(FACTS.get(name, name), _value(name, value)) for name, value in facts.items()]


def _value(name: str, value: str) -> str:
    is_code = name in ("code", "reason") and value in words.PROBLEMS
    return f"{words.of(value).what}（{value}）" if is_code else value
