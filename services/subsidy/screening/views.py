"""What clerks see of runs and verdicts, within their region."""

from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Forbidden
from services.contracts.subsidy.screening import (
    ExplainVerdict,
    ExplanationView,
    GetScreening,
    ListScreenings,
    ListVerdicts,
    ScreeningsView,
    ScreeningView,
    VerdictsView,
    VerdictView,
)
from services.contracts.values import Post, region_prefix
from services.subsidy.policy.domain import Policy
from services.subsidy.policy.store import get_version
from services.subsidy.screening import store
from services.subsidy.screening.domain import Screening, Verdict, codes_of, decide, derivation, explain


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
    facts = {name: getattr(row, name) for name in store.FACT_COLUMNS}
    stored = Verdict(**{name: getattr(row, name) for name in Verdict.__dataclass_fields__})
    if decide(policy, facts, row.region) != stored:
        raise RuntimeError(f"{query.unit_no}: the stored verdict is not what its facts give: {stored}")
    chinese, english = derivation(stored, row.base)
    return ExplanationView(
        screening_id=query.screening_id,
        verdict=_verdict_view(policy, row),
        criteria=explain(policy, facts, row.region),
        facts={**facts, "layoff_rate": row.layoff_rate},
        derivation_zh=chinese,
        derivation_en=english,
    )


def screening_view(screening: Screening) -> ScreeningView:
    """Return the view of a run."""
    own = {name: value for name, value in vars(screening).items() if name in ScreeningView.model_fields}
    digest = screening.snapshot.sha256 if screening.snapshot else None
    by = screening.by_name or screening.by
    return ScreeningView(**{**own, "screening_id": screening.id, "snapshot_digest": digest, "by": by})


def _require_region(uow: UnitOfWork, region: str) -> None:
    uow.actor.require_post(*Post, region=region)
    if not region:
        raise Forbidden("not_your_region", "this clerk has no region")


def _policy_of(uow: UnitOfWork, screening: Screening) -> Policy:
    return get_version(uow, screening.programme_year, screening.policy_version).policy


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
