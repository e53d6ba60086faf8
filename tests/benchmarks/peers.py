"""The same rules elsewhere, on the same annual facts: OpenFisca (whole columns) and pydantic (row by row).

OpenFisca comes from openfisca.txt into an environment of its own, below var/; no part of the product.
"""

import json
import subprocess
from pathlib import Path

import polars as pl
from pydantic import BaseModel

from deploy.local.terminal import Trouble
from services.chassis.database import Database
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import SizeClass, UnitType
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.domain import FACTS
from services.subsidy.screening.adapters import columns, snapshot
from services.subsidy.screening.domain import decide
from tests.benchmarks.ground import ROOT, Clock, Ground, Spent, in_own_process, job_on
from tests.benchmarks.made_registry import make_registry
from tests.benchmarks.report import Findings, Row
from tests.benchmarks.screening import _snapshot

HERE = Path(__file__).parent
ROW_BY_ROW = 20_000
NUMBERS = [name for name in FACTS if name not in ("unit_type", "size_class")]
WORDS = {"unit_type": list(UnitType), "size_class": list(SizeClass)}


def measure(ground: Ground, units: int) -> Findings:
    """Let all three compute; compare what they say."""
    python = install()
    url, facts = ground.database("sqlite"), ground.folder / "facts"
    facts.mkdir()
    make_registry(Database(url), ground.folder / "blobs", units)
    ours = in_own_process(
        _by_columns, url, ground.folder / "blobs", facts, report=ground.folder / "ours.json"
    )
    theirs = by_openfisca(python, facts)
    rows = in_own_process(_by_rows, facts, min(units, ROW_BY_ROW), report=ground.folder / "rows.json")
    wrong = compare(facts)
    scaled = rows.seconds * units / rows.answer
    return Findings(
        title="the same rules by others",
        sizes=f"{units:,} units, annual facts → verdicts, nothing stored, once",
        rows=[
            Row(what="columns (ours)", seconds=ours.seconds, cpu=ours.cpu),
            Row(
                what="OpenFisca, whole columns",
                seconds=theirs["seconds"],
                cpu=theirs["cpu"],
                figure=theirs["seconds"] / ours.seconds,
                unit="×",
                against="ours",
            ),
            Row(what="OpenFisca: amounts that are not exact", figure=wrong["amounts"], unit="units"),
            Row(what="OpenFisca: yuan that these are off", figure=wrong["off"] / 100, unit="yuan"),
            Row(
                what="OpenFisca: other verdicts on units whose facts are known",
                figure=wrong["verdicts"],
                unit="units",
            ),
            Row(what="OpenFisca: decided although a fact is missing", figure=wrong["gaps"], unit="units"),
            Row(
                what=f"pydantic, row by row: {rows.answer:,} units, scaled to all",
                seconds=scaled,
                cpu=rows.cpu * units / rows.answer,
                figure=scaled / ours.seconds,
                unit="×",
                against="ours",
            ),
        ],
        notes=[
            "OpenFisca computes in float32 and knows no missing value: it takes 0 for it.",
            "pydantic: a model a unit, the months already added up, then the plain reader of the rules, which"
            " gives exactly what the columns give.",
        ],
        versions={"OpenFisca": theirs["version"]},
    )


def install() -> Path:
    """Make the environment of OpenFisca unless it is there; return its Python."""
    home, lock = ROOT / "var/openfisca", HERE / "openfisca.txt"
    made = home / "made-of.txt"
    if not made.exists() or made.read_bytes() != lock.read_bytes():
        uv = ROOT / ".venv/bin/uv"
        _run(uv, "venv", "--quiet", "--clear", "--python", ROOT / ".venv/bin/python", home)
        _run(uv, "pip", "install", "--quiet", "--python", home / "bin/python", "--require-hashes", "-r", lock)
        made.write_bytes(lock.read_bytes())
    return home / "bin/python"


def _run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"{command[0]} {command[1]}: {done.stderr.strip()[-1000:]}")
    return done.stdout


def by_openfisca(python: Path, facts: Path) -> dict[str, float]:
    """Let OpenFisca compute; it leaves theirs.csv."""
    answer: dict[str, float] = json.loads(_run(python, HERE / "openfisca_rules.py", facts).splitlines()[-1])
    return answer


def compare(facts: Path) -> dict[str, int]:
    """Count where OpenFisca says something else than we do."""
    both = pl.concat([pl.read_csv(facts / "ours.csv"), pl.read_csv(facts / "theirs.csv")], how="horizontal")
    known, eligible = pl.col("outcome") != Outcome.UNKNOWN.value, pl.col("outcome") == Outcome.ELIGIBLE.value
    other = known & (eligible.cast(pl.Int64) != pl.col("their_eligible"))
    off = (pl.col("amount") - pl.col("their_amount")).abs()
    same = eligible & (pl.col("their_eligible") == 1)
    counts = both.select(
        verdicts=other.sum(),
        gaps=(~known).sum(),
        amounts=(same & (off > 0)).sum(),
        off=off.filter(same).sum(),
    )
    return dict(counts.row(0, named=True))


def _by_columns(url: str, blobs: Path, folder: Path) -> Spent:
    """Leave the facts as text, a file a column, and our verdicts; time our computing alone."""
    job, policy = job_on(url, blobs), read_programme("henan_2023")
    frozen = _snapshot(job)
    parts = [snapshot_facts(job.blobs, frozen, each, policy.base_year) for each in frozen.chunks()]
    job.database.close()
    facts = pl.concat(parts)
    facts.write_parquet(folder / "facts.parquet")
    for name in NUMBERS:
        facts.select(pl.col(name).cast(pl.Int64).fill_null(0)).write_csv(folder / name, include_header=False)
    for name, words in WORDS.items():
        codes = {word.value: place for place, word in enumerate(words, 1)}
        number = pl.col(name).replace_strict(codes, default=0, return_dtype=pl.Int64)
        facts.select(number).write_csv(folder / name, include_header=False)
    with Clock() as clock:
        decided = columns.decide(policy, facts)
    decided.select("outcome", "amount").write_csv(folder / "ours.csv")
    return clock.spent()


def snapshot_facts(
    blobs: object, frozen: object, partitions: tuple[int, ...], base_year: int
) -> pl.DataFrame:
    """Return the annual facts of a chunk."""
    employers = snapshot._read(blobs, frozen.employers, partitions, columns.EMPLOYERS)
    annual = [snapshot._annual_facts(blobs, frozen, each, base_year) for each in partitions]
    lists = [snapshot._read_list(blobs, each) for each in (frozen.dishonest, frozen.zombie)]
    return columns.unit_facts(employers, pl.concat(annual).lazy(), *lists)


class FactsOfUnit(BaseModel):
    """A unit as a model, as a service that goes row by row would have it."""

    unit_no: int
    region: str
    unit_type: UnitType
    size_class: SizeClass | None
    labour_dispatch: int | None
    audit_findings: int | None
    dishonest: int | None
    zombie: int | None
    headcount_now: int | None
    headcount_start: int | None
    headcount_end: int | None
    exempt: int | None
    months_full: int | None
    base: int | None


def _by_rows(folder: Path, count: int) -> Spent:
    policy = read_programme("henan_2023")
    rows = pl.read_parquet(folder / "facts.parquet").head(count).to_dicts()
    ours = pl.read_csv(folder / "ours.csv").head(count)["amount"].to_list()
    with Clock() as clock:
        units = (FactsOfUnit.model_validate(row) for row in rows)
        amounts = [decide(policy, unit.model_dump(), unit.region).amount for unit in units]
    if amounts != ours:
        raise RuntimeError("row by row gives other amounts than by columns")
    return clock.spent(len(rows))
