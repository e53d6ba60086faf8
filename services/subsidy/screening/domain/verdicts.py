"""Verdicts: (policy, facts) → verdict; the columns of adapters/columns.py give the same, faster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from services.contracts.subsidy.screening import Outcome
from services.contracts.values import Money
from services.subsidy.policy.domain import Criterion, Expression, Policy, Value

Result = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Bits of criteria that fail and of criteria whose data are missing, and what follows."""

    outcome: Outcome
    reasons: int
    unknowns: int
    layoff_rate: int | None
    ratio: int
    amount: Money


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
