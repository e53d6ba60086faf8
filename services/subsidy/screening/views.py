"""What clerks see of runs and verdicts, within their region; what employers see of their own units."""

from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden
from services.contracts.subsidy.screening import (
    CriterionResult,
    ExplainVerdict,
    ExplanationView,
    GetScreening,
    ListOwnVerdicts,
    ListScreenings,
    ListVerdicts,
    Outcome,
    OwnProgrammeView,
    OwnVerdictsView,
    OwnVerdictView,
    ScreeningsView,
    ScreeningView,
    VerdictsView,
    VerdictView,
)
from services.contracts.values import CreditCode, Post, region_prefix
from services.subsidy.policy.domain import Policy
from services.subsidy.policy.store import get_version
from services.subsidy.screening import store
from services.subsidy.screening.domain import (
    Screening,
    Verdict,
    codes_of,
    decide,
    derivation,
    explain,
    missing_facts,
    next_step,
    told_layoff_rate,
)


def get_screening(uow: UnitOfWork, query: GetScreening) -> ScreeningView:
    """Show a run with its progress to a clerk."""
    uow.actor.require_post(*Post)
    return screening_view(store.get_screening(uow, query.screening_id))


def list_screenings(uow: UnitOfWork, query: ListScreenings) -> ScreeningsView:
    """Show the latest runs to a clerk."""
    uow.actor.require_post(*Post)
    found = store.list_screenings(uow, query.limit)
    return ScreeningsView(screenings=tuple(screening_view(each) for each in found))


def list_verdicts(uow: UnitOfWork, query: ListVerdicts) -> VerdictsView:
    """Show a page of verdicts within the clerk's region, or a part of it."""
    region = query.region or uow.actor.region
    _require_region(uow, region)
    policy = _policy_of(uow, store.get_screening(uow, query.screening_id))
    rows = store.list_verdicts(uow, query, region_prefix(region))
    page = tuple(_verdict_view(policy, row) for row in rows[: query.limit])
    return VerdictsView(verdicts=page, next_after=page[-1].unit_no if len(rows) > query.limit else None)


def explain_verdict(uow: UnitOfWork, query: ExplainVerdict) -> ExplanationView:
    """Explain a verdict by deciding once more, in plain Python, from the stored facts."""
    row = store.get_verdict(uow, query.screening_id, query.unit_no)
    _require_region(uow, row.region)
    policy = _policy_of(uow, store.get_screening(uow, query.screening_id))
    facts, stored = _facts(row), _stored(row)
    if decide(policy, facts, row.region) != stored:
        raise RuntimeError(f"{query.unit_no}: the stored verdict is not what its facts give: {stored}")
    chinese, english = derivation(stored, row.base)
    used, told = policy.uses(), told_layoff_rate(policy, facts, row.region)
    return ExplanationView(
        screening_id=query.screening_id,
        verdict=_verdict_view(policy, row),
        criteria=explain(policy, facts, row.region),
        facts={**{name: facts[name] for name in facts if name in used}, "layoff_rate": told},
        derivation_zh=chinese,
        derivation_en=english,
    )


def list_own_verdicts(uow: UnitOfWork, query: ListOwnVerdicts) -> OwnVerdictsView:
    """Tell an employer of each programme why its units get a refund or none."""
    employer = uow.actor.require_employer()
    latest = store.list_latest_released(uow)
    return OwnVerdictsView(programmes=tuple(_own_programme(uow, each, employer) for each in latest))


def screening_view(screening: Screening) -> ScreeningView:
    """Return the view of a run."""
    own = {name: value for name, value in vars(screening).items() if name in ScreeningView.model_fields}
    digest = screening.snapshot.sha256 if screening.snapshot else None
    by = screening.by_name or screening.by
    cancelled_by = screening.cancelled_by_name or screening.cancelled_by
    released_by = screening.released_by_name or screening.released_by
    own = {**own, "by": by, "cancelled_by": cancelled_by, "released_by": released_by}
    return ScreeningView(**{**own, "screening_id": screening.id, "snapshot_digest": digest})


def _require_region(uow: UnitOfWork, region: str) -> None:
    uow.actor.require_post(*Post, region=region)
    if not region:
        raise Forbidden("not_your_region", "this clerk has no region")


def _policy_of(uow: UnitOfWork, screening: Screening) -> Policy:
    return get_version(uow, screening.programme_year, screening.policy_version).policy


def _facts(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in store.FACT_COLUMNS}


def _stored(row: sa.Row[Any]) -> Verdict:
    return Verdict(**{name: getattr(row, name) for name in Verdict.__dataclass_fields__})


def _own_programme(uow: UnitOfWork, screening: Screening, employer: CreditCode) -> OwnProgrammeView:
    policy = _policy_of(uow, screening)
    title_zh, title_en = policy.titles()
    rows = store.list_verdicts_of(uow, screening.id, employer)
    return OwnProgrammeView(
        programme_year=screening.programme_year,
        title_zh=title_zh,
        title_en=title_en,
        finished_at=screening.finished_at,
        verdicts=tuple(_own_verdict(policy, row) for row in rows),
    )


def _own_verdict(policy: Policy, row: sa.Row[Any]) -> OwnVerdictView:
    """The stored verdict stands, its words come from its facts. Clerks see whether both agree."""
    verdict, facts = _stored(row), _facts(row)
    named = codes_of(policy, verdict.reasons | verdict.unknowns)
    lacking = missing_facts(policy, facts, row.region) if verdict.outcome is not Outcome.ELIGIBLE else ()
    results = explain(policy, facts, row.region)
    return OwnVerdictView(
        unit_no=row.unit_no,
        unit_name=row.unit_name,
        outcome=verdict.outcome,
        reasons=tuple(_in_sentences(each) for each in results if each.code in named),
        missing=lacking,
        next=next_step(policy, verdict, lacking),
    )


def _in_sentences(result: CriterionResult) -> CriterionResult:
    english = result.en[:1].upper() + result.en[1:] + "."
    return result.model_copy(update={"zh": f"{result.zh}。", "en": english})


def _verdict_view(policy: Policy, row: sa.Row[Any]) -> VerdictView:
    return VerdictView(
        unit_no=row.unit_no,
        unit_name=row.unit_name,
        credit_code=row.credit_code,
        region=row.region,
        size_class=row.size_class,
        outcome=row.outcome,
        reasons=codes_of(policy, row.reasons | row.unknowns),
        base=row.base,
        ratio=row.ratio,
        amount=row.amount,
    )
