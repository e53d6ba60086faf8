"""Leaving, from any portal: here, or on another device."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway import auth
from gateway.bus import ask
from gateway.forms import once
from gateway.language import local_path
from gateway.problems import home_of
from services.contracts.identity.sessions import EndSession, SignOut
from services.contracts.values import SessionId

pages = Blueprint("account", __name__)


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the sign-in and go back to where one signs in."""
    target = auth.login_page(auth.portal_of(g.actor.kind))
    ask(SignOut(id=once(), token=g.token))
    auth.signed_out()
    flash(gettext("您已安全退出。"), "success")
    return redirect(target, 303)


@pages.post("/sign-ins/<uuid:session_id>/end")
def end_sign_in(session_id: UUID) -> Response:
    """End a sign-in on another device and go back to the list (`back`)."""
    ask(EndSession(id=once(), session_id=SessionId(session_id)))
    flash(gettext("该设备上的登录已退出，一分钟内生效。"), "success")
    return redirect(local_path(request.form.get("back"), home_of(auth.portal_of(g.actor.kind))), 303)
