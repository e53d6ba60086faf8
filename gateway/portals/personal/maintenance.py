"""统一社会信用代码维护: declare it, and see what the reception post decided."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.personal.blueprint import pages
from gateway.queries import from_address
from services.contracts.identity.credit_codes import DeclareMaintenance, ListMaintenances

A_PAGE = 20


@pages.get("/")
def home() -> Response:
    """List what this person has declared, the latest first."""
    try:
        return show("personal/home.html", found=ask(from_address(ListMaintenances, limit=A_PAGE)))
    except InvalidForm as error:
        return show("personal/home.html", error, found=ask(ListMaintenances(limit=A_PAGE)))


@pages.route("/maintenances/new", methods=["GET", "POST"])
def declare() -> Response | Redirect:
    """申报: the credit code and the handler of an insured unit."""
    if request.method == "GET":
        return show("personal/declare.html")
    try:
        ask(filled(DeclareMaintenance))
    except FAULTS as error:
        return show("personal/declare.html", error)
    flash(gettext("申报已提交，等待社保业务大厅受理岗受理。受理结果在这里查看。"), "success")
    return redirect(url_for(".home"), 303)
