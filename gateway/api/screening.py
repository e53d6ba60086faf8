"""Screenings: a stored verdict with reasons for every unit."""

from flask import Response

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.screening import (
    ExplainVerdict,
    ExplanationView,
    GetScreening,
    ListScreenings,
    ListVerdicts,
    ScreeningsView,
    ScreeningView,
    StartScreening,
    VerdictsView,
)

api = room("screening")

StartScreeningBody = body_of(StartScreening)
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


@api.get("/screenings/<uuid:screening_id>/verdicts", responses={200: VerdictsView})
def list_verdicts(path: ScreeningPath, query: VerdictsQuery) -> Response:
    """Page through the verdicts: `after` is the last unit number of the page before."""
    return reply(ask(ListVerdicts(**dict(path), **dict(query))))


@api.get("/screenings/<uuid:screening_id>/verdicts/<string:unit_no>", responses={200: ExplanationView})
def explain_verdict(path: VerdictPath) -> Response:
    """Explain the verdict on one unit: each criterion with its numbers, and how the amount came about."""
    return reply(ask(query(ExplainVerdict, path)))
