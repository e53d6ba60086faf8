"""What the sign-in pages of all portals share: the form with a picture or without, and the way in."""

from typing import Any

from flask import Response, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from gateway import auth
from gateway.bus import ask
from gateway.forms import show
from gateway.language import local_path
from services.chassis.ids import new_id
from services.contracts.identity.sessions import SessionView
from services.contracts.identity.verification import IssuePictureCode
from services.contracts.values import ActorKind


def show_with_picture(template: str, error: Exception | None = None, **context: Any) -> Response:
    """Show a sign-in form with a fresh picture: each is good once. Who cannot read one asks for the form
    without: then the second step stands against guessing."""
    without = request.args.get("picture") == "none"
    return show(template, error, picture=None if without else ask(IssuePictureCode(id=new_id())), **context)


def is_in(kind: ActorKind) -> bool:
    """Is somebody of this kind signed in already?"""
    actor = g.get("actor")
    return bool(actor and actor.kind is kind)


def enter(signed: SessionView) -> Redirect:
    """Begin a sign-in: a new form session, and on to where the visitor wanted to go."""
    session.clear()
    session["welcome"] = True
    auth.signed_in(signed)
    return redirect(local_path(request.args.get("next"), url_for(".home")), 303)
