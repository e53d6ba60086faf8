"""The rules of screening.domain over whole columns: a second reader of the same expression tree, for speed.

Null is unknown. Columns are 64-bit integers (Policy.check has made sure that nothing overflows) and words.
"""

from collections.abc import Sequence
from functools import reduce

import polars as pl

from services.contracts.subsidy.screening import Outcome
from services.contracts.values import Year, region_prefix
from services.subsidy.policy.domain import FACTS, WORD, Expression, Policy
from services.subsidy.screening.store import FACT_COLUMNS, VERDICT_COLUMNS

EMPLOYERS = (
    "unit_no",
    "credit_code",
    "region",
    "unit_type",
    "size_class",
    "headcount",
    "labour_dispatch",
    "audit_findings",
)
MONTHS = ("unit_no", "month", "headcount", "due", "paid", "repaid", "exempt", "new_recipients")
LATER = ("new_recipients",)  # columns that files did not always have: null in parts that lack them

NONE_PAID = ("exempt", "months_full", "base", "headcount_sum", "months_insured")


def annual_facts(imports: Sequence[pl.LazyFrame], base_year: Year) -> pl.LazyFrame:
    """Return the facts of each unit from its months; a later import wins for a unit and month.

    Two years count: the base year and the one before it, whose December is the start of the base year.
    """
    month = pl.col("month")
    window = [
        _with_later(frame).select(MONTHS).filter(month // 100 >= base_year - 1, month // 100 <= base_year)
        for frame in imports
    ]
    months = pl.concat(window)
    if len(window) > 1:
        months = months.unique(["unit_no", "month"], keep="last", maintain_order=True)
    in_base = month // 100 == base_year
    full = (pl.col("due") > 0) & (pl.col("paid") + pl.col("repaid") >= pl.col("due"))
    return months.group_by("unit_no").agg(
        headcount_start=pl.col("headcount").filter(month == (base_year - 1) * 100 + 12).first(),
        headcount_end=pl.col("headcount").filter(month == base_year * 100 + 12).first(),
        exempt=pl.col("exempt").filter(in_base).sum(),
        months_full=full.sum().cast(pl.Int64),
        base=pl.col("paid").filter(in_base).sum(),
        headcount_sum=pl.col("headcount").filter(in_base).sum(),
        months_insured=in_base.sum().cast(pl.Int64),
        new_recipients=_sum_if_known(pl.col("new_recipients").filter(in_base)),
    )


def _with_later(frame: pl.LazyFrame) -> pl.LazyFrame:
    lacking = set(LATER) - set(frame.collect_schema().names())
    return frame.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in sorted(lacking))


def _sum_if_known(values: pl.Expr) -> pl.Expr:
    """Return the sum; null when there is nothing to add, or one of the months does not say."""
    known = (values.null_count() == 0) & (values.len() > 0)
    return pl.when(known).then(values.sum()).otherwise(None)


def unit_facts(
    employers: pl.LazyFrame,
    annual: pl.LazyFrame,
    dishonest: pl.LazyFrame | None,
    zombie: pl.LazyFrame | None,
) -> pl.DataFrame:
    """Return unit_no, region and all facts of every unit, in the order of unit numbers.

    A list that was never imported says nothing: its fact is null. A unit without months has paid nothing.
    """
    flags = pl.col("labour_dispatch", "audit_findings").cast(pl.Int64)
    facts = employers.with_columns(flags).rename({"headcount": "headcount_now"})
    facts = facts.join(annual, on="unit_no", how="left")
    facts = facts.with_columns(pl.col(NONE_PAID).fill_null(0))
    for name, listed in (("dishonest", dishonest), ("zombie", zombie)):
        facts = _flag(facts, name, listed)
    return facts.select("unit_no", "region", *FACT_COLUMNS).sort("unit_no").collect()


def _flag(facts: pl.LazyFrame, name: str, listed: pl.LazyFrame | None) -> pl.LazyFrame:
    if listed is None:
        return facts.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))
    codes = listed.select("credit_code", pl.lit(1, dtype=pl.Int64).alias(name))
    return facts.join(codes, on="credit_code", how="left").with_columns(pl.col(name).fill_null(0))


def decide(policy: Policy, facts: pl.DataFrame) -> pl.DataFrame:
    """Return VERDICT_COLUMNS for every row of facts."""
    criteria = {each.bit: _column(each.expression, policy) for each in policy.criteria}
    failing = [pl.when(~passed).then(1 << bit).otherwise(0) for bit, passed in criteria.items()]
    missing = [pl.when(passed.is_null()).then(1 << bit).otherwise(0) for bit, passed in criteria.items()]
    words = [name for name, kind in FACTS.items() if kind == WORD]
    typed = facts.with_columns(pl.col(words).cast(pl.String), pl.exclude("region", *words).cast(pl.Int64))
    derived = typed.with_columns(layoff_rate=_column(policy.layoff_rate, policy))
    derived = derived.with_columns(ratio=_column(policy.ratio, policy))
    masks = derived.with_columns(
        reasons=pl.sum_horizontal(failing).cast(pl.Int64),
        unknowns=pl.sum_horizontal(missing).cast(pl.Int64),
        amount=_column(policy.amount, policy),
    )
    incomplete = (pl.col("unknowns") != 0) | pl.col("amount").is_null()
    judged = masks.with_columns(
        outcome=pl.when(pl.col("reasons") != 0)
        .then(pl.lit(Outcome.INELIGIBLE.value))
        .when(incomplete)
        .then(pl.lit(Outcome.UNKNOWN.value))
        .otherwise(pl.lit(Outcome.ELIGIBLE.value))
    )
    eligible = pl.col("outcome") == Outcome.ELIGIBLE.value
    return judged.with_columns(
        unit_no=pl.col("unit_no").cast(pl.String),
        ratio=pl.col("ratio").fill_null(0),
        amount=pl.when(eligible).then("amount").otherwise(0),
    ).select(VERDICT_COLUMNS)


def outlook(policy: Policy, facts: pl.LazyFrame) -> pl.LazyFrame:
    """Add `eligible`, `unknown` and `payable` (fen, 0 unless eligible) to facts: a verdict without reasons.

    Numbers may be of any width, words may be categories.
    """
    numbers = [name for name, kind in FACTS.items() if kind != WORD]
    wide = facts.with_columns(pl.col(numbers).cast(pl.Int64))
    rated = wide.with_columns(layoff_rate=_column(policy.layoff_rate, policy))
    rated = rated.with_columns(ratio=_column(policy.ratio, policy))
    passed = pl.all_horizontal([_column(each.expression, policy) for each in policy.criteria])
    amount = _column(policy.amount, policy)
    eligible = passed.fill_null(False) & amount.is_not_null()
    return rated.with_columns(
        eligible=eligible,
        unknown=~eligible & passed.fill_null(True),
        payable=pl.when(eligible).then(amount).otherwise(0),
    )


def _column(expression: Expression, policy: Policy) -> pl.Expr:
    """Return the column that an expression gives."""
    if isinstance(expression, int):
        return pl.lit(expression, dtype=pl.Int64)
    if isinstance(expression, str):
        return _name(expression, policy)
    operator, operands = expression[0], [_column(each, policy) for each in expression[1:]]
    if operator == "if":
        condition, then, otherwise = operands
        unknown = pl.when(condition.is_null()).then(None)  # `when` alone takes null for false
        return unknown.when(condition).then(then).otherwise(otherwise)
    if operator == "in":
        found = [operands[0] == each for each in operands[1:]]
        return _if_known(operands, reduce(lambda left, right: left | right, found))
    return _calculated(operator, *operands)


def _name(name: str, policy: Policy) -> pl.Expr:
    if name[0] == "'":
        return pl.lit(name[1:])
    if name[0] != "$":
        return pl.col(name)
    value = pl.lit(policy.parameters[name[1:]], dtype=pl.Int64)
    for where in sorted(policy.region_overrides, key=lambda code: len(region_prefix(code))):
        override = policy.region_overrides[where].get(name[1:])
        if override is not None:
            within = pl.col("region").str.starts_with(region_prefix(where))
            value = pl.when(within).then(pl.lit(override, dtype=pl.Int64)).otherwise(value)
    return value


def _calculated(operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Half up is (2a + b) ÷ 2b, rounded down; a division by zero is null."""
    if operator == "div_half_up":
        return (2 * left + right) // (2 * right)
    if operator == "min":
        return _if_known([left, right], pl.min_horizontal(left, right))
    return {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "<": left < right,
        "<=": left <= right,
        "==": left == right,
        ">=": left >= right,
        ">": left > right,
    }[operator]


def _if_known(operands: list[pl.Expr], result: pl.Expr) -> pl.Expr:
    """Return the result, or null where any operand is null: some functions pass over nulls."""
    return pl.when(pl.any_horizontal([each.is_null() for each in operands])).then(None).otherwise(result)
