"""Clerks sign in."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, filled
from gateway.portals.clerk.blueprint import pages
from gateway.portals.signing_in import enter, is_in, show_with_picture
from services.contracts.identity.sessions import SignInClerk
from services.contracts.values import ActorKind


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Sign in with account, password and picture code."""
    if request.method == "GET":
        is_here = is_in(ActorKind.CLERK)
        return redirect(url_for(".home")) if is_here else show_with_picture("clerk/login.html")
    try:
        return enter(ask(filled(SignInClerk)), url_for(".home"))
    except FAULTS as error:
        return show_with_picture("clerk/login.html", error)
