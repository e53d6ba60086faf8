"""Signing out, from any portal."""

from flask import Blueprint, flash, g, redirect
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway import auth
from gateway.bus import ask
from gateway.forms import once
from services.contracts.identity.sessions import SignOut

pages = Blueprint("account", __name__)


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the sign-in and go back to where one signs in."""
    target = auth.login_page(g.actor.kind.value)
    ask(SignOut(id=once(), token=g.token))
    auth.signed_out()
    flash(gettext("您已安全退出。"), "success")
    return redirect(target, 303)
