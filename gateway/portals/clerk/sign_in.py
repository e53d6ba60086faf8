"""Clerks sign in; the second factor is always asked for."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled
from gateway.portals.clerk.blueprint import pages
from gateway.portals.second_step import proceed
from gateway.portals.signing_in import is_in, show_with_picture
from services.contracts.identity.sessions import SignInClerk
from services.contracts.values import ActorKind


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response | Redirect:
    """Sign in with account, password and picture code."""
    if request.method == "GET":
        is_here = is_in(ActorKind.CLERK)
        return redirect(url_for(".home")) if is_here else show_with_picture("clerk/login.html")
    try:
        return proceed(ask(filled(SignInClerk)))
    except FAULTS as error:
        return show_with_picture("clerk/login.html", error)
