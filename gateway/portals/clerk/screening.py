"""资格筛查: start, watch, look through the verdicts, explain one."""

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.portals.clerk.incomplete import totals_of
from gateway.queries import from_address
from services.contracts.subsidy.policy import ListPolicies
from services.contracts.subsidy.screening import (
    CancelScreening,
    ExplainVerdict,
    GetScreening,
    ListScreenings,
    ListVerdicts,
    ReleaseScreening,
    ScreeningState,
    StartScreening,
    VerdictsView,
)
from services.contracts.values import ScreeningId

FILTERS = ("outcome", "region", "find")


@pages.route("/screenings", methods=["GET", "POST"])
def screenings() -> Response:
    """List the runs; start another."""
    if request.method == "GET":
        return _show_screenings()
    try:
        started = ask(filled(StartScreening))
    except FAULTS as error:
        return _show_screenings(error)
    return redirect(url_for(".screening", screening_id=started.screening_id), 303)


@pages.route("/screenings/<uuid:screening_id>", methods=["GET", "POST"])
def screening(screening_id: UUID) -> Response:
    """Show progress and totals of a run, and its verdicts by the filters of the address; cancel it."""
    if request.method == "GET":
        return _show_run(ScreeningId(screening_id))
    try:
        ask(filled(CancelScreening, screening_id=screening_id))
    except FAULTS as error:
        return _show_run(ScreeningId(screening_id), error)
    return redirect(url_for(".screening", screening_id=screening_id), 303)


@pages.post("/screenings/<uuid:screening_id>/release")
def release_screening(screening_id: UUID) -> Response:
    """向单位公布筛查结果."""
    try:
        ask(filled(ReleaseScreening, screening_id=screening_id))
    except FAULTS as error:
        return _show_run(ScreeningId(screening_id), error)
    return redirect(url_for(".screening", screening_id=screening_id), 303)


@pages.get("/screenings/<uuid:screening_id>/units/<string:unit_no>")
def verdict(screening_id: UUID, unit_no: str) -> Response:
    """Explain the verdict on one unit."""
    explanation = ask(from_address(ExplainVerdict, screening_id=screening_id, unit_no=unit_no))
    return show("clerk/verdict.html", explanation=explanation)


def _show_run(screening_id: ScreeningId, error: Exception | None = None) -> Response:
    run = ask(GetScreening(screening_id=screening_id))
    page, lacking = VerdictsView(verdicts=(), next_after=None), None
    if run.state is ScreeningState.DONE:
        lacking = totals_of(run.screening_id)
        try:
            page = ask(from_address(ListVerdicts, screening_id=run.screening_id))
        except InvalidForm as fault:
            error = fault
    filters = {name: request.args.get(name, "").strip() for name in FILTERS}
    return show("clerk/screening.html", error, run=run, page=page, filters=filters, lacking=lacking)


def _show_screenings(error: Exception | None = None) -> Response:
    policies = ask(ListPolicies()).policies
    return show(
        "clerk/screenings.html", error, screenings=ask(ListScreenings()).screenings, policies=policies
    )
