"""免数字证书登录 and, at the first time, 单位管理员注册."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.api.messages import only
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.employer.blueprint import pages
from gateway.portals.signing_in import enter, is_in, show_with_picture
from services.chassis.ids import new_id
from services.contracts.identity.accounts import RequestSmsCode
from services.contracts.identity.sessions import RegisterAdministrator, SignInEmployer
from services.contracts.values import ActorKind

Account = only(SignInEmployer, "credit_code")


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Sign in; without a password it is the first time, and the administrator registers."""
    if request.method == "GET":
        is_here = is_in(ActorKind.EMPLOYER)
        return redirect(url_for(".home")) if is_here else show_with_picture("employer/login.html")
    try:
        if not request.form.get("password"):
            return redirect(url_for(".administrator", **dict(filled(Account))), 303)
        return enter(ask(filled(SignInEmployer)), url_for(".home"))
    except FAULTS as error:
        return show_with_picture("employer/login.html", error)


@pages.route("/administrator", methods=["GET", "POST"])
def administrator() -> Response:
    """单位管理员注册: set the password with a code on the maintained handler's phone; signs in at once."""
    code = request.args.get("credit_code", "").strip().upper()
    if not code:
        return redirect(url_for(".login"), 303)
    if request.method == "GET":
        return show("employer/administrator.html", credit_code=code)
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestSmsCode, id=new_id(), purpose="register_administrator", credit_code=code))
            return show("employer/administrator.html", credit_code=code, code_requested=True)
        if request.form.get("password") != request.form.get("password_again"):
            raise InvalidForm(["password_again"])
        return enter(ask(filled(RegisterAdministrator, credit_code=code)), url_for(".home"))
    except FAULTS as error:
        return show("employer/administrator.html", error, credit_code=code)
