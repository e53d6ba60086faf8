"""The verdicts of a policy as one SQL statement: a third reader of its expression tree, for tests.

Knows nothing of the columns and of plain Python: NULL is unknown by SQL's own rules, half up goes by the
remainder. The same text runs on SQLite and on PostgreSQL. Amounts in fen, rates in basis points.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.contracts.subsidy.screening import Outcome
from services.subsidy.policy.domain import COMPARISONS, FACTS, WORD, Expression, Policy
from services.subsidy.screening.domain import Verdict, decide, explain
from tests.units import Unit, by_columns

UNITS = sa.Table(
    "units_to_judge",
    sa.MetaData(),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("region", sa.String(6), nullable=False),
    *(sa.Column(name, sa.String(40) if kind == WORD else sa.BigInteger) for name, kind in FACTS.items()),
    prefixes=["TEMPORARY"],
)


def disagreements(connection: sa.Connection, policy: Policy, units: Sequence[Unit]) -> list[str]:
    """Return the units over which the readers differ, each with what columns, plain Python, the explanation
    of its criteria and SQL say of it."""
    found = []
    judged = zip(units, by_columns(policy, units), by_sql(connection, policy, units), strict=True)
    for unit, columns, oracle in judged:
        plain, marks = decide(policy, *unit), explained_marks(policy, unit)
        if not (columns == plain == oracle and marks == (plain.reasons, plain.unknowns)):
            found.append(f"{unit}\n columns {columns}\n plain {plain}\n explained {marks}\n sql {oracle}")
    return found


def explained_marks(policy: Policy, unit: Unit) -> tuple[int, int]:
    """Return the bits of the criteria that the explanation shows as failed, and as unknown."""
    results = [each.result for each in explain(policy, *unit)]
    bits = [1 << each.bit for each in policy.criteria]
    failed, unknown = (
        sum(bit for bit, result in zip(bits, results, strict=True) if result == word)
        for word in ("fail", "unknown")
    )
    return failed, unknown


def by_sql(connection: sa.Connection, policy: Policy, units: Sequence[Unit]) -> list[Verdict]:
    """Return the verdicts of the database, in the order of the units; leaves nothing behind."""
    found = select(connection, statement(policy), units)
    return [Verdict(**{**row._mapping, "outcome": Outcome(row.outcome)}) for row in found]


def select(connection: sa.Connection, query: str, units: Sequence[Unit]) -> Sequence[sa.Row[Any]]:
    """Return what a query says over a table of these units."""
    rows = [
        {"place": place, "region": region, **{name: _plain(facts[name]) for name in FACTS}}
        for place, (facts, region) in enumerate(units)
    ]
    with connection.begin():
        UNITS.create(connection)
        if rows:
            connection.execute(UNITS.insert(), rows)
        found = connection.execute(sa.text(query)).all()
        UNITS.drop(connection)
    return found


def statement(policy: Policy) -> str:
    """Return the statement that judges all units."""
    criteria = [(sql(each.expression, policy), 1 << each.bit) for each in policy.criteria]
    reasons = " + ".join(f"CASE WHEN NOT {passed} THEN {bit} ELSE 0 END" for passed, bit in criteria)
    unknowns = " + ".join(f"CASE WHEN {passed} IS NULL THEN {bit} ELSE 0 END" for passed, bit in criteria)
    return f"""
        WITH rated AS (SELECT u.*, {sql(policy.layoff_rate, policy)} AS layoff_rate FROM {UNITS.name} AS u),
        shared AS (SELECT rated.*, {sql(policy.ratio, policy)} AS ratio FROM rated),
        paid AS (SELECT shared.*, {sql(policy.amount, policy)} AS amount FROM shared),
        marked AS (SELECT paid.*, {reasons} AS reasons, {unknowns} AS unknowns FROM paid),
        judged AS (
            SELECT marked.*, CASE
                WHEN reasons > 0 THEN 'ineligible'
                WHEN unknowns > 0 OR amount IS NULL THEN 'unknown'
                ELSE 'eligible' END AS outcome
            FROM marked
        )
        SELECT outcome, reasons, unknowns, layoff_rate, COALESCE(ratio, 0) AS ratio,
            CASE WHEN outcome = 'eligible' THEN amount ELSE 0 END AS amount
        FROM judged ORDER BY place"""


def sql(expression: Expression, policy: Policy) -> str:
    """Return what an expression is in SQL, in brackets where it needs them."""
    if isinstance(expression, int):
        return f"CAST({expression} AS BIGINT)"
    if isinstance(expression, str):
        return _name(expression, policy)
    operator, *operands = expression
    return _call(operator, [sql(each, policy) for each in operands])


def _call(operator: str, operands: list[str]) -> str:
    if operator == "if":
        condition, then, otherwise = operands
        return f"(CASE WHEN {condition} THEN {then} WHEN NOT {condition} THEN {otherwise} END)"
    if operator == "in":
        word, *words = operands
        known = " AND ".join(f"{each} IS NOT NULL" for each in operands)
        return f"(CASE WHEN {known} THEN {word} IN ({', '.join(words)}) END)"
    left, right = operands
    if operator == "min":
        return f"(CASE WHEN {left} <= {right} THEN {left} WHEN {right} < {left} THEN {right} END)"
    if operator == "div_half_up":
        return _half_up(left, right)
    assert operator in (*COMPARISONS, "+", "-", "*")
    return f"({left} {'=' if operator == '==' else operator} {right})"


def _half_up(left: str, right: str) -> str:
    """Cut off towards zero, then look at what was cut off: half counts upwards, also below zero."""
    return f"""(
        SELECT whole + CASE
            WHEN rest = 0 THEN 0
            WHEN (rest > 0) = (divisor > 0) AND 2 * ABS(rest) >= ABS(divisor) THEN 1
            WHEN (rest > 0) <> (divisor > 0) AND 2 * ABS(rest) > ABS(divisor) THEN -1
            ELSE 0 END
        FROM (
            SELECT whole, divisor, dividend - divisor * whole AS rest
            FROM (
                SELECT dividend, divisor, dividend / divisor AS whole
                FROM (SELECT {left} AS dividend, NULLIF({right}, 0) AS divisor) AS asked
            ) AS cut
        ) AS divided)"""


def _name(name: str, policy: Policy) -> str:
    if name[0] == "'":
        return f"'{name[1:]}'"
    if name[0] != "$":
        return name
    parameter = name[1:]
    cases = [
        f"WHEN SUBSTR(region, 1, {len(prefix)}) = '{prefix}' THEN {sql(override[parameter], policy)}"
        for prefix, override in _nearest_first(policy)
        if parameter in override
    ]
    value = sql(policy.parameters[parameter], policy)
    return f"(CASE {' '.join(cases)} ELSE {value} END)" if cases else value


def _nearest_first(policy: Policy) -> list[tuple[str, dict[str, int]]]:
    """Return overrides by the digits of a district, then of a city (…00), then of a province (…0000)."""
    digits = {
        region: region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region
        for region in policy.region_overrides
    }
    nearest = sorted(digits.items(), key=lambda each: -len(each[1]))
    return [(prefix, policy.region_overrides[region]) for region, prefix in nearest]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
