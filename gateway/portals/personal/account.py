"""我的账户: profile, phone, password, and where one is signed in."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.personal.blueprint import pages
from services.chassis.ids import new_id
from services.contracts.identity.persons import (
    ChangePersonPassword,
    ChangePersonPhone,
    GetPerson,
    RequestPersonCode,
)
from services.contracts.identity.sessions import ListSessions


@pages.get("/account")
def account() -> Response:
    """Show the profile, masked, and the sign-ins that live."""
    return show("personal/account.html", person=ask(GetPerson()), sign_ins=ask(ListSessions()).sessions)


@pages.route("/phone", methods=["GET", "POST"])
def phone() -> Response | Redirect:
    """Change the phone: the new one gets a code, and the password is asked for."""
    if request.method == "GET":
        return _show_phone()
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestPersonCode, id=new_id(), purpose="change_person_phone"))
            return _show_phone(code_requested=True)
        ask(filled(ChangePersonPhone))
    except FAULTS as error:
        return _show_phone(error)
    flash(gettext("手机号码已变更。"), "success")
    return redirect(url_for(".account"), 303)


@pages.route("/password", methods=["GET", "POST"])
def password() -> Response | Redirect:
    """Change the password; all other sign-ins end."""
    if request.method == "GET":
        return show("personal/password.html")
    try:
        same_passwords()
        ask(filled(ChangePersonPassword))
    except FAULTS as error:
        return show("personal/password.html", error)
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "success")
    return redirect(url_for(".account"), 303)


def _show_phone(error: Exception | None = None, *, code_requested: bool = False) -> Response:
    return show("personal/phone.html", error, person=ask(GetPerson()), code_requested=code_requested)
