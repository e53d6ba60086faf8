"""Persons on the personal portal (个人网厅)."""

from datetime import datetime
from typing import Annotated, Literal

from services.contracts.base import Command, Query, View
from services.contracts.identity.fields import Agreement, DoneView, Hidden, IdNumber, Password, SmsCode
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import CitizenId, PersonId, Phone, ShortText


class PersonView(View):
    """A person's own account; id number and phone are masked."""

    person_id: PersonId
    full_name: str
    id_number_masked: str
    phone_masked: str
    registered_at: datetime


class RequestPersonCode(Command[SmsCodeView]):
    """Send a code to a person's phone: again after 60 s, 10 a day and phone.

    `register_person` goes to any phone, `reset_person_password` only to the one of the account (the answer
    never tells), `change_person_phone` to the new phone of whoever is signed in (`id_number` is left out).
    """

    purpose: Literal["register_person", "reset_person_password", "change_person_phone"]
    id_number: Annotated[CitizenId | None, Hidden] = None
    phone: Phone


class RegisterPerson(Command[DoneView]):
    """Open an account with a citizen id number. If there is one already, the answer is the same, the account
    stays as it is, and its owner is told by SMS: who tries cannot find out who is registered."""

    id_number: IdNumber
    full_name: ShortText
    phone: Phone
    sms_code: SmsCode
    password: Password
    agreement: Agreement


class ResetPersonPassword(Command[DoneView]):
    """Set a new password with a code on the account's phone; ends all sign-ins."""

    id_number: IdNumber
    phone: Phone
    sms_code: SmsCode
    password: Password


class GetPerson(Query[PersonView]):
    """Show the account of whoever is signed in."""


class ChangePersonPhone(Command[PersonView]):
    """A new phone, with a code that it got and the password."""

    phone: Phone
    sms_code: SmsCode
    password: Password


class ChangePersonPassword(Command[DoneView]):
    """A new password; ends all other sign-ins."""

    old_password: Password
    password: Password
