"""单位账户: what is known of the unit, who handles its business, the password, where it is signed in."""

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.employer.blueprint import pages
from services.chassis.ids import new_id
from services.contracts.identity.accounts import (
    ChangeEmployerPassword,
    ChangeHandler,
    GetEmployer,
    RequestSmsCode,
)
from services.contracts.identity.sessions import ListSessions


@pages.get("/account")
def account() -> Response:
    """Show the account, and the sign-ins that live."""
    return show("employer/account.html", unit=ask(GetEmployer()), sign_ins=ask(ListSessions()).sessions)


@pages.route("/password", methods=["GET", "POST"])
def password() -> Response | Redirect:
    """Change the password of the certificate-free login; all other sign-ins end."""
    if request.method == "GET":
        return _show("employer/password.html")
    try:
        same_passwords()
        ask(filled(ChangeEmployerPassword))
    except FAULTS as error:
        return _show("employer/password.html", error)
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "success")
    return redirect(url_for(".account"), 303)


@pages.route("/handler", methods=["GET", "POST"])
def handler() -> Response | Redirect:
    """经办人变更: a code goes to the new handler's phone."""
    if request.method == "GET":
        return _show("employer/handler.html")
    try:
        if request.form.get("action") == "sms":
            return _send_code()
        ask(filled(ChangeHandler))
    except FAULTS as error:
        return _show("employer/handler.html", error)
    flash(gettext("经办人已变更，并已短信告知原经办人。"), "success")
    return redirect(url_for(".account"), 303)


def _send_code() -> Response:
    code = g.actor.employer
    ask(filled(RequestSmsCode, id=new_id(), purpose="change_handler", credit_code=code))
    return _show("employer/handler.html", code_requested=True)


def _show(template: str, error: Exception | None = None, *, code_requested: bool = False) -> Response:
    return show(template, error, unit=ask(GetEmployer()), code_requested=code_requested)
