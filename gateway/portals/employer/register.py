"""马上注册: 开通单位网上服务."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled, show
from gateway.portals.employer.blueprint import pages
from services.contracts.identity.accounts import RegisterEmployer

# The version of templates/employer/agreement.html: kept with each registration; change both together.
AGREEMENT = "2023-01"


@pages.route("/register", methods=["GET", "POST"])
def register() -> Response | Redirect:
    """Open the online service; the values must equal the maintenance made at the counter."""
    if request.method == "GET":
        return show("employer/register.html")
    try:
        ask(filled(RegisterEmployer, agreement=AGREEMENT if "agreement" in request.form else ""))
    except FAULTS as error:
        return show("employer/register.html", error)
    return redirect(url_for(".registered"), 303)


@pages.get("/registered")
def registered() -> Response:
    """Say that it is open, and lead back to the sign-in."""
    return show("employer/registered.html")
