"""免数字证书登录 and, at the first time, 单位管理员注册; the door that 数字证书登录 shares."""

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.api.messages import only
from gateway.browsers import known_device
from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.employer import certificate
from gateway.portals.employer.blueprint import pages
from gateway.portals.second_step import proceed
from gateway.portals.signing_in import enter, is_in, show_with_picture
from services.chassis.ids import new_id
from services.contracts.identity.accounts import RequestSmsCode, ResetEmployerPassword
from services.contracts.identity.sessions import RegisterAdministrator, SignInEmployer
from services.contracts.values import ActorKind

Account = only(SignInEmployer, "credit_code")


@pages.route("/login", methods=["GET", "POST"])
def login() -> Response | Redirect:
    """Sign in; without a password it is the first time, and the administrator registers."""
    by_certificate = request.args.get("by") == "certificate"
    if request.method == "GET":
        if is_in(ActorKind.EMPLOYER) and (g.actor.certificate or not by_certificate):
            return redirect(url_for(".home"))
        return certificate.show_form() if by_certificate else show_with_picture("employer/login.html")
    if by_certificate:
        return certificate.come()
    try:
        if not request.form.get("password"):
            return redirect(url_for(".administrator", **dict(filled(Account))), 303)
        return proceed(ask(filled(SignInEmployer, device=known_device(ActorKind.EMPLOYER))))
    except FAULTS as error:
        return show_with_picture("employer/login.html", error)


@pages.route("/administrator", methods=["GET", "POST"])
def administrator() -> Response | Redirect:
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
        same_passwords()
        return enter(ask(filled(RegisterAdministrator, credit_code=code)))
    except FAULTS as error:
        return show("employer/administrator.html", error, credit_code=code)


@pages.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Response | Redirect:
    """Set a new password with a code on the handler's phone."""
    if request.method == "GET":
        return show("employer/forgotten.html")
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestSmsCode, id=new_id(), purpose="reset_employer_password"))
            return show("employer/forgotten.html", code_requested=True)
        same_passwords()
        ask(filled(ResetEmployerPassword))
    except FAULTS as error:
        return show("employer/forgotten.html", error)
    flash(gettext("密码已重设，请用新密码登录。"), "success")
    return redirect(url_for(".login"), 303)
