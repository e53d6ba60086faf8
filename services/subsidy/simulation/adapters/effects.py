"""The effect of a policy on a run: the kept verdicts before, those of the policy after. Sums are integers."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import polars as pl

from services.chassis.blobstore import BlobStore
from services.contracts.errors import Refused
from services.contracts.subsidy.screening import Outcome
from services.contracts.subsidy.simulation import (
    EffectKind,
    EffectsView,
    EffectTotals,
    EffectView,
    RegionEffect,
    SimulationView,
    SizeEffect,
)
from services.contracts.values import SizeClass
from services.subsidy.policy.domain import FACTS, Expression, Policy
from services.subsidy.screening.adapters.columns import outlook
from services.subsidy.screening.domain import codes_of, decide
from services.subsidy.simulation.adapters.facts import Run, load_run
from services.subsidy.simulation.domain import PageQuestion, Question, part_of

LARGEST = 10**15  # fen: more is no money that a view could show
_BOTH = pl.col("eligible") & pl.col("eligible_before")
KINDS = {
    EffectKind.IN: pl.col("eligible") & ~pl.col("eligible_before"),
    EffectKind.OUT: ~pl.col("eligible") & pl.col("eligible_before"),
    EffectKind.MORE: _BOTH & (pl.col("payable") > pl.col("payable_before")),
    EffectKind.LESS: _BOTH & (pl.col("payable") < pl.col("payable_before")),
}
_SUMS = {
    "units": pl.len().cast(pl.Int64),
    "eligible_before": pl.col("eligible_before").sum(),
    "eligible_after": pl.col("eligible").sum(),
    "amount_before": pl.col("payable_before").sum(),
    "amount_after": pl.col("payable").sum(),
    "came_in": KINDS[EffectKind.IN].sum(),
    "went_out": KINDS[EffectKind.OUT].sum(),
    "more": KINDS[EffectKind.MORE].sum(),
    "less": KINDS[EffectKind.LESS].sum(),
    "unknown_before": pl.col("unknown_before").sum(),
    "unknown_after": pl.col("unknown").sum(),
}


def simulate(blobs: BlobStore, question: Question) -> SimulationView:
    """Return the effect; the facts of the last runs are in memory."""
    return effect(load_run(blobs, question.screening_id, question.facts), question)


def effect(run: Run, question: Question) -> SimulationView:
    """Return the effect on a run: totals, by region, by size."""
    began = time.perf_counter()
    after = _after(question.policy, run, run.within(question.region))
    cells = after.group_by("cell").agg(**_SUMS, largest=pl.col("payable").max()).sort("cell").collect()
    took = time.perf_counter() - began
    sums = [_Cell(run, question.region, row) for row in cells.iter_rows(named=True)]
    return SimulationView(
        screening_id=question.screening_id,
        draft_id=question.draft_id,
        programme_year=question.policy.programme_year,
        digest=question.digest,
        simulated_at=question.at,
        totals=_totals(sums),
        unknown_before=sum(each.sums["unknown_before"] for each in sums),
        unknown_after=sum(each.sums["unknown_after"] for each in sums),
        by_region=tuple(
            RegionEffect(region=part, totals=_totals(each for each in sums if each.part == part))
            for part in sorted({each.part for each in sums})
        ),
        by_size=tuple(
            SizeEffect(size_class=size, totals=_totals(each for each in sums if each.size == size))
            for size in (*SizeClass, None)
            if any(each.size == size for each in sums)
        ),
        compute_ms=round(took * 1000),
    )


def list_effects(blobs: BlobStore, page: PageQuestion) -> EffectsView:
    """Return a page of the units of a kind; why is said by deciding on each once more, in plain Python."""
    question = page.question
    run = load_run(blobs, question.screening_id, question.facts)
    units = run.within(question.region)
    if page.after:
        units = units.slice(int(units["unit_no"].search_sorted(int(page.after), "right")))
    found = _after(question.policy, run, units).filter(KINDS[page.kind])
    if page.size_class:
        found = found.filter(pl.col("size_class") == pl.lit(page.size_class.value))
    rows = found.head(page.limit + 1).collect().rows(named=True)
    effects = tuple(_unit(question.policy, run, row) for row in rows[: page.limit])
    return EffectsView(effects=effects, next_after=effects[-1].unit_no if len(rows) > page.limit else None)


def _after(policy: Policy, run: Run, units: pl.DataFrame) -> pl.LazyFrame:
    """Return the units with what becomes of each. What a region overrides is looked up by its place."""
    overridden = {name for override in policy.region_overrides.values() for name in override}
    here = [policy.parameters_in(region) for region in run.regions]
    looked_up = {
        f"in place: {name}": pl.lit(pl.Series([each[name] for each in here], dtype=pl.Int64)).gather("place")
        for name in overridden
    }
    columns = {f"${name}": f"in place: {name}" for name in overridden}
    return outlook(_reading(policy, columns), units.lazy().with_columns(**looked_up))


def _reading(policy: Policy, columns: dict[str, str]) -> Policy:
    """Return the policy with some parameters read from columns."""
    criteria = (replace(each, expression=_renamed(each.expression, columns)) for each in policy.criteria)
    return replace(
        policy,
        layoff_rate=_renamed(policy.layoff_rate, columns),
        ratio=_renamed(policy.ratio, columns),
        amount=_renamed(policy.amount, columns),
        criteria=tuple(criteria),
        region_overrides={},
    )


def _renamed(expression: Expression, names: dict[str, str]) -> Expression:
    if isinstance(expression, list | tuple):
        return [expression[0], *(_renamed(each, names) for each in expression[1:])]
    return names.get(expression, expression) if isinstance(expression, str) else expression


class _Cell:
    """The sums over the units of one region and size."""

    def __init__(self, run: Run, within: str, row: dict[str, int]) -> None:
        place, size = divmod(row["cell"], len(run.sizes))
        self.part, self.size, self.sums = part_of(run.regions[place], within), run.sizes[size], row
        if row["largest"] * row["units"] >= 2**63:  # the sum may have left 64 bits
            raise _too_large()


def _totals(cells: Iterable[_Cell]) -> EffectTotals:
    rows = [each.sums for each in cells]
    total = {name: sum(row[name] for row in rows) for name in EffectTotals.model_fields}
    if max(total.values()) >= LARGEST:
        raise _too_large()
    return EffectTotals(**total)


def _unit(policy: Policy, run: Run, row: dict[str, Any]) -> EffectView:
    region, facts = run.regions[row["place"]], {name: row[name] for name in FACTS}
    after = decide(policy, facts, region)
    if (after.outcome is Outcome.ELIGIBLE, after.amount) != (row["eligible"], row["payable"]):
        raise RuntimeError(f"{row['unit_no']}: columns and plain Python differ: {after}")
    if after.amount >= LARGEST:
        raise _too_large()
    return EffectView(
        unit_no=str(row["unit_no"]),
        unit_name=row["unit_name"],
        credit_code=row["credit_code"],
        region=region,
        size_class=row["size_class"],
        outcome_before=_outcome(row["eligible_before"], row["unknown_before"]),
        outcome_after=after.outcome,
        amount_before=row["payable_before"],
        amount_after=after.amount,
        reasons_after=codes_of(policy, after.reasons | after.unknowns),
    )


def _outcome(eligible: bool, unknown: bool) -> Outcome:
    return Outcome.ELIGIBLE if eligible else Outcome.UNKNOWN if unknown else Outcome.INELIGIBLE


def _too_large() -> Refused:
    return Refused("simulation_numbers_too_large", "these parameters give sums beyond all money")
