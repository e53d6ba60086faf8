"""Ways to compute the layoff rate: each region's documents have their own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.contracts.errors import Refused
from services.subsidy.policy.domain.expressions import FACTS, Expression, names_in
from services.subsidy.policy.domain.policies import Criterion, Policy

CRITERION = "layoff_rate"


@dataclass(frozen=True, kw_only=True)
class LayoffFormula:
    """A formula: the rate as it is shown (basis points), and the criterion, which multiplies crosswise and so
    rounds nothing, with its words. `parameters`: what it needs, for a policy that has none of that name.
    """

    code: str
    zh: str
    en: str
    source: str
    parameters: dict[str, int]
    layoff_rate: Expression
    clause: str
    expression: Expression
    criterion_zh: str
    criterion_en: str

    @property
    def uses(self) -> tuple[str, ...]:
        """Return the facts it rests on."""
        named = {*names_in(self.layoff_rate), *names_in(self.expression)}
        return tuple(name for name in FACTS if name in named)

    def put_into(self, policy: Policy) -> Policy:
        """Return the policy with this formula; its other criteria stay."""
        if not any(each.code == CRITERION for each in policy.criteria):
            raise Refused("layoff_criterion_missing", "the rules have no criterion of the layoff rate")
        criteria = tuple(
            self._as_criterion(each) if each.code == CRITERION else each for each in policy.criteria
        )
        parameters = {**self.parameters, **policy.parameters}
        return replace(policy, parameters=parameters, layoff_rate=self.layoff_rate, criteria=criteria)

    def _as_criterion(self, old: Criterion) -> Criterion:
        words = replace(old, clause=self.clause, zh=self.criterion_zh, en=self.criterion_en)
        return replace(words, expression=self.expression)

    def is_in(self, policy: Policy) -> bool:
        """Does the policy use this formula?"""
        used = [each.expression for each in policy.criteria if each.code == CRITERION]
        return policy.layoff_rate == self.layoff_rate and used == [self.expression]


def formula_of(policy: Policy, formulas: Iterable[LayoffFormula]) -> str | None:
    """Return the code of the formula that a policy uses; None: one of its own."""
    return next((each.code for each in formulas if each.is_in(policy)), None)
