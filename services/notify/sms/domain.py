"""What an SMS says and what becomes of it. Pure.

created → sending → sent | created again, later | failed | unknown; a code that is too old is dropped.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.values import SHANGHAI, RefundId, SmsId

# Priorities, the lower goes first: somebody waits for a code; who did not do it must know at once.
CODES, SECURITY, NOTICES = 0, 1, 5

LEASE = timedelta(seconds=60)  # longer than any provider may take to answer
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))

# All words that leave by SMS. The name in brackets is the signature that carriers ask for.
TEMPLATES = {
    "refund_approved": (
        "【稳岗返还】{unit_name}：贵单位{year}年度稳岗返还已核定，金额{amount}元。"
        "请于{deadline}前登录单位网厅，办理享受稳岗返还信息确认。"
    ),
    "bank_account_changed": (
        "【稳岗返还】{unit_name}：贵单位稳岗返还收款账户已变更为{bank}，账号{account_masked}。"
        "如非贵单位办理，请立即联系社保经办机构。"
    ),
    **{
        purpose: f"【稳岗返还】验证码{{code}}，用于{words}，{{minutes}}分钟内有效。请勿告诉他人。"
        for purpose, words in (
            ("register_administrator", "单位管理员注册"),
            ("reset_employer_password", "重置单位网厅登录密码"),
            ("change_handler", "经办人变更"),
            ("register_person", "个人网厅注册"),
            ("reset_person_password", "重置个人网厅登录密码"),
            ("change_person_phone", "个人网厅更换手机号"),
            ("sign_in", "登录"),
        )
    },
    "registration_repeated": (
        "【稳岗返还】{time}有人用您的证件号码再次注册个人网厅，您的账户没有变化。"
        "如非本人操作，请登录个人网厅修改密码。"
    ),
    "password_reset": (
        "【稳岗返还】{time}您的{portal}登录密码已重置，此前的登录已退出。如非本人操作，请立即再次重置密码，"
        "或拨打12333。"
    ),
    "phone_changed": (
        "【稳岗返还】{time}您的个人网厅账户已更换手机号，此号码不再接收验证码。如非本人操作，请立即拨打12333。"
    ),
    "handler_changed": (
        "【稳岗返还】{time}{unit_name}已变更经办人，此号码不再接收验证码。如有疑问，请与单位联系或拨打12333。"
    ),
}


class SmsState(StrEnum):
    """Where an SMS is. UNKNOWN: the call to the provider began and nobody saw its end; it is for people to
    find out, and never sent again blindly."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Sms:
    """One message to one phone. `occasion` names what it is sent for, if that must happen once only."""

    id: SmsId
    phone: str
    template: str
    text: str
    priority: int
    created_at: datetime
    next_at: datetime
    occasion: str | None = None
    expires_at: datetime | None = None
    state: SmsState = SmsState.CREATED
    attempts: int = 0
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None

    def begin(self, *, at: datetime) -> "Sms":
        """We are about to call the provider: nobody else may, until the lease runs out."""
        return replace(self, state=SmsState.SENDING, attempts=self.attempts + 1, leased_until=at + LEASE)

    def succeed(self, *, at: datetime) -> "Sms":
        """The provider took it."""
        return replace(self, state=SmsState.SENT, sent_at=at, leased_until=None, error=None)

    def fail(self, *, error: str, is_final: bool, at: datetime) -> "Sms":
        """The provider surely did not take it: try later, or give up."""
        given_up = is_final or self.attempts > len(BACK_OFF)
        state = SmsState.FAILED if given_up else SmsState.CREATED
        next_at = at if given_up else at + BACK_OFF[self.attempts - 1]
        return replace(self, state=state, next_at=next_at, leased_until=None, error=error)


def code_sms(
    *, id: SmsId, phone: str, purpose: str, code: str, valid_minutes: int, issued_at: datetime, at: datetime
) -> Sms:
    """Return the SMS of a verification code; worth nothing when the code has run out."""
    return Sms(
        id=id,
        phone=phone,
        template=purpose,
        text=TEMPLATES[purpose].format(code=code, minutes=valid_minutes),
        priority=CODES,
        created_at=at,
        next_at=at,
        expires_at=issued_at + timedelta(minutes=valid_minutes),
    )


def security_sms(
    *, id: SmsId, phone: str, template: str, facts: dict[str, str], happened_at: datetime, at: datetime
) -> Sms:
    """Return the SMS that tells an owner what was done with the account, and when (Shanghai)."""
    local = happened_at.astimezone(SHANGHAI)
    time = f"{local.month}月{local.day}日{local:%H:%M}"
    return Sms(
        id=id,
        phone=phone,
        template=template,
        text=TEMPLATES[template].format(**facts, time=time),
        priority=SECURITY,
        created_at=at,
        next_at=at,
    )


def approval_sms(
    *,
    id: SmsId,
    phone: str,
    refund_id: RefundId,
    unit_name: str,
    programme_year: int,
    amount: int,
    deadline: date,
    at: datetime,
) -> Sms:
    """Return the SMS that tells an employer of its refund (`amount` in fen); once only for a refund."""
    words = {
        "unit_name": unit_name,
        "year": programme_year,
        "amount": f"{amount // 100}.{amount % 100:02}",
        "deadline": f"{deadline.year}年{deadline.month}月{deadline.day}日",
    }
    return Sms(
        id=id,
        phone=phone,
        template="refund_approved",
        text=TEMPLATES["refund_approved"].format(**words),
        priority=NOTICES,
        created_at=at,
        next_at=at,
        occasion=f"refund_approved/{refund_id}",
    )


def bank_account_sms(
    *, id: SmsId, phone: str, change_id: UUID, unit_name: str, bank: str, account_masked: str, at: datetime
) -> Sms:
    """Return the SMS that tells a unit's contact where the money goes from now on; once for a change."""
    words = {"unit_name": unit_name, "bank": bank, "account_masked": account_masked}
    return Sms(
        id=id,
        phone=phone,
        template="bank_account_changed",
        text=TEMPLATES["bank_account_changed"].format(**words),
        priority=SECURITY,
        created_at=at,
        next_at=at,
        occasion=f"bank_account_changed/{change_id}",
    )
