"""Employers on the portal: 开通单位网上服务, 单位管理员注册, the handler, the password."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.api.sessions import SignedInView, signed_in_reply
from gateway.bus import ask
from services.contracts.identity.accounts import (
    ChangeEmployerPassword,
    ChangeHandler,
    EmployerView,
    GetEmployer,
    RegisterEmployer,
    RequestSmsCode,
    ResetEmployerPassword,
)
from services.contracts.identity.fields import DoneView
from services.contracts.identity.sessions import RegisterAdministrator
from services.contracts.identity.verification import SmsCodeView

api = room("accounts")

RegisterEmployerBody = body_of(RegisterEmployer)
RegisterAdministratorBody = body_of(RegisterAdministrator)
RequestSmsCodeBody = body_of(RequestSmsCode)
ResetEmployerPasswordBody = body_of(ResetEmployerPassword)
ChangeEmployerPasswordBody = body_of(ChangeEmployerPassword)
ChangeHandlerBody = body_of(ChangeHandler)


@api.post("/employers", responses={201: EmployerView})
def register_employer(body: RegisterEmployerBody) -> Response:
    """Open the online service for an employer (开通单位网上服务)."""
    return reply(ask(command(RegisterEmployer, body)), 201)


@api.post("/administrators", responses={201: SignedInView})
def register_administrator(body: RegisterAdministratorBody) -> Response:
    """Set the password at the first certificate-free sign-in (单位管理员注册); signs in at once."""
    return signed_in_reply(ask(command(RegisterAdministrator, body)))


@api.post("/sms-codes", responses={202: SmsCodeView})
def request_sms_code(body: RequestSmsCodeBody) -> Response:
    """Send a code to a handler's phone; the answer never tells whether account and phone fit."""
    return reply(ask(command(RequestSmsCode, body)), 202)


@api.post("/employers/password-reset", responses={200: DoneView})
def reset_password(body: ResetEmployerPasswordBody) -> Response:
    """Set a new password with a code on the handler's phone; ends all certificate-free sign-ins."""
    return reply(ask(command(ResetEmployerPassword, body)))


@api.get("/employers/current", responses={200: EmployerView})
def get_employer(query: GetEmployer) -> Response:
    """Show the account of the employer that is signed in (the reception post names one: `employer`)."""
    return reply(ask(query))


@api.post("/employers/current/password", responses={200: DoneView})
def change_password(body: ChangeEmployerPasswordBody) -> Response:
    """Change the password of the certificate-free login; ends all other sign-ins."""
    return reply(ask(command(ChangeEmployerPassword, body)))


@api.post("/employers/current/handler", responses={200: EmployerView})
def change_handler(body: ChangeHandlerBody) -> Response:
    """经办人变更: by certificate, or at the counter (`employer` says for whom)."""
    return reply(ask(command(ChangeHandler, body)))
