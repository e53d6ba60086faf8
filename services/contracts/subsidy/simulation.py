"""Simulation (测算, what-if): the effect of other rules on the snapshot of a run, beside that run."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from services.contracts.base import Query, View
from services.contracts.subsidy.policy import Parameters
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import (
    CreditCode,
    DraftId,
    Money,
    Region,
    ScreeningId,
    Sha256,
    SizeClass,
    UnitNo,
    Year,
)


class EffectKind(StrEnum):
    """What becomes of a unit: it comes in, goes out, gets more, gets less."""

    IN = "in"
    OUT = "out"
    MORE = "more"
    LESS = "less"


class EffectTotals(View):
    """Units and money (fen) of a group, before and after.

    `came_in`, `went_out`: units that are eligible on one side only.
    """

    units: int
    eligible_before: int
    eligible_after: int
    amount_before: Money
    amount_after: Money
    came_in: int
    went_out: int
    more: int
    less: int


class RegionEffect(View):
    """The effect within one region: prefectures of a province, else districts and counties."""

    region: Region
    totals: EffectTotals


class SizeEffect(View):
    """The effect on one size class; None: units whose size is not known."""

    size_class: SizeClass | None
    totals: EffectTotals


class SimulationView(View):
    """Totals, by region and by size. `unknown_…`: units whose data are missing. `digest`: of the rules.

    `compute_ms`: what the computation took, without reading.
    """

    screening_id: ScreeningId
    draft_id: DraftId | None
    programme_year: Year
    digest: Sha256
    simulated_at: datetime
    totals: EffectTotals
    unknown_before: int
    unknown_after: int
    by_region: tuple[RegionEffect, ...]
    by_size: tuple[SizeEffect, ...]
    compute_ms: int


class KeptSimulationView(View):
    """The simulation kept with a draft when it was submitted; None: no finished run could serve."""

    draft_id: DraftId
    revision: int
    simulation: SimulationView | None


class EffectView(View):
    """One unit before and after. `reasons_after`: codes of criteria that fail or whose data are missing."""

    unit_no: UnitNo
    unit_name: str
    credit_code: CreditCode
    region: Region
    size_class: SizeClass | None
    outcome_before: Outcome
    outcome_after: Outcome
    amount_before: Money
    amount_after: Money
    reasons_after: tuple[str, ...]


class EffectsView(View):
    """A page of units in the order of their numbers."""

    effects: tuple[EffectView, ...]
    next_after: UnitNo | None


class SimulatePolicy(Query[SimulationView]):
    """Compute the effect of a draft, or of the run's own policy, with some parameters changed.

    On the snapshot of a finished run, compared with its verdicts; within the clerk's region, or a part of it.
    `region_overrides` replaces those of the policy when given.
    """

    patience: ClassVar[float] = 30  # the first question after a start reads the facts of the run
    screening_id: ScreeningId
    draft_id: DraftId | None = None
    parameters: Parameters = {}
    region_overrides: dict[Region, Parameters] | None = None
    region: Region | None = None


class ListEffects(Query[EffectsView]):
    """Name the units of one kind, page by page, for the same question as SimulatePolicy."""

    patience: ClassVar[float] = 30  # the first question after a start reads the facts of the run
    screening_id: ScreeningId
    draft_id: DraftId | None = None
    parameters: Parameters = {}
    region_overrides: dict[Region, Parameters] | None = None
    region: Region | None = None
    kind: EffectKind
    size_class: SizeClass | None = None
    after: UnitNo | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class GetKeptSimulation(Query[KeptSimulationView]):
    """Show the simulation that was kept with a draft; Missing `simulation_missing`."""

    draft_id: DraftId
