"""Who may ask what, and what the answer rests on: the computation comes after, without the database."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden
from services.contracts.subsidy.simulation import (
    GetKeptSimulation,
    KeptSimulationView,
    ListEffects,
    SimulatePolicy,
)
from services.contracts.values import Post, Region
from services.subsidy.policy.domain import Policy
from services.subsidy.policy.store import digest_of, get_draft, get_version
from services.subsidy.screening.store import get_screening, list_facts
from services.subsidy.simulation import store
from services.subsidy.simulation.domain import PageQuestion, Question, change, require_facts


def ask_for_effect(uow: UnitOfWork, query: SimulatePolicy | ListEffects) -> Question:
    """Return what the effect within the clerk's region, or a part of it, is computed from."""
    region = _require_region(uow, query.region)
    screening = get_screening(uow, query.screening_id)
    judged_by = get_version(uow, screening.programme_year, screening.policy_version).policy
    asked = change(_asked_policy(uow, query, judged_by), query.parameters, query.region_overrides)
    years = {"base_year": judged_by.base_year, "base_year_asked": asked.base_year}
    return Question(
        screening_id=screening.id,
        draft_id=query.draft_id,
        policy=asked,
        digest=digest_of(asked),
        facts=require_facts(screening, list_facts(uow, screening.id), **years),
        region=region,
        at=uow.now,
    )


def ask_for_units(uow: UnitOfWork, query: ListEffects) -> PageQuestion:
    """Return what a page of units is computed from."""
    return PageQuestion(
        question=ask_for_effect(uow, query),
        kind=query.kind,
        size_class=query.size_class,
        after=query.after,
        limit=query.limit,
    )


def get_kept_simulation(uow: UnitOfWork, query: GetKeptSimulation) -> KeptSimulationView:
    """Show a clerk what was computed for a draft when it was submitted."""
    uow.actor.require_post(*Post)
    kept = store.get_kept(uow, query.draft_id)
    return KeptSimulationView(draft_id=kept.draft_id, revision=kept.revision, simulation=kept.view)


def _require_region(uow: UnitOfWork, asked: Region | None) -> Region:
    region = asked or uow.actor.region
    uow.actor.require_post(*Post, region=region)
    if not region:
        raise Forbidden("not_your_region", "this clerk has no region")
    return region


def _asked_policy(uow: UnitOfWork, query: SimulatePolicy | ListEffects, judged_by: Policy) -> Policy:
    """Return the draft, or what the run was judged by."""
    return judged_by if query.draft_id is None else get_draft(uow, query.draft_id).policy
