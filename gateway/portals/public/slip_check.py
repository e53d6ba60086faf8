"""确认单核验: is this slip ours, and does it still count?"""

from flask import Response, request

from gateway.bus import ask
from gateway.forms import FAULTS, show
from gateway.portals.public.blueprint import pages
from gateway.queries import from_address
from services.contracts.archive import CheckSlip


@pages.get("/verify")
def verify() -> Response:
    """Check a slip by its number and check code (the QR code on it leads here with both)."""
    number, code = (request.args.get(name, "").strip() for name in ("number", "check_code"))
    asked = {"number": number, "check_code": code.upper().replace(" ", "")}
    if not number and not code:
        return show("public/verify.html", asked=asked, found=None)
    try:
        found = ask(from_address(CheckSlip, **asked))
    except FAULTS as error:
        return show("public/verify.html", error, asked=asked, found=None)
    return show("public/verify.html", asked=asked, found=found)
