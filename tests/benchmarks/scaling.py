"""Screening, ten times and a hundred times as much, and by two workers instead of one, on PostgreSQL."""

from services.chassis.database import Database
from tests.benchmarks.ground import Ground
from tests.benchmarks.made_registry import make_registry
from tests.benchmarks.report import Findings, Row
from tests.benchmarks.screening import MOST_MB, screen

STRAIGHT = 1.2  # seconds a unit, against those of a tenth of the units
TWO_FOR_ONE = 1 / 1.7  # of the time, for all units


def measure(ground: Ground, units: int) -> Findings:
    """Screen a hundredth of the units, a tenth and all of them, each by one worker and by two."""
    rows, a_unit = [], 0.0
    for count in (units // 100, units // 10, units):
        url = ground.database("postgresql")
        make_registry(Database(url), ground.folder / "blobs", count)
        one, two = screen(ground, url, 1), screen(ground, url, 2)
        if one.answer["digest"] != two.answer["digest"]:
            raise RuntimeError("two workers give other verdicts than one")
        grown = one.seconds / count / a_unit if a_unit else None
        a_unit = one.seconds / count
        goal = STRAIGHT if grown else None
        unit, against = ("×", "a unit of a tenth as many") if grown else ("", "")
        rows += [
            Row(
                what=f"{count:,} units, one worker",
                seconds=one.seconds,
                cpu=one.cpu,
                figure=grown,
                unit=unit,
                against=against,
                goal=goal,
            ),
            Row(what=f"{count:,} units, its peak memory", figure=one.peak, unit="MB", goal=MOST_MB),
            Row(
                what=f"{count:,} units, two workers",
                seconds=two.seconds,
                cpu=two.cpu,
                figure=two.seconds / one.seconds,
                unit="×",
                against="one worker",
                goal=TWO_FOR_ONE if count == units else None,
            ),
        ]
    return Findings(
        title="a hundred times as much, and two workers",
        sizes=f"up to {units:,} units × 24 months, once",
        rows=rows,
        notes=[
            "Verdicts of one and of two workers have the same digest.",
            "Two workers are to be 1.7 times as fast as one: 0.588 of the time.",
        ],
        versions=ground.versions(),
    )
