"""Sign in by every door, the second step, sign out, who am I, where else am I signed in.

The signed session travels in the cookie only.
"""

from datetime import UTC, datetime

from flask import Response, g

from gateway import auth
from gateway.api.messages import body_of, command, only, reply, room
from gateway.browsers import binding, known_device, renew_binding
from gateway.bus import ask, command_id
from services.contracts.base import View
from services.contracts.identity.certificates import CertificateProof
from services.contracts.identity.clerks import ChangeClerkPassword
from services.contracts.identity.fields import Agreement, DoneView
from services.contracts.identity.sessions import (
    EndSession,
    EnrolClerk,
    FinishSignIn,
    ListSessions,
    ResendSignInCode,
    SecondStepView,
    SessionsView,
    SessionView,
    SignedOutView,
    SignInCertificate,
    SignInClerk,
    SignInEmployer,
    SignInPerson,
    SignInView,
    SignOut,
)
from services.contracts.identity.verification import SmsCodeView
from services.contracts.values import Actor, ActorKind

api = room("sessions")

SignInEmployerBody = body_of(SignInEmployer)
SignInPersonBody = body_of(SignInPerson)
SignInClerkBody = body_of(SignInClerk)
FinishSignInBody = body_of(FinishSignIn)
ResendSignInCodeBody = body_of(ResendSignInCode)
EnrolClerkBody = body_of(EnrolClerk)
ChangeClerkPasswordBody = body_of(ChangeClerkPassword)
SessionPath = only(EndSession, "session_id")


class SignInCertificateBody(body_of(CertificateProof, "binding")):  # type: ignore[misc]
    """The challenge, signed. What binds it to this browser is in the form cookie that came with it."""

    agreement: Agreement | None = None


class SignedInView(View):
    """Who is signed in, and until when the session is good (it is renewed by use)."""

    actor: Actor
    expires_at: datetime


def signed_in_reply(session: SessionView) -> Response:
    """Put the session into the cookie and say who it is."""
    renew_binding()
    auth.signed_in(session)
    return reply(SignedInView(actor=session.actor, expires_at=session.expires_at), 201)


def _next_reply(answer: SignInView) -> Response:
    """Say who is in, or what is asked for next."""
    if answer.session:
        return signed_in_reply(answer.session)
    assert answer.second_step, "a sign-in is answered with a session or with a second step"
    return reply(answer.second_step, 202)


@api.post("/sessions/employer", responses={201: SignedInView, 202: SecondStepView})
def sign_in_employer(body: SignInEmployerBody) -> Response:
    """免数字证书登录: credit code, password, picture code (or neither picture value, for a code by SMS)."""
    return _next_reply(
        ask(command(SignInEmployer, body, device=body.device or known_device(ActorKind.EMPLOYER)))
    )


@api.post("/sessions/person", responses={201: SignedInView, 202: SecondStepView})
def sign_in_person(body: SignInPersonBody) -> Response:
    """个人网厅: id number, password, picture code (or neither picture value, for a code by SMS)."""
    return _next_reply(ask(command(SignInPerson, body, device=body.device or known_device(ActorKind.PERSON))))


@api.post("/sessions/clerk", responses={201: SignedInView, 202: SecondStepView})
def sign_in_clerk(body: SignInClerkBody) -> Response:
    """A clerk signs in: account, password, picture code; the second factor comes next."""
    return _next_reply(ask(command(SignInClerk, body)))


@api.post("/sessions/certificate", responses={201: SignedInView})
def sign_in_certificate(body: SignInCertificateBody) -> Response:
    """数字证书登录: the challenge of POST /certificate-challenges, signed."""
    given = dict(body)
    agreement = given.pop("agreement")
    proof = CertificateProof(**given, binding=binding())
    return signed_in_reply(ask(command(SignInCertificate, proof=proof, agreement=agreement)))


@api.post("/sessions/second-step", responses={201: SignedInView})
def finish_sign_in(body: FinishSignInBody) -> Response:
    """The second step: the code by SMS, or the one of the authenticator."""
    return signed_in_reply(ask(command(FinishSignIn, body)))


@api.post("/sessions/second-step/code", responses={202: SmsCodeView})
def resend_code(body: ResendSignInCodeBody) -> Response:
    """Send the code of the second step once more, after 60 s."""
    return reply(ask(command(ResendSignInCode, body)), 202)


@api.post("/sessions/enrolment", responses={201: SignedInView})
def enrol_clerk(body: EnrolClerkBody) -> Response:
    """The first sign-in of a clerk: an own password, and a code of the authenticator that was set up."""
    return signed_in_reply(ask(command(EnrolClerk, body)))


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


@api.get("/sessions", responses={200: SessionsView})
def list_sessions(query: ListSessions) -> Response:
    """Show one's own sign-ins that live; an administrator names a clerk of its region, an auditor any."""
    return reply(ask(query))


@api.delete("/sessions/<uuid:session_id>", responses={200: DoneView})
def end_session(path: SessionPath) -> Response:
    """End a sign-in: one's own, or an administrator one of a clerk of its region."""
    return reply(ask(command(EndSession, path)))


@api.post("/clerks/current/password", responses={200: DoneView})
def change_clerk_password(body: ChangeClerkPasswordBody) -> Response:
    """Change a clerk's own password; ends its other sign-ins."""
    return reply(ask(command(ChangeClerkPassword, body)))
