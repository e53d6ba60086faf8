"""Questions of a simulation. Pure: (policy, changes) → policy, (question) → what it is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.subsidy.simulation import EffectKind
from services.contracts.values import (
    BlobRef,
    DraftId,
    Region,
    ScreeningId,
    Sha256,
    SizeClass,
    UnitNo,
    region_prefix,
)
from services.subsidy.policy.domain import Policy, PolicyFault
from services.subsidy.screening.domain import Screening


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the effect of a policy is computed from; `region`: within it, "" is everywhere."""

    screening_id: ScreeningId
    draft_id: DraftId | None
    policy: Policy
    digest: Sha256
    facts: tuple[BlobRef, ...]
    region: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PageQuestion:
    """Which units of an effect are named: those of a kind (and size), beginning after a number."""

    question: Question
    kind: EffectKind
    size_class: SizeClass | None
    after: UnitNo | None
    limit: int


def change(
    policy: Policy, parameters: Mapping[str, int], overrides: Mapping[Region, Mapping[str, int]] | None
) -> Policy:
    """Return the policy with some parameters changed; overrides replace its own when given."""
    named = {*parameters, *(name for override in (overrides or {}).values() for name in override)}
    for name in sorted(named - policy.parameters.keys()):
        raise Refused("simulation_parameter_unknown", "the policy has no such parameter", parameter=name)
    regions = policy.region_overrides if overrides is None else overrides
    changed = replace(
        policy,
        parameters={**policy.parameters, **parameters},
        region_overrides={region: dict(override) for region, override in regions.items()},
    )
    try:
        changed.check()
    except PolicyFault as fault:
        raise Refused(fault.code, "these rules could not be in force", **fault.facts) from None
    return changed


def require_facts(
    screening: Screening, facts: list[BlobRef | None], *, base_year: int, base_year_asked: int
) -> tuple[BlobRef, ...]:
    """Return where the facts of a run lie, or refuse: it must be done, with facts, of the same base year."""
    if screening.state is not ScreeningState.DONE:
        raise Refused("simulation_not_done", "this run has no verdicts", state=screening.state.value)
    if base_year != base_year_asked:
        years = {"base_year": base_year, "base_year_asked": base_year_asked}
        raise Refused("simulation_other_window", "the facts of this run are of another year", **years)
    kept = tuple(each for each in facts if each is not None)
    if len(kept) != screening.chunks:
        raise Refused("simulation_no_facts", "this run kept no facts: start a new screening")
    return kept


def part_of(region: Region, within: str) -> Region:
    """Return the line on which a region stands: its prefecture in a province, else itself."""
    return f"{region[:4]}00" if len(region_prefix(within)) <= 2 else region
