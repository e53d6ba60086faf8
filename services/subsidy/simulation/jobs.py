"""The effect of a draft, computed when it is submitted and kept with it: the review sees what it would do."""

import logging

from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.errors import Refused
from services.contracts.subsidy.policy import PolicyDraftSubmitted
from services.contracts.subsidy.simulation import SimulationView
from services.subsidy.policy.domain import PolicyDraft
from services.subsidy.policy.store import get_draft, get_version, mark_simulated
from services.subsidy.screening.domain import Screening
from services.subsidy.screening.store import list_done_with_facts, list_facts
from services.subsidy.simulation import store
from services.subsidy.simulation.adapters.effects import effect
from services.subsidy.simulation.adapters.facts import read_run
from services.subsidy.simulation.domain import Question, change, require_facts

log = logging.getLogger(__name__)


def keep_simulation(job: Job, event: PolicyDraftSubmitted) -> None:
    """Compute the effect on the latest run that can serve, keep it, and tell the draft so."""
    with job.read() as uow:
        draft = get_draft(uow, event.draft_id)
        if draft.revision != event.revision or store.is_kept(uow, draft.id, draft.revision):
            return
        questions = [_ask(uow, draft, run) for run in _runs_for(uow, draft)]
    try:
        view = _first_answer(job, questions)
    except Refused as refusal:  # it stays without a simulation: nobody can put it in force
        log.warning("draft %s, revision %s: %s", draft.id, draft.revision, refusal.code)
        return
    with job.unit_of_work() as uow:
        kept = store.KeptSimulation(draft_id=draft.id, revision=draft.revision, view=view)
        if store.keep(uow, kept):
            mark_simulated(uow, draft.id, draft.revision)


def _runs_for(uow: UnitOfWork, draft: PolicyDraft) -> list[Screening]:
    """Return the finished runs over the draft's base year: those of its programme first, then the latest."""
    runs = [run for run in list_done_with_facts(uow) if _base_year(uow, run) == draft.policy.base_year]
    return sorted(runs, key=lambda run: run.programme_year != draft.policy.programme_year)


def _base_year(uow: UnitOfWork, run: Screening) -> int:
    return get_version(uow, run.programme_year, run.policy_version).policy.base_year


def _ask(uow: UnitOfWork, draft: PolicyDraft, run: Screening) -> Question:
    base_year = draft.policy.base_year
    years = {"base_year": base_year, "base_year_asked": base_year}
    return Question(
        screening_id=run.id,
        draft_id=draft.id,
        policy=change(draft.policy, {}, None),
        digest=draft.digest,
        facts=require_facts(run, list_facts(uow, run.id), **years),
        region="",
        at=uow.now,
    )


def _first_answer(job: Job, questions: list[Question]) -> SimulationView | None:
    """Return the effect on the first run whose facts can be read. The worker keeps none of them in memory."""
    for question in questions:
        try:
            run = read_run(job.blobs, question.facts)
        except Refused as refusal:
            log.warning("the facts of run %s: %s", question.screening_id, refusal.code)
            continue
        return effect(run, question)
    return None
