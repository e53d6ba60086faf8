"""Runs for simulations: made without a database, or of a small province."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from services.chassis.ids import new_id
from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import ScreeningId
from services.subsidy import seed
from services.subsidy.policy.domain import FACTS, WORD, Policy
from services.subsidy.policy.store import digest_of
from services.subsidy.screening.adapters.snapshot import KEPT
from services.subsidy.screening.domain import decide
from services.subsidy.simulation.adapters.facts import Run, run_of
from services.subsidy.simulation.domain import Question
from tests.people import CODE
from tests.services.conftest import NOW
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, LISTED, employer, load, months_of
from tests.units import Unit

KINDS = {name: pl.String if kind == WORD else pl.Int64 for name, kind in FACTS.items()}
SCHEMA = {
    **dict.fromkeys(KEPT, pl.String),
    **KINDS,
    **dict.fromkeys(("unit_no", "amount", "ratio"), pl.Int64),
}


def number(place: int, region: str) -> int:
    """Return the number of a unit: within its region, by its place in the list."""
    return int(region) * 10**6 + place


def kept(policy: Policy, units: Sequence[Unit]) -> Run:
    """Return a run over these units, with the verdicts of plain Python."""
    rows = []
    for place, (facts, region) in enumerate(units):
        verdict = decide(policy, facts, region)
        judged = {"outcome": verdict.outcome.value, "amount": verdict.amount, "ratio": verdict.ratio}
        named = {"unit_no": number(place, region), "unit_name": f"第{place}号", "credit_code": CODE}
        plain = {name: str(value) if isinstance(value, str) else value for name, value in facts.items()}
        rows.append({**named, "region": region, **plain, **judged})
    return run_of([pl.DataFrame(rows, schema=SCHEMA)])


def question(policy: Policy, region: str = "", screening_id: ScreeningId | None = None) -> Question:
    """Return the question for the effect of a policy."""
    return Question(
        screening_id=screening_id or ScreeningId(new_id()),
        draft_id=None,
        policy=policy,
        digest=digest_of(policy),
        facts=(),
        region=region,
        at=NOW,
    )


def with_parameters(policy: Policy, **parameters: int) -> Policy:
    """Return the policy with some parameters changed."""
    return replace(policy, parameters={**policy.parameters, **parameters})


def load_province(world) -> None:
    """Load ten units: 1 to 8 large in Gongyi, 9 and 10 in Nanyang; 2 has no size, 7 and 8
    have paid for eleven months."""
    world.sweep("subsidy", seed.seed)
    load(world, ImportKind.DISHONEST, [LISTED])
    load(world, ImportKind.ZOMBIE, [LISTED])
    lines = [employer(serial) for serial in range(1, 9)]
    lines[1] = employer(2, 企业规模="")
    lines += [employer(9, region="411302"), employer(10, region="411302", 单位类型="律师事务所", 企业规模="")]
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, *lines])
    months = [line for serial in range(1, 7) for line in months_of(serial)]
    late = [
        line.replace("100.00,100.00", "100.00,0.00") for serial in (7, 8) for line in months_of(serial)[:13]
    ]
    months += late + [line for serial in (7, 8) for line in months_of(serial)[13:]]
    months += months_of(9, region="411302") + months_of(10, region="411302", fen=100_01)
    load(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months])
