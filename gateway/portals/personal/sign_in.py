"""Persons sign in, or set a new password when the old one is lost."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.browsers import known_device
from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.personal.blueprint import pages
from gateway.portals.second_step import proceed
from gateway.portals.signing_in import is_in, show_with_picture
from services.chassis.ids import new_id
from services.contracts.identity.persons import RequestPersonCode, ResetPersonPassword
from services.contracts.identity.sessions import SignInPerson
from services.contracts.values import ActorKind


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response | Redirect:
    """Sign in with id number, password and picture code."""
    if request.method == "GET":
        is_here = is_in(ActorKind.PERSON)
        return redirect(url_for(".home")) if is_here else show_with_picture("personal/login.html")
    try:
        return proceed(ask(filled(SignInPerson, device=known_device(ActorKind.PERSON))))
    except FAULTS as error:
        return show_with_picture("personal/login.html", error)


@pages.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Response | Redirect:
    """Set a new password with a code on the account's phone."""
    if request.method == "GET":
        return show("personal/forgotten.html")
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestPersonCode, id=new_id(), purpose="reset_person_password"))
            return show("personal/forgotten.html", code_requested=True)
        same_passwords()
        ask(filled(ResetPersonPassword))
    except FAULTS as error:
        return show("personal/forgotten.html", error)
    flash(gettext("密码已重设，请用新密码登录。"), "success")
    return redirect(url_for(".login"), 303)
