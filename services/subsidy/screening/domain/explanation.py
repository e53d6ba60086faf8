"""What a verdict rests on, in words and numbers: for the employer who asks why, and what it can do."""

from collections.abc import Mapping

from services.contracts.subsidy.screening import CriterionResult, NextStep, Outcome
from services.contracts.values import Money
from services.subsidy.policy.domain import FACTS, Expression, Policy, Value, figures
from services.subsidy.screening.domain.verdicts import Verdict, apply, evaluate, with_derived

LISTS = {"dishonest", "zombie"}  # facts that the agency has from others: no employer can add them


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
