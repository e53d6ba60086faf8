"""The second step of a sign-in: a code by SMS or of the authenticator, or setting the authenticator up.

The form session remembers which step is open and where its SMS went. It is signed, not encrypted, and a
browser keeps it: the secret of an authenticator stays out of it. That one is in the page which shows it and
comes back as a hidden field of its form, to be shown again after a wrong code; identity never reads it there.
"""

from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import segno
from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from gateway import words
from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.signing_in import enter
from services.chassis.ids import new_id
from services.contracts.errors import Problem
from services.contracts.identity.sessions import (
    EnrolClerk,
    Factor,
    FinishSignIn,
    ResendSignInCode,
    SignInView,
)

LONGEST_URI = 500
OPEN = "second_step"


class Enrolment(NamedTuple):
    """An authenticator to be set up: what to scan, and the same to type."""

    uri: str
    secret: str
    picture: str


def add_to(pages: Blueprint) -> None:
    """Give a portal this page."""
    pages.get("/second-step", endpoint="second_step")(look)
    pages.post("/second-step", endpoint="go_second_step")(go)


def proceed(answer: SignInView) -> Response | Redirect:
    """Go in, or on to what is asked for next. An enrolment is shown at once: its secret is here only."""
    if answer.session:
        return enter(answer.session)
    step = answer.second_step
    assert step, "a sign-in is answered with a session or with a second step"
    session[OPEN] = {
        "sign_in_id": str(step.sign_in_id),
        "factor": step.factor.value,
        "phone": step.phone_masked,
        "resend_at": _now() + (step.resend_after_seconds or 0),
        "answer": step.answer,
    }
    return _show(uri=step.uri or "") if step.factor is Factor.ENROLMENT else redirect(_here(), 303)


def look() -> Response | Redirect:
    """Show the form. An enrolment cannot be looked at again: its password has to be typed once more."""
    if session.get(OPEN, {}).get("factor") in (Factor.SMS, Factor.TOTP):
        return _show()
    return redirect(url_for(".login"), 303)


def go() -> Response | Redirect:
    """Send the SMS once more, or finish the sign-in."""
    step = session.get(OPEN)
    if step is None:
        return redirect(url_for(".login"), 303)
    try:
        return _resend(step) if request.form.get("action") == "resend" else _finish(step)
    except FAULTS as error:
        if isinstance(error, Problem) and error.code == "second_step_over":
            return _begin_again()
        return _show(error, uri=request.form.get("uri", "")[:LONGEST_URI])


def _begin_again() -> Redirect:
    session.pop(OPEN)
    flash(" ".join(words.of("second_step_over")), "warning")
    return redirect(url_for(".login", next=request.args.get("next")), 303)


def _resend(step: dict[str, Any]) -> Response:
    sent = ask(ResendSignInCode(id=new_id(), sign_in_id=step["sign_in_id"]))
    session[OPEN] = {**step, "resend_at": _now() + sent.resend_after_seconds}
    return _show(sent=True)


def _finish(step: dict[str, Any]) -> Redirect:
    if step["factor"] == Factor.ENROLMENT:
        same_passwords()
        return enter(ask(filled(EnrolClerk, sign_in_id=step["sign_in_id"])))
    remember = "remember_device" in request.form
    return enter(ask(filled(FinishSignIn, sign_in_id=step["sign_in_id"], remember_device=remember)))


def _show(error: Exception | None = None, *, uri: str = "", sent: bool = False) -> Response:
    return show(
        "second_step.html",
        error,
        step=session[OPEN],
        here=_here(),
        seconds_left=max(0, session[OPEN]["resend_at"] - _now()),
        sent=sent,
        enrolment=_enrolment(uri),
    )


def _enrolment(uri: str) -> Enrolment | None:
    if not uri.startswith("otpauth://totp/"):
        return None
    secret = parse_qs(urlsplit(uri).query).get("secret", [""])[0]
    return Enrolment(uri, secret, segno.make(uri, micro=False).png_data_uri(scale=4))


def _here() -> str:
    return url_for(".second_step", next=request.args.get("next"))


def _now() -> int:
    return int(current_app.extensions["clock"]().timestamp())
