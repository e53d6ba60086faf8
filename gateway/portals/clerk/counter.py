"""业务大厅受理岗: 统一社会信用代码维护, and the counter's way to 享受稳岗返还信息确认."""

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address
from services.contracts.identity.credit_codes import EnterMaintenance, MaintenanceView
from services.contracts.subsidy.confirmation import ListRefunds, RefundView


@pages.route("/maintenance", methods=["GET", "POST"])
def maintenance() -> Response:
    """Tie a credit code and a handler's phone to an insured unit."""
    if request.method == "GET":
        last = session.pop("accepted", None)
        return show("clerk/maintenance.html", accepted=MaintenanceView.model_validate(last) if last else None)
    try:
        accepted = ask(filled(EnterMaintenance))
    except FAULTS as error:
        return show("clerk/maintenance.html", error, accepted=None)
    session["accepted"] = accepted.to_wire()
    return redirect(url_for(".maintenance"), 303)


@pages.get("/refunds")
def refunds() -> Response:
    """Find the refunds of an employer that stands at the counter."""
    code = request.args.get("credit_code", "").strip().upper()
    found: tuple[RefundView, ...] | None = None
    error = None
    if code:
        try:
            found = ask(from_address(ListRefunds, employer=code)).refunds
        except FAULTS as fault:
            error = fault
    return show("clerk/refunds.html", error, credit_code=code, refunds=found)
