"""The rules of a programme as data: criteria in a tiny closed language, and the text of the statement.

An expression is a number, a name (a fact or a derived value), a `$parameter`, a `'word`, or a list that
begins with an operator. Three values: what rests on a missing fact is unknown (None), never a default.
Amounts in fen, rates in basis points.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from services.contracts.values import Region, Year, region_prefix
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
}
COMPARISONS = ("<", "<=", "==", ">=", ">")
LARGEST = 2**62  # columns are computed in 64 bits: what could overflow is no policy


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion: true passes, false fails. `bit` is never used for anything else, in any version."""

    code: str
    bit: int
    clause: str
    expression: Expression
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and its paragraphs, with {placeholders}."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of the rules of a programme. `layoff_rate` and `ratio` may be named in the criteria."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    programme_year: Year
    base_year: Year
    version: int
    title_zh: str
    title_en: str
    documents: tuple[str, ...]
    deadline: date
    parameters: dict[str, int]
    region_overrides: dict[Region, dict[str, int]]
    layoff_rate: Expression
    ratio: Expression
    amount: Expression
    criteria: tuple[Criterion, ...]
    statement_title: str
    statement_sections: tuple[Section, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the policy as JSON-ready data."""
        return {**asdict(self), "deadline": self.deadline.isoformat()}

    def parameters_in(self, region: Region) -> dict[str, int]:
        """Return the parameters of a region: the nearest override wins."""
        found = dict(self.parameters)
        for where in sorted(self.region_overrides, key=lambda code: len(region_prefix(code))):
            if region.startswith(region_prefix(where)):
                found.update(self.region_overrides[where])
        return found

    def check(self) -> None:
        """Raise ValueError or KeyError unless expressions fit into 64 bits and all names are known."""
        bits = [criterion.bit for criterion in self.criteria]
        codes = {criterion.code for criterion in self.criteria}
        if len(set(bits)) != len(bits) or not all(0 <= bit < 31 for bit in bits) or len(codes) != len(bits):
            raise ValueError("bits (0 to 30) and codes of criteria must differ")
        changed = {name for override in self.region_overrides.values() for name in override}
        if not changed <= set(self.parameters):
            raise ValueError(f"a region overrides what is no parameter: {changed - set(self.parameters)}")
        every = [self.parameters, *self.region_overrides.values()]
        names = {**FACTS, **{f"${name}": max(p.get(name, 0) for p in every) for name in self.parameters}}
        if any(value < 0 for parameters in every for value in parameters.values()):
            raise ValueError("parameters are not negative")
        for derived in ("layoff_rate", "ratio"):
            names[derived] = _number(getattr(self, derived), names)
        _number(self.amount, names)
        if any(_kind(criterion.expression, names) != TRUTH for criterion in self.criteria):
            raise ValueError("a criterion is a comparison")
        chinese, english = figures(dict.fromkeys(name.removeprefix("$") for name in names))
        for criterion in self.criteria:
            criterion.zh.format_map(chinese), criterion.en.format_map(english)

    def for_year(self, year: Year) -> "Policy":
        """Return the same rules for another programme year: base year before it, until its last day."""
        return replace(self, programme_year=year, base_year=year - 1, deadline=date(year, 12, 31))

    def titles(self) -> tuple[str, str]:
        """Return the Chinese and the English title with the year put in."""
        return (
            self.title_zh.format(programme_year=self.programme_year),
            self.title_en.format(programme_year=self.programme_year),
        )


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """A policy, the digest of its text and since when it is in force (UTC)."""

    policy: Policy
    digest: str
    in_force_at: datetime


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The statement as an employer reads it, the figures and the account of its refund put in."""

    title: str
    documents: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """Return the sha256 of the text as it is shown: with another account it is another text."""
        lines = [self.title, *self.documents]
        for section in self.sections:
            lines += [section.heading, *section.paragraphs]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def statement(policy: Policy, **values: Any) -> Statement:
    """Put a refund into the statement.

    Needs unit_name, size_class, layoff_rate, base, ratio, amount, account_name, account (masked) and bank.
    """
    programme = {
        "programme_year": f"{policy.programme_year}",
        "base_year": f"{policy.base_year}",
        "deadline": f"{policy.deadline.year}年{policy.deadline.month}月{policy.deadline.day}日",
        "documents": "、".join(policy.documents),
    }
    chinese, _ = figures({**values, **programme})
    sections = tuple(
        Section(heading=each.heading, paragraphs=tuple(text.format_map(chinese) for text in each.paragraphs))
        for each in policy.statement_sections
    )
    return Statement(
        title=policy.statement_title.format_map(chinese),
        documents=policy.documents,
        sections=sections,
    )


class _Figure(int):
    """A number in a text: {months_full} as it is, {base:yuan} from fen, {ratio:percent} from basis points."""

    def __format__(self, style: str) -> str:
        if style == "yuan":
            return f"{self // 100:,}.{self % 100:02d}"
        if style == "percent":
            return f"{self // 100}.{self % 100:02d}".rstrip("0").rstrip(".") + "%"
        return f"{int(self):,}"


class _Text(str):
    """A word in a text, however it was to be formatted: `unknown` has no digits."""

    def __format__(self, style: str) -> str:
        return str(self)


def figures(values: Mapping[str, Value]) -> tuple[dict[str, object], dict[str, object]]:
    """Return values ready for the Chinese and the English texts; None becomes 未知, unknown."""
    return _figures(values, 0), _figures(values, 1)


def _figures(values: Mapping[str, Value], language: int) -> dict[str, object]:
    return {name: _shown(name, value, language) for name, value in values.items()}


def _shown(name: str, value: Value, language: int) -> object:
    if isinstance(value, int):
        return _Text(_YES_NO[bool(value)][language]) if FACTS.get(name) == 1 else _Figure(value)
    if value is None or name in ("unit_type", "size_class"):
        return _Text(_WORDS[value][language])
    return _Text(value)


_YES_NO = (("否", "no"), ("是", "yes"))
_WORDS: Mapping[Value, tuple[str, str]] = {
    None: ("未知", "unknown"),
    "large": ("大型", "large"),
    "medium": ("中型", "medium"),
    "small": ("小型", "small"),
    "micro": ("微型", "micro"),
    "none": ("不划分", "none: not an enterprise"),
    "enterprise": ("企业", "enterprise"),
    "social_organisation": ("社会团体", "social organisation"),
    "foundation": ("基金会", "foundation"),
    "social_service": ("社会服务机构", "social service"),
    "law_firm": ("律师事务所", "law firm"),
    "accounting_firm": ("会计师事务所", "accounting firm"),
    "individual_business": ("个体工商户", "individual business"),
    "government": ("机关", "government body"),
    "institution": ("事业单位", "public institution"),
}


def _number(expression: Expression, names: Mapping[str, int | str]) -> int:
    """Return how large a number can become; ValueError when it is none, or could leave 64 bits."""
    kind = _kind(expression, names)
    if not isinstance(kind, int) or kind >= LARGEST:
        raise ValueError(f"not a number within 64 bits: {expression}")
    return kind


def _kind(expression: Expression, names: Mapping[str, int | str]) -> int | str:
    """Return what an expression gives: WORD, TRUTH, or the bound of a number."""
    if isinstance(expression, int) and not isinstance(expression, bool):
        return abs(expression)
    if isinstance(expression, str):
        if expression.startswith("'"):
            return WORD
        if expression not in names:
            raise ValueError(f"no such name: {expression}")
        return names[expression]
    if not isinstance(expression, list | tuple) or not expression:
        raise ValueError(f"not an expression: {expression!r}")
    return _kind_of_call(expression[0], list(expression[1:]), names)


def _kind_of_call(operator: object, operands: list[Any], names: Mapping[str, int | str]) -> int | str:
    if operator == "in" and len(operands) > 1 and all(_kind(each, names) == WORD for each in operands):
        return TRUTH
    if operator == "if" and len(operands) == 3 and _kind(operands[0], names) == TRUTH:
        return max(_number(operands[1], names), _number(operands[2], names))
    if len(operands) != 2 or operator not in (*COMPARISONS, "+", "-", "*", "min", "div_half_up"):
        raise ValueError(f"no such operation: {operator!r} of {len(operands)}")
    left, right = (_number(each, names) for each in operands)
    if operator in COMPARISONS:
        return TRUTH
    size = {"*": left * right, "min": max(left, right)}.get(str(operator), 2 * left + right)
    if size >= LARGEST:
        raise ValueError(f"could leave 64 bits: {operator} of {operands}")
    return left + 1 if operator == "div_half_up" else size
