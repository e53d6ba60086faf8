"""Units for the screening: the manual's own, written by hand, by chance from a seed, by hypothesis."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from random import Random

import polars as pl
from hypothesis import strategies as some

from services.contracts.values import SizeClass, UnitType
from services.subsidy.policy.domain import COMPARISONS, FACTS, WORD, Expression, Policy, Value
from services.subsidy.screening.adapters import columns
from services.subsidy.screening.domain import Verdict

Facts = Mapping[str, Value]
Unit = tuple[Facts, str]  # facts and region
REGIONS = ("410181", "410105", "411302", "419001", "130100")
MANUAL: Facts = {  # the manual's own employer
    "unit_type": "enterprise",
    "size_class": "large",
    "labour_dispatch": 0,
    "audit_findings": 0,
    "dishonest": 0,
    "zombie": 0,
    "headcount_now": 1180,
    "headcount_start": 1180,
    "headcount_end": 1180,
    "exempt": 0,
    "months_full": 24,
    "base": 79_045_717,
    "headcount_sum": 12 * 1180,
    "months_insured": 12,
    "new_recipients": 0,
}


def by_columns(policy: Policy, units: Sequence[Unit]) -> list[Verdict]:
    """Return the verdicts of the columns, in the order of the units."""
    kinds = {name: pl.String if kind == WORD else pl.Int64 for name, kind in FACTS.items()}
    facts = {name: [unit[name] for unit, _ in units] for name in FACTS}
    frame = pl.DataFrame(facts, schema=kinds).with_columns(
        unit_no=pl.int_range(100000000000, 100000000000 + len(units), dtype=pl.Int64),
        region=pl.Series([region for _, region in units], dtype=pl.String),
    )
    decided = columns.decide(policy, frame).select(list(Verdict.__dataclass_fields__))
    return [Verdict(**row) for row in decided.iter_rows(named=True)]


# ---- by hypothesis


def number(bound: int) -> some.SearchStrategy[int]:
    """Return numbers up to a bound, often those where something changes."""
    edges = [0, 1, 5, 11, 12, 13, 29, 30, 31, 2**31, bound - 1, bound]
    return some.sampled_from([edge for edge in edges if edge <= bound]) | some.integers(0, bound)


WORDS = {"unit_type": some.sampled_from(list(UnitType)), "size_class": some.sampled_from(list(SizeClass))}
ANY_FACTS = some.fixed_dictionaries(
    {name: some.none() | (WORDS[name] if kind == WORD else number(kind)) for name, kind in FACTS.items()}
)
SHRINKING = some.integers(1, 400).flatmap(
    lambda start: some.fixed_dictionaries(
        {
            **{name: some.just(value) for name, value in MANUAL.items()},
            "headcount_start": some.just(start),
            "headcount_end": some.integers(start * 7 // 10, start),
            "exempt": some.integers(0, 2),
            "base": number(FACTS["base"]),
            "headcount_sum": some.integers(start * 9, start * 12),
            "new_recipients": some.integers(0, start // 4),
        }
    )
)
WITH_GAPS = some.builds(  # a unit that shrinks, of any kind, with any facts missing
    lambda facts, words, gaps: {**facts, **words, **dict.fromkeys(gaps)},
    SHRINKING,
    some.fixed_dictionaries(WORDS),
    some.sets(some.sampled_from(sorted(FACTS)), max_size=3),
)


def expressions() -> some.SearchStrategy[Expression]:
    """Return expressions of numbers that stay within 64 bits for facts that are small()."""
    names = ["headcount_start", "headcount_end", "months_full", "zombie", "$few_people"]
    leaves = some.integers(-40, 40) | some.sampled_from(names)
    word = some.sampled_from(["'large", "'small", "size_class", "unit_type"])

    def calls(inner):
        truth = some.tuples(some.sampled_from(COMPARISONS), inner, inner)
        truth |= some.tuples(some.just("in"), word, word, word)
        choice = some.tuples(some.just("if"), truth, inner, inner)
        return choice | some.tuples(some.sampled_from(["+", "-", "*", "min", "div_half_up"]), inner, inner)

    return some.recursive(leaves, calls, max_leaves=8)


def small(facts: Facts) -> Facts:
    """Return the facts with numbers below 50."""
    return {name: value % 50 if isinstance(value, int) else value for name, value in facts.items()}


# ---- by chance


def by_chance(count: int, seed: int) -> Iterator[Unit]:
    """Return units as of a province, crowded around the limits; the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        facts = {**_words(chance), **_headcounts(chance), **_payments(chance)}
        for name in ("labour_dispatch", "audit_findings", "dishonest", "zombie"):
            facts[name] = int(chance.random() < 0.02)
        gaps = {name: None for name in FACTS if chance.random() < 0.01}
        yield {**facts, **gaps}, chance.choice(REGIONS)


def _words(chance: Random) -> dict[str, Value]:
    kind = UnitType.ENTERPRISE if chance.random() < 0.8 else chance.choice(list(UnitType))
    size = None if chance.random() < 0.03 else chance.choice(list(SizeClass)).value
    return {"unit_type": kind.value, "size_class": size}


def _headcounts(chance: Random) -> dict[str, Value]:
    """Return headcounts whose fall is at a limit, one person to either side, or anything."""
    start = int(10 ** chance.uniform(0, 7)) if chance.random() < 0.6 else chance.randint(0, 60)
    exempt = chance.choice((0, 0, 0, 1, 2, start // 20, start))
    limit = chance.choice((0, 0, 0, 550, 2000))
    fall = start * limit // 10_000 + chance.choice((-1, 0, 0, 0, 1)) + exempt
    end = max(0, start - fall) if chance.random() < 0.9 else chance.randint(0, start)
    half = chance.random() < 0.2
    now = (end + 1) // 2 + chance.choice((-1, 0, 1)) if half else end + chance.randint(-1, 1)
    average = (start + end) // 2
    return {
        **_recipients(chance, average, limit),
        "headcount_start": start,
        "headcount_end": min(end, 10**7),
        "headcount_now": min(max(0, now), 10**7),
        "exempt": exempt,
    }


def _recipients(chance: Random, average: int, limit: int) -> dict[str, Value]:
    """Return months, their headcounts, and who draws benefit: at a limit, one beside it, unknown."""
    months = 12 if chance.random() < 0.9 else chance.randint(0, 12)
    total = min(average, 10**7) * months + chance.choice((-1, 0, 0, 1))
    drawing = average * limit // 10_000 + chance.choice((-1, 0, 0, 1))
    known = chance.random() < 0.9
    return {
        "headcount_sum": max(0, total),
        "months_insured": months,
        "new_recipients": max(0, drawing) if known else None,
    }


def _payments(chance: Random) -> dict[str, Value]:
    months = 24 if chance.random() < 0.8 else chance.randint(9, 14)
    base = int(10 ** chance.uniform(0, 12.079)) if chance.random() < 0.98 else 0
    if chance.random() < 0.3:
        base = base // 10 * 10 + 5  # of a large enterprise: half a fen
    return {"months_full": months, "base": min(base, FACTS["base"])}


# ---- by hand


def with_gaps(facts: Facts) -> Iterator[Facts]:
    """Return the facts with each one missing, each two of them, and all."""
    yield dict.fromkeys(FACTS)
    for few in (1, 2):
        for gap in combinations(FACTS, few):
            yield {**facts, **dict.fromkeys(gap)}
