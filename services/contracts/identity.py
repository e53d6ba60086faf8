"""Messages of the identity service: credit-code maintenance, accounts, verification codes, sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, View
from services.contracts.values import Actor, CheckedCreditCode, Phone, PictureId, Sealed, ShortText, UnitNo

Password = Annotated[str, Field(min_length=1, max_length=128, repr=False)]
SmsCode = Annotated[str, Field(pattern=r"^\d{6}$", repr=False)]
PictureCode = Annotated[str, Field(min_length=1, max_length=12, repr=False)]


# ---- credit-code maintenance (统一社会信用代码维护)


class MaintenanceView(View):
    """An accepted maintenance: it ties a credit code and a handler's phone to an insured unit."""

    credit_code: str
    unit_no: str
    unit_name: str
    handler_name: str
    handler_phone_masked: str
    accepted_at: datetime


class EnterMaintenance(Command[MaintenanceView]):
    """The reception post enters a maintenance at the counter. At most 3 a unit in all, 2 a Shanghai day."""

    credit_code: CheckedCreditCode
    unit_no: UnitNo
    unit_name: ShortText
    handler_name: ShortText
    handler_phone: Phone


# ---- accounts


class EmployerView(View):
    """An employer whose online service is open (开通单位网上服务)."""

    credit_code: str
    unit_name: str
    opened_at: datetime


class RegisterEmployer(Command[EmployerView]):
    """开通单位网上服务: all three values must equal the latest accepted maintenance."""

    credit_code: CheckedCreditCode
    unit_name: ShortText
    phone: Phone
    agreement: Annotated[str, Field(min_length=1, max_length=40, description="version that was agreed to")]


# ---- verification codes


class PictureCodeView(View):
    """A picture to read. `answer` is filled in development only, for scripts that cannot see."""

    picture_id: PictureId
    png_base64: str
    answer: str | None = None


class IssuePictureCode(Command[PictureCodeView]):
    """Make a picture code: good once, for five minutes."""


class SmsCodeView(View):
    """A code is on its way if, and only if, account and phone belong together; the answer never tells."""

    resend_after_seconds: int


class RequestSmsCode(Command[SmsCodeView]):
    """Send a code to a handler's phone: again after 60 s, 10 a day and phone."""

    purpose: Literal["register_administrator"]
    credit_code: CheckedCreditCode
    phone: Phone


class SmsCodeIssued(Event):
    """A verification code has to reach a phone."""

    version: Literal[1] = 1
    phone: Sealed
    code: Sealed
    purpose: str
    valid_minutes: int


# ---- sessions


class SessionView(View):
    """A signed session (JWT, EdDSA): good for 60 s, renewed while its sign-in lives."""

    token: Annotated[str, Field(repr=False)]
    expires_at: datetime
    actor: Actor


class RegisterAdministrator(Command[SessionView]):
    """单位管理员注册 at the first certificate-free login. Signs in at once."""

    credit_code: CheckedCreditCode
    password: Password
    phone: Phone
    sms_code: SmsCode


class SignedOutView(View):
    """The sign-in is over."""

    signed_out: bool


class SignInEmployer(Command[SessionView]):
    """免数字证书登录: credit code + password + picture code."""

    credit_code: CheckedCreditCode
    password: Password
    picture_id: PictureId
    picture_code: PictureCode


class SignInClerk(Command[SessionView]):
    """A clerk signs in: account + password + picture code."""

    account: Annotated[str, Field(min_length=1, max_length=64)]
    password: Password
    picture_id: PictureId
    picture_code: PictureCode


class RenewSession(Command[SessionView]):
    """Renew a session, even one that has just run out: 15 min idle, 12 h in all, unless revoked."""

    token: Annotated[str, Field(max_length=4096, repr=False)]


class SignOut(Command[SignedOutView]):
    """End the sign-in to which a session belongs."""

    token: Annotated[str, Field(max_length=4096, repr=False)]
