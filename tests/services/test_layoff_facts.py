"""What other layoff formulas rest on: headcounts over the year, who began to draw unemployment benefit."""

import polars as pl
import pytest

from services.contracts.subsidy.registry import ImportKind, ImportState
from services.subsidy.screening.adapters.columns import annual_facts
from services.subsidy.screening.store import verdicts
from tests.services.policies import draft, in_force, seed, simulate, submit, use
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, LISTED, MONTHS, employer, load, unit_no
from tests.services.screening import screen

WITH_RECIPIENTS = f"{CONTRIBUTIONS},新领失业金人数"


def lines(serial, recipients, people=100):
    """Return 24 months of a unit; `recipients`: what the last column says in the months of the base year."""
    rows = [f"{unit_no(serial)},{month},{people},100.00,100.00,0,0" for month in MONTHS]
    return [f"{row},{'' if index < 12 else recipients}" for index, row in enumerate(rows)]


@pytest.fixture
def by_recipients(world):
    """A province whose policy counts those who began to draw benefit."""
    seed(world)
    begun = use(world, draft(world), "new_recipients")
    in_force(world, simulate(world, submit(world, begun)))
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, *(employer(number, people=100) for number in (1, 2, 3))])
    for kind in (ImportKind.DISHONEST, ImportKind.ZOMBIE):
        load(world, kind, [LISTED])
    return world


def test_who_began_to_draw_benefit_is_counted_over_the_base_year(by_recipients):
    rows = [WITH_RECIPIENTS, *lines(1, "0"), *lines(2, "1"), *lines(3, "")]
    assert load(by_recipients, ImportKind.CONTRIBUTIONS, rows).state is ImportState.DONE
    run = screen(by_recipients)
    found = {row.unit_no[-1]: row for row in by_recipients.rows("subsidy", verdicts)}
    assert {(row.headcount_sum, row.months_insured) for row in found.values()} == {(1200, 12)}
    assert [found[number].new_recipients for number in "123"] == [0, 12, None]
    assert [found[number].layoff_rate for number in "123"] == [0, 1200, None]
    assert [found[number].outcome for number in "123"] == ["eligible", "ineligible", "unknown"]
    assert (run.eligible, run.ineligible, run.unknown) == (1, 1, 1)


def test_a_file_without_the_column_is_taken_and_says_nothing(by_recipients):
    rows = [CONTRIBUTIONS, *(line.rpartition(",")[0] for line in lines(1, "0"))]
    loaded = load(by_recipients, ImportKind.CONTRIBUTIONS, rows)
    assert (loaded.state, loaded.accepted, loaded.rejected) == (ImportState.DONE, 24, 0)
    screen(by_recipients)
    found = {row.unit_no[-1]: row for row in by_recipients.rows("subsidy", verdicts)}
    assert (found["1"].outcome, found["1"].new_recipients) == ("unknown", None)
    assert (found["2"].headcount_sum, found["2"].months_insured, found["2"].new_recipients) == (0, 0, None)


def test_a_wrong_number_in_the_column_is_a_reject(by_recipients):
    rows = [WITH_RECIPIENTS, *lines(1, "0")[:23], f"{unit_no(1)},202212,100,100.00,100.00,0,0,many"]
    loaded = load(by_recipients, ImportKind.CONTRIBUTIONS, rows)
    assert (loaded.accepted, loaded.rejected) == (23, 1)


def frame(**columns):
    plain = {"unit_no": 1, "headcount": 10, "due": 1, "paid": 1, "repaid": 0, "exempt": 0}
    months = [202200 + month for month in range(1, 13)]
    return pl.DataFrame({"month": months, **columns}).with_columns(
        pl.lit(value, dtype=pl.Int64).alias(name) for name, value in plain.items()
    )


@pytest.mark.parametrize(
    ("recipients", "total"),
    [([0] * 12, 0), ([1] * 12, 12), ([1] * 11 + [None], None), ([None] * 12, None)],
    ids=str,
)
def test_one_month_that_does_not_say_makes_the_year_unknown(recipients, total):
    months = frame(new_recipients=pl.Series(recipients, dtype=pl.Int64)).lazy()
    [row] = annual_facts([months], 2022).collect().iter_rows(named=True)
    assert (row["new_recipients"], row["headcount_sum"], row["months_insured"]) == (total, 120, 12)


def test_a_part_from_before_the_column_is_read_as_one_that_does_not_say():
    old = frame().lazy()
    new = frame(new_recipients=pl.Series([2] * 12, dtype=pl.Int64)).lazy()
    [row] = annual_facts([old], 2022).collect().iter_rows(named=True)
    assert row["new_recipients"] is None
    [row] = annual_facts([old, new], 2022).collect().iter_rows(named=True)  # the later one wins
    assert row["new_recipients"] == 24
