"""Sign in, sign out, who am I. The signed session travels in the cookie only."""

from datetime import UTC, datetime

from flask import Response, g

from gateway import auth
from gateway.api.messages import body_of, command, reply, room
from gateway.bus import ask, command_id
from services.contracts.base import View
from services.contracts.identity.sessions import (
    SessionView,
    SignedOutView,
    SignInClerk,
    SignInEmployer,
    SignOut,
)
from services.contracts.values import Actor

api = room("sessions")

SignInEmployerBody = body_of(SignInEmployer)
SignInClerkBody = body_of(SignInClerk)


class SignedInView(View):
    """Who is signed in, and until when the session is good (it is renewed by use)."""

    actor: Actor
    expires_at: datetime


def signed_in_reply(session: SessionView) -> Response:
    """Put the session into the cookie and say who it is."""
    auth.signed_in(session)
    return reply(SignedInView(actor=session.actor, expires_at=session.expires_at), 201)


@api.post("/sessions/employer", responses={201: SignedInView})
def sign_in_employer(body: SignInEmployerBody) -> Response:
    """免数字证书登录: credit code, password, picture code."""
    return signed_in_reply(ask(command(SignInEmployer, body)))


@api.post("/sessions/clerk", responses={201: SignedInView})
def sign_in_clerk(body: SignInClerkBody) -> Response:
    """A clerk signs in: account, password, picture code."""
    return signed_in_reply(ask(command(SignInClerk, body)))


@api.get("/sessions/current", responses={200: SignedInView})
def get_session() -> Response:
    """Say who is signed in; renews the session when it is about to run out."""
    return reply(SignedInView(actor=g.actor, expires_at=datetime.fromtimestamp(g.expires_at, UTC)))


@api.delete("/sessions/current", responses={200: SignedOutView})
def sign_out() -> Response:
    """End the sign-in everywhere (within 60 s) and take the cookie back."""
    view = ask(SignOut(id=command_id(), token=g.token))
    auth.signed_out()
    return reply(view)
