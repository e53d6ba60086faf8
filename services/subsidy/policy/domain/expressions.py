"""The tiny closed language of the rules: what an expression may be, and how large it can become.

An expression is a number, a name (a fact or a derived value), a `$parameter`, a `'word`, or a list that
begins with an operator. Three values: what rests on a missing fact is unknown (None), never a default.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contracts.values import SizeClass, UnitType
from services.subsidy.registry.domain import MAX_HEADCOUNT, MAX_MONTHLY_FEN

Expression = Any  # int | str | [operator, Expression, …]: JSON knows no better
Value = int | str | bool | None

WORD, TRUTH = "word", "truth"
BASE_MONTHS, WINDOW_MONTHS = 12, 24
FACTS: Mapping[str, int | str] = {  # how large each can be (the import refuses more), or that it is a word
    "unit_type": WORD,
    "size_class": WORD,
    "labour_dispatch": 1,
    "audit_findings": 1,
    "dishonest": 1,
    "zombie": 1,
    "headcount_now": MAX_HEADCOUNT,
    "headcount_start": MAX_HEADCOUNT,
    "headcount_end": MAX_HEADCOUNT,
    "exempt": BASE_MONTHS * MAX_HEADCOUNT,
    "months_full": WINDOW_MONTHS,
    "base": BASE_MONTHS * MAX_MONTHLY_FEN,
    "headcount_sum": BASE_MONTHS * MAX_HEADCOUNT,
    "months_insured": BASE_MONTHS,
    "new_recipients": BASE_MONTHS * MAX_HEADCOUNT,
}
COMPARISONS = ("<", "<=", "==", ">=", ">")
LARGEST = 2**62  # columns are computed in 64 bits: what could overflow is no policy
MOST_PARTS, DEEPEST = 400, 30  # of an expression; the longest of the programmes has 30 parts
_WORDS = {f"'{word.value}" for word in (*UnitType, *SizeClass)}


class PolicyFault(ValueError):
    """Why rules cannot come in force: a code for the words, and what to put into them."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code, facts)
        self.code, self.facts = code, facts

    def at(self, field: str) -> "PolicyFault":
        """Say where it is."""
        return PolicyFault(self.code, **{"field": field, **self.facts})


def require_shape(expression: Expression) -> None:
    """Raise PolicyFault unless it consists of numbers, names and lists, and is of a bearable size."""
    waiting, parts = [(expression, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        if parts > MOST_PARTS or depth > DEEPEST:
            raise PolicyFault("policy_expression_too_long", most=MOST_PARTS)
        if isinstance(part, list | tuple) and part:
            waiting += [(each, depth + 1) for each in part]
        elif isinstance(part, bool) or not isinstance(part, int | str) or part == "":
            raise PolicyFault("policy_expression_odd", expression=repr(part)[:80])


def names_in(expression: Expression) -> Iterator[str]:
    """Yield every name in an expression: facts, derived values, $parameters, 'words."""
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, list | tuple):
        for each in expression[1:]:
            yield from names_in(each)


def number(expression: Expression, names: Mapping[str, int | str]) -> int:
    """Return how large a number can become; PolicyFault when it is none, or could leave 64 bits."""
    size = kind(expression, names)
    if not isinstance(size, int):
        raise PolicyFault("policy_not_a_number", expression=_shown(expression))
    if size >= LARGEST:
        raise PolicyFault("policy_overflows", expression=_shown(expression))
    return size


def truth(expression: Expression, names: Mapping[str, int | str]) -> str:
    """Return TRUTH; PolicyFault when it is no comparison."""
    if kind(expression, names) != TRUTH:
        raise PolicyFault("policy_not_a_comparison", expression=_shown(expression))
    return TRUTH


def kind(expression: Expression, names: Mapping[str, int | str]) -> int | str:
    """Return what an expression gives: WORD, TRUTH, or the bound of a number."""
    if isinstance(expression, int) and not isinstance(expression, bool):
        return abs(expression)
    if isinstance(expression, str):
        if expression in _WORDS:
            return WORD
        if expression not in names:
            raise PolicyFault("policy_name_unknown", name=expression)
        return names[expression]
    if not isinstance(expression, list | tuple) or not expression:
        raise PolicyFault("policy_expression_odd", expression=repr(expression)[:80])
    return _kind_of_call(expression[0], list(expression[1:]), names)


def _kind_of_call(operator: object, operands: list[Any], names: Mapping[str, int | str]) -> int | str:
    if operator == "in" and len(operands) > 1:
        if any(kind(each, names) != WORD for each in operands):
            raise PolicyFault("policy_not_words", expression=_shown([operator, *operands]))
        return TRUTH
    if operator == "if" and len(operands) == 3:
        truth(operands[0], names)
        return max(number(operands[1], names), number(operands[2], names))
    if len(operands) != 2 or operator not in (*COMPARISONS, "+", "-", "*", "min", "div_half_up"):
        raise PolicyFault("policy_operation_unknown", operation=_shown(operator), operands=len(operands))
    left, right = (number(each, names) for each in operands)
    if operator in COMPARISONS:
        return TRUTH
    size = {"*": left * right, "min": max(left, right)}.get(str(operator), 2 * left + right)
    if size >= LARGEST:
        raise PolicyFault("policy_overflows", expression=_shown([operator, *operands]))
    return left + 1 if operator == "div_half_up" else size


def _shown(expression: object) -> str:
    """Return the beginning of an expression, as it is written."""
    if isinstance(expression, list | tuple):
        return f"[{', '.join(_shown(each) for each in expression)}]"[:80]
    return str(expression)[:80]
