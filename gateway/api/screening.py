"""Screenings: a stored verdict with reasons for every unit."""

from flask import Response

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.screening import (
    CancelScreening,
    ExplainVerdict,
    ExplanationView,
    GetScreening,
    ListOwnVerdicts,
    ListScreenings,
    ListVerdicts,
    OwnVerdictsView,
    ReleaseScreening,
    ScreeningsView,
    ScreeningView,
    StartScreening,
    VerdictsView,
)

api = room("screening")

StartScreeningBody = body_of(StartScreening)
CancelScreeningBody = body_of(CancelScreening, "screening_id")
ReleaseScreeningBody = body_of(ReleaseScreening, "screening_id")
ScreeningPath = only(GetScreening, "screening_id")
VerdictsQuery = body_of(ListVerdicts, "screening_id")
VerdictPath = only(ExplainVerdict, "screening_id", "unit_no")


@api.post("/screenings", responses={202: ScreeningView})
def start_screening(body: StartScreeningBody) -> Response:
    """Freeze the registry and screen it by the policy in force."""
    return reply(ask(command(StartScreening, body)), 202)


@api.get("/screenings", responses={200: ScreeningsView})
def list_screenings(query: ListScreenings) -> Response:
    """Show the latest runs."""
    return reply(ask(query))


@api.get("/screenings/<uuid:screening_id>", responses={200: ScreeningView})
def get_screening(path: ScreeningPath) -> Response:
    """Show one run with its progress and totals."""
    return reply(ask(query(GetScreening, path)))


@api.post("/screenings/<uuid:screening_id>/cancellation", responses={200: ScreeningView})
def cancel_screening(path: ScreeningPath, body: CancelScreeningBody) -> Response:
    """Stop a run that is not over."""
    return reply(ask(command(CancelScreening, path, body)))


@api.post("/screenings/<uuid:screening_id>/release", responses={200: ScreeningView})
def release_screening(path: ScreeningPath, body: ReleaseScreeningBody) -> Response:
    """Let employers see the verdicts of a finished run on their units."""
    return reply(ask(command(ReleaseScreening, path, body)))


@api.get("/own-verdicts", responses={200: OwnVerdictsView})
def list_own_verdicts(query: ListOwnVerdicts) -> Response:
    """Tell an employer why its units get a refund or none, by the latest released run of each programme."""
    return reply(ask(query))


@api.get("/screenings/<uuid:screening_id>/verdicts", responses={200: VerdictsView})
def list_verdicts(path: ScreeningPath, query: VerdictsQuery) -> Response:
    """Page through the verdicts: `after` is the last unit number of the page before."""
    return reply(ask(ListVerdicts(**dict(path), **dict(query))))


@api.get("/screenings/<uuid:screening_id>/verdicts/<string:unit_no>", responses={200: ExplanationView})
def explain_verdict(path: VerdictPath) -> Response:
    """Explain the verdict on one unit: each criterion with its numbers, and how the amount came about."""
    return reply(ask(query(ExplainVerdict, path)))
