"""Employers on the portal, their handlers and administrators."""

from datetime import datetime
from typing import Literal

from services.contracts.base import Command, Query, View
from services.contracts.identity.fields import Agreement, DoneView, Password, SmsCode
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import CheckedCreditCode, CreditCode, Phone, ShortText, UnitNo


class EmployerView(View):
    """An employer whose online service is open (开通单位网上服务). One that was opened by its certificate
    has no handler until it names one (经办人变更), and no unit number unless the hall has tied one."""

    credit_code: str
    unit_no: UnitNo | None
    unit_name: str
    opened_at: datetime
    handler_name: str | None
    handler_phone_masked: str | None
    has_password: bool


class RegisterEmployer(Command[EmployerView]):
    """开通单位网上服务: all three values must equal the latest accepted maintenance."""

    credit_code: CheckedCreditCode
    unit_name: ShortText
    phone: Phone
    agreement: Agreement


class RequestSmsCode(Command[SmsCodeView]):
    """Send a code to a handler's phone: again after 60 s, 10 a day and phone.

    `change_handler` goes to the new handler's phone and needs what ChangeHandler needs; the others go out
    only if the phone is the handler's.
    """

    purpose: Literal["register_administrator", "reset_employer_password", "change_handler"]
    credit_code: CheckedCreditCode
    phone: Phone


class ResetEmployerPassword(Command[DoneView]):
    """Set a new password with a code on the handler's phone; ends all certificate-free sign-ins."""

    credit_code: CheckedCreditCode
    phone: Phone
    sms_code: SmsCode
    password: Password


class ChangeEmployerPassword(Command[DoneView]):
    """A new password for the certificate-free login; ends all other sign-ins."""

    old_password: Password
    password: Password


class GetEmployer(Query[EmployerView]):
    """Show the account of the employer that is signed in; `employer` is for the reception post."""

    employer: CreditCode | None = None


class ChangeHandler(Command[EmployerView]):
    """经办人变更: by the employer with its certificate, or at the counter (`employer` says for whom). The new
    handler's phone got a code. The former handler is told by SMS."""

    handler_name: ShortText
    phone: Phone
    sms_code: SmsCode
    employer: CreditCode | None = None
