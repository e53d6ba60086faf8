"""我的账户: a clerk's own sign-ins and password."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.clerk.blueprint import pages
from services.contracts.identity.clerks import ChangeClerkPassword
from services.contracts.identity.sessions import ListSessions


@pages.get("/account")
def account() -> Response:
    """Show who this is and the sign-ins that live."""
    return show("clerk/account.html", sign_ins=ask(ListSessions()).sessions)


@pages.route("/password", methods=["GET", "POST"])
def password() -> Response | Redirect:
    """Change the password; all other sign-ins end."""
    if request.method == "GET":
        return show("clerk/password.html")
    try:
        same_passwords()
        ask(filled(ChangeClerkPassword))
    except FAULTS as error:
        return show("clerk/password.html", error)
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "success")
    return redirect(url_for(".account"), 303)
