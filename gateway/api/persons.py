"""Persons on the personal portal."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask
from services.contracts.identity.fields import DoneView
from services.contracts.identity.persons import (
    ChangePersonPassword,
    ChangePersonPhone,
    GetPerson,
    PersonView,
    RegisterPerson,
    RequestPersonCode,
    ResetPersonPassword,
)
from services.contracts.identity.verification import SmsCodeView

api = room("persons")

RegisterPersonBody = body_of(RegisterPerson)
RequestPersonCodeBody = body_of(RequestPersonCode)
ResetPersonPasswordBody = body_of(ResetPersonPassword)
ChangePersonPhoneBody = body_of(ChangePersonPhone)
ChangePersonPasswordBody = body_of(ChangePersonPassword)


@api.post("/persons", responses={201: DoneView})
def register_person(body: RegisterPersonBody) -> Response:
    """Register; the answer is the same whether or not the id number was registered before."""
    return reply(ask(command(RegisterPerson, body)), 201)


@api.post("/persons/sms-codes", responses={202: SmsCodeView})
def request_code(body: RequestPersonCodeBody) -> Response:
    """Send a code to a person's phone; the answer never tells whether account and phone fit."""
    return reply(ask(command(RequestPersonCode, body)), 202)


@api.post("/persons/password-reset", responses={200: DoneView})
def reset_password(body: ResetPersonPasswordBody) -> Response:
    """Set a new password with a code on the account's phone; ends all sign-ins."""
    return reply(ask(command(ResetPersonPassword, body)))


@api.get("/persons/current", responses={200: PersonView})
def get_person(query: GetPerson) -> Response:
    """Show the account of the person that is signed in, masked."""
    return reply(ask(query))


@api.post("/persons/current/phone", responses={200: PersonView})
def change_phone(body: ChangePersonPhoneBody) -> Response:
    """Change the phone, with a code that the new one got and the password."""
    return reply(ask(command(ChangePersonPhone, body)))


@api.post("/persons/current/password", responses={200: DoneView})
def change_password(body: ChangePersonPasswordBody) -> Response:
    """Change the password; ends all other sign-ins."""
    return reply(ask(command(ChangePersonPassword, body)))
