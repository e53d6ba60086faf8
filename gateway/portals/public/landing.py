"""The front door, and the pages that explain."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway import language
from gateway.bus import ask
from gateway.portals.public.blueprint import pages
from services.contracts.subsidy.policy import ListPolicies

A_YEAR = 365 * 86_400


@pages.get("/")
def landing() -> str:
    """Choose a door: 单位办事 or the clerks'."""
    return render_template("public/landing.html")


@pages.get("/policies")
def policies() -> str:
    """Show the policies in force."""
    return render_template("public/policies.html", policies=ask(ListPolicies()).policies)


@pages.get("/help")
def help_page() -> str:
    """Say how it goes and whom to ask."""
    return render_template("public/help.html")


@pages.get("/privacy")
def privacy() -> str:
    """Say what is kept and why."""
    return render_template("public/privacy.html")


@pages.get("/language/<string:chosen>")
def choose_language(chosen: str) -> Response:
    """Keep the language and go back to the page."""
    target = language.local_path(request.args.get("next"), url_for("public.landing"))
    response = redirect(target, 303)
    if chosen in language.LANGUAGES:
        response.set_cookie(language.COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True)
    return response
