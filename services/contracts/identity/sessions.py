"""Coming in, staying, leaving."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from services.contracts.base import Command, Query, View
from services.contracts.identity.certificates import CertificateProof
from services.contracts.identity.fields import (
    Agreement,
    ClerkAccount,
    Device,
    DoneView,
    Hidden,
    IdNumber,
    Password,
    PictureCode,
    SmsCode,
    Token,
)
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import (
    Actor,
    ActorKind,
    CheckedCreditCode,
    Phone,
    PictureId,
    SessionId,
    SignInId,
)


class SessionView(View):
    """A signed session (JWT, EdDSA): good for 60 s, renewed while its sign-in lives. `device`: what this
    browser keeps, so that it is known the next time."""

    token: Token
    expires_at: datetime
    actor: Actor
    device: Annotated[Device | None, Hidden] = None


class Factor(StrEnum):
    """What is asked for after the password."""

    SMS = "sms"
    TOTP = "totp"
    ENROLMENT = "enrolment"


class SecondStepView(View):
    """The password was right; this is asked for next, within five minutes.

    `secret` and `uri` (otpauth://) come with an enrolment only. `answer` is the one-time code of this moment,
    filled in development only.
    """

    sign_in_id: SignInId
    factor: Factor
    phone_masked: str | None = None
    resend_after_seconds: int | None = None
    secret: Annotated[str | None, Hidden] = None
    uri: Annotated[str | None, Hidden] = None
    answer: Annotated[str | None, Hidden] = None


class SignInView(View):
    """Either the session, or what is asked for next."""

    session: SessionView | None = None
    second_step: SecondStepView | None = None


class RegisterAdministrator(Command[SessionView]):
    """单位管理员注册 at the first certificate-free login. Signs in at once."""

    credit_code: CheckedCreditCode
    password: Password
    phone: Phone
    sms_code: SmsCode


class SignInEmployer(Command[SignInView]):
    """免数字证书登录: credit code + password + picture code. A code by SMS is asked for as well from a new
    device, after failures, and without a picture (who cannot read it leaves both values out)."""

    credit_code: CheckedCreditCode
    password: Password
    picture_id: PictureId | None = None
    picture_code: Annotated[PictureCode | None, Hidden] = None
    device: Annotated[Device | None, Hidden] = None


class SignInPerson(Command[SignInView]):
    """个人网厅: id number + password + picture code; the second step as for employers."""

    id_number: IdNumber
    password: Password
    picture_id: PictureId | None = None
    picture_code: Annotated[PictureCode | None, Hidden] = None
    device: Annotated[Device | None, Hidden] = None


class SignInClerk(Command[SignInView]):
    """A clerk signs in: account + password + picture code; then always the second factor. Without a picture
    the second factor alone stands against guessing."""

    account: ClerkAccount
    password: Password
    picture_id: PictureId | None = None
    picture_code: Annotated[PictureCode | None, Hidden] = None


class SignInCertificate(Command[SessionView]):
    """数字证书登录: the signed challenge. An employer's first one opens its account (with `agreement`;
    Refused `agreement_missing` asks for it, and the proof may be used once more)."""

    proof: CertificateProof
    agreement: Agreement | None = None


class FinishSignIn(Command[SessionView]):
    """The second step: the code by SMS, or the one of the authenticator. Five tries."""

    sign_in_id: SignInId
    code: SmsCode
    remember_device: bool = False


class ResendSignInCode(Command[SmsCodeView]):
    """Send the code of the second step once more, after 60 s."""

    sign_in_id: SignInId


class EnrolClerk(Command[SessionView]):
    """The first sign-in of a clerk: an own password, and a code of the authenticator that was set up."""

    sign_in_id: SignInId
    password: Password
    code: SmsCode


class RenewSession(Command[SessionView]):
    """Renew a session, even one that has just run out: 15 min idle, 12 h in all, unless revoked."""

    token: Token


class SignedOutView(View):
    """The sign-in is over."""

    signed_out: bool


class SignOut(Command[SignedOutView]):
    """End the sign-in to which a session belongs."""

    token: Token


class SignInRecordView(View):
    """A sign-in that lives: where from, since when. `agent` is what the browser calls itself."""

    session_id: SessionId
    kind: ActorKind
    certificate: bool
    address: str
    agent: str
    started_at: datetime
    renewed_at: datetime
    is_this: bool


class SessionsView(View):
    """The living sign-ins of one account, the latest first."""

    sessions: tuple[SignInRecordView, ...]


class ListSessions(Query[SessionsView]):
    """Show one's own sign-ins; an administrator names a clerk of its region, an auditor any."""

    clerk: ClerkAccount | None = None


class EndSession(Command[DoneView]):
    """End a sign-in: one's own, or an administrator one of a clerk of its region."""

    session_id: SessionId
