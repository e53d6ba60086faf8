"""The words of the audit trail: what was done, and the facts beside it."""

from flask_babel import lazy_gettext as _l

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
    Act.REGISTRATION_REPEATED: _l("重复注册"),
    Act.PASSWORD_RESET: _l("重置密码"),
    Act.PASSWORD_RESET_FAILED: _l("重置密码失败"),
    Act.PASSWORD_CHANGED: _l("修改密码"),
    Act.PASSWORD_CHANGE_FAILED: _l("修改密码失败"),
    Act.PHONE_CHANGED: _l("变更手机号"),
    Act.MAINTENANCE_DECLARED: _l("申报信用代码维护"),
    Act.MAINTENANCE_ENTERED: _l("大厅录入信用代码维护"),
    Act.MAINTENANCE_ACCEPTED: _l("受理信用代码维护"),
    Act.MAINTENANCE_REFUSED: _l("不予受理信用代码维护"),
    Act.EMPLOYER_REGISTERED: _l("开通单位网上服务"),
    Act.EMPLOYER_REGISTRATION_FAILED: _l("开通单位网上服务失败"),
    Act.ADMINISTRATOR_REGISTERED: _l("单位管理员注册"),
    Act.HANDLER_CHANGED: _l("经办人变更"),
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
    Act.PASSWORD_RESET_FAILED,
    Act.PASSWORD_CHANGE_FAILED,
    Act.EMPLOYER_REGISTRATION_FAILED,
}
