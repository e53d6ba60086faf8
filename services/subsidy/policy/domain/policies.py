"""The rules of a programme as data: parameters, criteria, the text of the statement.

Amounts in fen, rates in basis points.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from services.contracts.values import DraftId, Region, Year, region_prefix
from services.subsidy.policy.domain.expressions import (
    FACTS,
    Expression,
    PolicyFault,
    names_in,
    number,
    require_shape,
    truth,
)
from services.subsidy.policy.domain.texts import require_text

LAST_BIT = 30
PROGRAMME = ("programme_year", "base_year", "deadline", "documents")
REFUND = ("unit_name", "size_class", "layoff_rate", "base", "ratio", "amount")
ACCOUNT = ("account_name", "account", "bank")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")


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
        """Raise PolicyFault unless expressions fit into 64 bits and all names are known, in the texts too."""
        self._check_marks()
        self._check_parameters()
        self.check_shapes()
        names = self._check_expressions()
        self._check_texts({name.removeprefix("$") for name in names})

    def check_shapes(self) -> None:
        """Raise PolicyFault unless every expression is one by its shape: what is not cannot even be kept."""
        for name, expression in self.expressions().items():
            _at(name, require_shape, expression)

    def check_bits(self, codes: Mapping[int, str]) -> None:
        """Raise PolicyFault when a bit had another code in any version of any programme (`codes` by bit)."""
        for each in self.criteria:
            if codes.get(each.bit, each.code) != each.code:
                raise PolicyFault(
                    "policy_bit_reused", criterion=each.code, bit=each.bit, earlier=codes[each.bit]
                )

    def expressions(self) -> dict[str, Expression]:
        """Return every expression by the place where it stands."""
        derived = {"layoff_rate": self.layoff_rate, "ratio": self.ratio, "amount": self.amount}
        return derived | {f"criteria.{each.code}.expression": each.expression for each in self.criteria}

    def uses(self) -> set[str]:
        """Return the facts that the rules rest on."""
        return {name for each in self.expressions().values() for name in names_in(each) if name in FACTS}

    def _check_marks(self) -> None:
        seen: set[int | str] = set()
        for each in self.criteria:
            if not 0 <= each.bit <= LAST_BIT:
                raise PolicyFault("policy_bit_out_of_range", criterion=each.code, bit=each.bit)
            if each.bit in seen or each.code in seen:
                raise PolicyFault("policy_mark_repeated", criterion=each.code, bit=each.bit)
            seen |= {each.bit, each.code}

    def _check_parameters(self) -> None:
        for name in self.parameters:
            if not _PARAMETER.fullmatch(name) or name in {*FACTS, "layoff_rate", "ratio"}:
                raise PolicyFault("policy_parameter_misnamed", name=name[:40])
        for region, override in self.region_overrides.items():
            for name in override:
                if name not in self.parameters:
                    raise PolicyFault("policy_override_unknown", region=region, name=name[:40])
        for parameters in (self.parameters, *self.region_overrides.values()):
            for name, value in parameters.items():
                if value < 0:
                    raise PolicyFault("policy_parameter_negative", name=name)

    def _check_expressions(self) -> Mapping[str, int | str]:
        every = [self.parameters, *self.region_overrides.values()]
        names = {**FACTS, **{f"${name}": max(p.get(name, 0) for p in every) for name in self.parameters}}
        for derived in ("layoff_rate", "ratio"):
            names[derived] = _at(derived, number, getattr(self, derived), names)
        _at("amount", number, self.amount, names)
        for each in self.criteria:
            _at(f"criteria.{each.code}.expression", truth, each.expression, names)
        return names

    def _check_texts(self, names: set[str]) -> None:
        for title in ("title_zh", "title_en"):
            _at(title, require_text, getattr(self, title), {"programme_year"})
        for each in self.criteria:
            _at(f"criteria.{each.code}.zh", require_text, each.zh, names)
            _at(f"criteria.{each.code}.en", require_text, each.en, names)
        _at("statement_title", require_text, self.statement_title, PROGRAMME)
        for place, section in enumerate(self.statement_sections):
            for paragraph in section.paragraphs:
                where = f"statement_sections.{place}.paragraphs"
                _at(where, require_text, paragraph, (*PROGRAMME, *REFUND, *ACCOUNT))

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
    """A policy, the digest of its text and since when it is in force (UTC).

    `draft_id`, `maker`, `reviewer` (names): None for what came with the product.
    """

    policy: Policy
    digest: str
    in_force_at: datetime
    draft_id: DraftId | None = None
    maker: str | None = None
    reviewer: str | None = None


def _at(field: str, check: Callable[..., Any], *arguments: Any) -> Any:
    """Do a check and say where it failed."""
    try:
        return check(*arguments)
    except PolicyFault as fault:
        raise fault.at(field) from None
