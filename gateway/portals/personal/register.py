"""注册: an account on the personal portal."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, filled, same_passwords, show
from gateway.portals.personal.blueprint import pages
from services.chassis.ids import new_id
from services.contracts.identity.persons import RegisterPerson, RequestPersonCode

# The version of templates/personal/agreement.html: kept with each registration; change both together.
AGREEMENT = "2023-01"


@pages.route("/register", methods=["GET", "POST"])
def register() -> Response | Redirect:
    """Register with the id number, and a code that the phone got."""
    if request.method == "GET":
        return show("personal/register.html")
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestPersonCode, id=new_id(), purpose="register_person"))
            return show("personal/register.html", code_requested=True)
        same_passwords()
        ask(filled(RegisterPerson, agreement=AGREEMENT if "agreement" in request.form else ""))
    except FAULTS as error:
        return show("personal/register.html", error)
    return redirect(url_for(".registered"), 303)


@pages.get("/registered")
def registered() -> Response:
    """Say what is true whether or not the id number was registered before, and lead back to the sign-in."""
    return show("personal/registered.html")
