"""Simulation (测算): what other rules would do to the units of a finished run."""

from flask import Response

from gateway.api.messages import body_of, only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.simulation import (
    EffectsView,
    GetKeptSimulation,
    KeptSimulationView,
    ListEffects,
    SimulatePolicy,
    SimulationView,
)

api = room("simulation")

SimulatePolicyBody = body_of(SimulatePolicy)
ListEffectsBody = body_of(ListEffects)
DraftPath = only(GetKeptSimulation, "draft_id")


@api.post("/simulations", responses={200: SimulationView})
def simulate_policy(body: SimulatePolicyBody) -> Response:
    """Compute the effect of a draft, or of changed parameters, on a finished run. Nothing is kept."""
    return reply(ask(query(SimulatePolicy, body)))


@api.post("/simulations/effects", responses={200: EffectsView})
def list_effects(body: ListEffectsBody) -> Response:
    """Page through the units that come in, go out, get more or less: `after` is the last unit number."""
    return reply(ask(query(ListEffects, body)))


@api.get("/policy-drafts/<uuid:draft_id>/simulation", responses={200: KeptSimulationView})
def get_kept_simulation(path: DraftPath) -> Response:
    """Show the simulation that was kept when a draft was submitted."""
    return reply(ask(query(GetKeptSimulation, path)))
