"""Verdicts. Pure: (policy, facts) → verdict; the columns of adapters/columns.py give the same, faster.

Amounts in fen, rates in basis points. None is unknown, and what rests on it is unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Literal

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import CriterionResult, NextStep, Outcome, ScreeningState
from services.contracts.values import BlobRef, ImportId, Money, ScreeningId, Sha256, Year
from services.subsidy.policy.domain import FACTS, Criterion, Expression, Policy, Value, figures
from services.subsidy.registry.domain import PARTITIONS, Part

UNITS_PER_CHUNK = 100_000
LISTS = {"dishonest", "zombie"}  # facts that the agency has from others: no employer can add them
Result = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Screening:
    """A run of one policy version over one snapshot; its counters grow with every chunk."""

    id: ScreeningId
    programme_year: Year
    policy_version: int
    policy_digest: Sha256
    by: str
    by_name: str
    started_at: datetime
    state: ScreeningState = ScreeningState.FREEZING
    problem: str | None = None
    snapshot: BlobRef | None = None
    employers_import_id: ImportId | None = None
    chunks: int = 0
    chunks_done: int = 0
    units: int = 0
    eligible: int = 0
    ineligible: int = 0
    unknown: int = 0
    amount: Money = 0
    finished_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_by_name: str | None = None
    released_at: datetime | None = None
    released_by: str | None = None
    released_by_name: str | None = None

    def freeze(self, *, snapshot: BlobRef, employers: ImportId, units: int, chunks: int) -> "Screening":
        """The snapshot stands: its chunks wait for their verdicts."""
        frozen = replace(self, state=ScreeningState.RUNNING, snapshot=snapshot, employers_import_id=employers)
        return replace(frozen, units=units, chunks=chunks)

    def fail(self, *, problem: str, at: datetime) -> "Screening":
        """There is nothing to screen."""
        return replace(self, state=ScreeningState.FAILED, problem=problem, finished_at=at)

    def cancel(self, *, by: str, by_name: str, at: datetime) -> "Screening":
        """Stop the run; cancelled twice it is cancelled once. What is over stays as it is."""
        if self.state is ScreeningState.CANCELLED:
            return self
        if self.state not in (ScreeningState.FREEZING, ScreeningState.RUNNING):
            raise Refused("screening_over", "this run is over", state=self.state.value)
        stopped = replace(self, state=ScreeningState.CANCELLED, finished_at=at)
        return replace(stopped, cancelled_by=by, cancelled_by_name=by_name)

    def release(self, *, by: str, by_name: str, at: datetime) -> "Screening":
        """Let employers see the verdicts of a finished run; released twice it is released once."""
        if self.state is not ScreeningState.DONE:
            raise Refused("screening_not_done", "this run is not finished", state=self.state.value)
        if self.released_at is not None:
            return self
        return replace(self, released_at=at, released_by=by, released_by_name=by_name)

    def add(self, chunk: "Chunk", *, at: datetime) -> "Screening":
        """Count a chunk; the last one finishes the run."""
        done = self.chunks_done + 1
        last = done == self.chunks
        return replace(
            self,
            chunks_done=done,
            eligible=self.eligible + chunk.eligible,
            ineligible=self.ineligible + chunk.ineligible,
            unknown=self.unknown + chunk.unknown,
            amount=self.amount + chunk.amount,
            state=ScreeningState.DONE if last else self.state,
            finished_at=at if last else None,
        )


@dataclass(frozen=True)
class Source:
    """An import that a snapshot rests on: the sha256 of the clerk's file, and the parts made of it."""

    import_id: ImportId
    sha256: Sha256
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Snapshot:
    """The registry at one moment, by digests. Contributions: the earliest import first, a later one wins."""

    employers: Source
    contributions: tuple[Source, ...]
    dishonest: Source | None
    zombie: Source | None

    @property
    def units(self) -> int:
        """Return how many units there are."""
        return sum(part.rows for part in self.employers.parts)

    def chunks(self, count: int | None = None, *, size: int = UNITS_PER_CHUNK) -> list[tuple[int, ...]]:
        """Return the partitions of each chunk; `count`: of a run that was frozen with so many."""
        return plan_chunks({part.partition: part.rows for part in self.employers.parts}, count, size=size)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What came out of one chunk; `digest` is that of its verdict rows, `facts` where they lie apart."""

    chunk: int
    digest: Sha256
    units: int
    eligible: int
    ineligible: int
    unknown: int
    amount: Money
    facts: BlobRef | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Bits of criteria that fail and of criteria whose data are missing, and what follows."""

    outcome: Outcome
    reasons: int
    unknowns: int
    layoff_rate: int | None
    ratio: int
    amount: Money


def plan_chunks(
    rows: Mapping[int, int], count: int | None = None, *, size: int = UNITS_PER_CHUNK
) -> list[tuple[int, ...]]:
    """Return the partitions of each chunk, given the units in each partition: one chunk for a small province,
    all 64 for a large one; about `size` units each.

    `count`: as many chunks as a run has that was frozen when they may have been of another size.
    """
    groups = 1
    while (plan := _chunks(rows, groups)) and groups < PARTITIONS:
        if count == len(plan) or (count is None and groups * size >= sum(rows.values())):
            break
        groups *= 2
    return plan


def _chunks(rows: Mapping[int, int], groups: int) -> list[tuple[int, ...]]:
    chunks = [tuple(part for part in sorted(rows) if part % groups == group) for group in range(groups)]
    return [chunk for chunk in chunks if chunk]


def evaluate(expression: Expression, values: Mapping[str, Value], parameters: Mapping[str, int]) -> Value:
    """Return what an expression gives for one unit; None when it rests on a missing fact."""
    if isinstance(expression, int):
        return expression
    if isinstance(expression, str):
        if expression[0] in "$'":
            return parameters[expression[1:]] if expression[0] == "$" else expression[1:]
        return values[expression]
    operator, *operands = expression
    if operator == "if":
        condition = evaluate(operands[0], values, parameters)
        return None if condition is None else evaluate(operands[2 - bool(condition)], values, parameters)
    found = [evaluate(each, values, parameters) for each in operands]
    if any(value is None for value in found):
        return None
    return found[0] in found[1:] if operator == "in" else _calculate(operator, *map(int, found))  # type: ignore[arg-type]


def _calculate(operator: str, left: int, right: int) -> Value:
    """Return left (operator) right. Half up is (2a + b) ÷ 2b, rounded down; a division by zero is unknown."""
    if operator == "div_half_up":
        return (2 * left + right) // (2 * right) if right else None
    arithmetic = {"+": left + right, "-": left - right, "*": left * right, "min": min(left, right)}
    if operator in arithmetic:
        return arithmetic[operator]
    return {
        "<": left < right,
        "<=": left <= right,
        "==": left == right,
        ">=": left >= right,
        ">": left > right,
    }[operator]


def with_derived(
    policy: Policy, facts: Mapping[str, Value], parameters: Mapping[str, int]
) -> dict[str, Value]:
    """Return the facts with layoff rate and ratio."""
    layoff_rate = evaluate(policy.layoff_rate, facts, parameters)
    values = {**facts, "layoff_rate": layoff_rate}
    return {**values, "ratio": evaluate(policy.ratio, values, parameters)}


def apply(criterion: Criterion, values: Mapping[str, Value], parameters: Mapping[str, int]) -> Result:
    """Apply one criterion to one unit."""
    found = evaluate(criterion.expression, values, parameters)
    return "unknown" if found is None else "pass" if found else "fail"


def decide(policy: Policy, facts: Mapping[str, Value], region: str) -> Verdict:
    """Return the verdict on one unit: one failure is enough, a gap makes the rest unknown."""
    parameters = policy.parameters_in(region)
    values = with_derived(policy, facts, parameters)
    results = [(each.bit, apply(each, values, parameters)) for each in policy.criteria]
    reasons = _mask(bit for bit, result in results if result == "fail")
    unknowns = _mask(bit for bit, result in results if result == "unknown")
    amount = evaluate(policy.amount, values, parameters)
    incomplete = bool(unknowns) or amount is None
    outcome = Outcome.INELIGIBLE if reasons else Outcome.UNKNOWN if incomplete else Outcome.ELIGIBLE
    return Verdict(
        outcome=outcome,
        reasons=reasons,
        unknowns=unknowns,
        layoff_rate=None if values["layoff_rate"] is None else int(values["layoff_rate"]),
        ratio=int(values["ratio"] or 0),
        amount=int(amount or 0) if outcome is Outcome.ELIGIBLE else 0,
    )


def _mask(bits: Iterable[int]) -> int:
    return reduce(lambda mask, bit: mask | 1 << bit, bits, 0)


def codes_of(policy: Policy, mask: int) -> tuple[str, ...]:
    """Return the codes of the criteria in a mask, in the order of the policy."""
    return tuple(each.code for each in policy.criteria if mask >> each.bit & 1)


def explain(policy: Policy, facts: Mapping[str, Value], region: str) -> tuple[CriterionResult, ...]:
    """Return every criterion with the numbers of one unit put in."""
    parameters = policy.parameters_in(region)
    values = with_derived(policy, facts, parameters)
    told = {"layoff_rate": told_layoff_rate(policy, facts, region)}
    chinese, english = figures({**parameters, **values, **told})
    return tuple(
        CriterionResult(
            code=each.code,
            clause=each.clause,
            result=apply(each, values, parameters),
            zh=each.zh.format_map(chinese),
            en=each.en.format_map(english),
        )
        for each in policy.criteria
    )


def told_layoff_rate(policy: Policy, facts: Mapping[str, Value], region: str) -> int | str | None:
    """Return the layoff rate in basis points, or in words where rounding alone would put it on a limit.

    "5.5001%", away from the limit: nobody is told to fail with 5.5 % where 5.5 % is allowed.
    """
    parameters = policy.parameters_in(region)
    exact = _exact(policy.layoff_rate, facts, parameters)
    rate = evaluate(policy.layoff_rate, facts, parameters)
    texts = "".join(each.zh for each in policy.criteria)
    limits = {value for name, value in parameters.items() if f"{{{name}:percent}}" in texts}
    if exact is None or rate is None or rate not in limits or exact[0] == int(rate) * exact[1]:
        return None if rate is None else int(rate)
    count, of = 100 * exact[0], exact[1]
    digits = count // of if count < 100 * int(rate) * of else -(-count // of)
    return f"{digits // 10_000}.{digits % 10_000:04d}%"


def _exact(
    expression: Expression, values: Mapping[str, Value], parameters: Mapping[str, int]
) -> tuple[int, int] | None:
    """Return a number before it is rounded, as a fraction; None when it is unknown."""
    if isinstance(expression, list | tuple) and expression[0] == "if":
        condition = evaluate(expression[1], values, parameters)
        return None if condition is None else _exact(expression[3 - bool(condition)], values, parameters)
    if isinstance(expression, list | tuple) and expression[0] == "div_half_up":
        left, right = (evaluate(each, values, parameters) for each in expression[1:])
        return (int(left), int(right)) if left is not None and right else None
    found = evaluate(expression, values, parameters)
    return None if found is None else (int(found), 1)


def missing_facts(policy: Policy, facts: Mapping[str, Value], region: str) -> tuple[str, ...]:
    """Return the facts for want of which criteria or the amount are unknown."""
    parameters = policy.parameters_in(region)
    values = with_derived(policy, facts, parameters)
    expressions = [*(each.expression for each in policy.criteria), policy.amount]
    lacking = {name for each in expressions for name in _missing(policy, each, values, parameters)}
    return tuple(name for name in FACTS if name in lacking)


def _missing(
    policy: Policy, expression: Expression, values: Mapping[str, Value], parameters: Mapping[str, int]
) -> set[str]:
    """Return the facts that an expression lacks; of an `if`: its condition, else the branch taken."""
    if isinstance(expression, int):
        return set()
    if isinstance(expression, str):
        if expression in ("layoff_rate", "ratio"):
            return _missing(policy, getattr(policy, expression), values, parameters)
        return {expression} if expression in FACTS and values[expression] is None else set()
    operator, *operands = expression
    if operator == "if":
        condition = evaluate(operands[0], values, parameters)
        operands = [operands[0 if condition is None else 2 - bool(condition)]]
    return {name for each in operands for name in _missing(policy, each, values, parameters)}


def next_step(policy: Policy, verdict: Verdict, lacking: tuple[str, ...]) -> NextStep:
    """Return what an employer does about a verdict, given the facts that are missing."""
    if verdict.outcome is Outcome.ELIGIBLE:
        return NextStep.WAIT if verdict.amount else NextStep.NOTHING
    if verdict.outcome is Outcome.UNKNOWN:
        return NextStep.WAIT_FOR_LISTS if lacking and LISTS.issuperset(lacking) else NextStep.COMPLETE
    failing = [each.expression for each in policy.criteria if verdict.reasons >> each.bit & 1]
    dispatch = all("labour_dispatch" in expression for expression in failing)
    return NextStep.DECLARE if dispatch else NextStep.CORRECT


def derivation(verdict: Verdict, base: Money) -> tuple[str, str]:
    """Return in Chinese and English how the amount came about."""
    numbers, _ = figures({"base": base, "ratio": verdict.ratio, "amount": verdict.amount})
    if verdict.outcome is Outcome.ELIGIBLE:
        chinese = "{base:yuan} 元 × {ratio:percent} = {amount:yuan} 元（四舍五入到分）"
        english = "{base:yuan} × {ratio:percent} = {amount:yuan} yuan, half up"
        if not verdict.amount:
            chinese += "，不足 0.01 元，不予发放"
            english += ": less than 0.01, nothing is paid"
    elif verdict.outcome is Outcome.INELIGIBLE:
        chinese = "不符合条件，不予返还（基数 {base:yuan} 元）"
        english = "not eligible, nothing is refunded (base {base:yuan} yuan)"
    else:
        chinese = "数据缺失，暂不能核定（基数 {base:yuan} 元）"
        english = "data are missing, the amount cannot be settled (base {base:yuan} yuan)"
    return chinese.format_map(numbers), english.format_map(numbers)
