"""What-if and approval, which run alone as well, as parts of the page."""

from tests.benchmarks import approval, what_if
from tests.benchmarks.ground import Clock, Ground, Spent, in_own_process
from tests.benchmarks.report import Findings, Row

COMPUTE, PAGE = 50, 1000  # ms, up to a million units
PROMPTS = 45_000  # a second, on PostgreSQL


def measure_what_if(ground: Ground, units: int) -> Findings:
    """Ask what-if of that many units; beyond a million the goal of computing grows with them."""
    found = in_own_process(_ask, units, report=ground.folder / "asked.json").answer
    compute, floor = found["compute_ms"], found["floor_ms"]
    goal = COMPUTE * max(1.0, units / 1_000_000)
    return Findings(
        title="what another policy would pay",
        sizes=f"{units:,} units, SQLite, medians of {what_if.ROUNDS}",
        rows=[
            Row(what="floor, all facts summed once", figure=floor, unit="ms"),
            Row(what="computing an effect", figure=compute, unit="ms", goal=goal),
            Row(what="computing, to the floor", figure=compute / floor, unit="×", against="floor"),
            Row(what="its CPU time", figure=found["compute_cpu_ms"], unit="ms"),
            Row(what="a question, authority and all", figure=found["question_ms"], unit="ms"),
            Row(what="a page of units", figure=found["page_ms"], unit="ms", goal=PAGE),
            Row(what="the first question, reading the facts", figure=found["first_question_ms"], unit="ms"),
            Row(what="facts in memory", figure=found["memory_mb"], unit="MB"),
        ],
    )


def measure_approval(_: Ground, count: int) -> Findings:
    """Approve a batch of so many refunds, on PostgreSQL."""
    found = approval.measure(count, "postgresql")
    a_second = found["prompts_per_second"]
    return Findings(
        title="from the approval of a batch to its last prompt",
        sizes=f"{count:,} refunds, PostgreSQL, once",
        rows=[
            Row(
                what="approved → last prompt visible",
                seconds=found["seconds"],
                cpu=sum(found["cpu"].values()),
                figure=found["ratio"],
                unit="×",
                against="bare COPY of the same rows",
            ),
            Row(what="prompts a second", figure=a_second, unit="a second", goal=PROMPTS, at_least=True),
            Row(what="bare COPY of the same rows", figure=found["floor_per_second"], unit="a second"),
        ],
        steps={
            f"{process}, {step}": seconds
            for process, stages in found["stages"].items()
            for step, seconds in stages.items()
            if step != "whole"
        },
        notes=["The CPU seconds are those of both workers and both servers."],
    )


def _ask(units: int) -> Spent:
    with Clock() as clock:
        found = what_if.measure(units)
    return clock.spent(found)
