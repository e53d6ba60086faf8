"""开通单位网上服务 and 单位管理员注册."""

from flask import Response

from gateway.api.messages import body_of, command, reply, room
from gateway.api.sessions import SignedInView, signed_in_reply
from gateway.bus import ask
from services.contracts.identity.accounts import EmployerView, RegisterEmployer
from services.contracts.identity.sessions import RegisterAdministrator

api = room("accounts")

RegisterEmployerBody = body_of(RegisterEmployer)
RegisterAdministratorBody = body_of(RegisterAdministrator)


@api.post("/employers", responses={201: EmployerView})
def register_employer(body: RegisterEmployerBody) -> Response:
    """Open the online service for an employer (开通单位网上服务)."""
    return reply(ask(command(RegisterEmployer, body)), 201)


@api.post("/administrators", responses={201: SignedInView})
def register_administrator(body: RegisterAdministratorBody) -> Response:
    """Set the password at the first certificate-free sign-in (单位管理员注册); signs in at once."""
    return signed_in_reply(ask(command(RegisterAdministrator, body)))
