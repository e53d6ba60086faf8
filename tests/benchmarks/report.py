"""What the parts of the benchmark found, and the page they are written on: one section a part."""

import os
import platform
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
TITLE = """# Results of `make bench`

Each section is what its part wrote when it ran last; running a part again replaces its section alone.
Seconds depend on the machine and on who else was at work there (see the load averages): the ratios, to a
floor or to a peer in the same run, are what counts. CPU seconds are those of the measured process alone,
not the database's.
"""
PACKAGES = ("polars", "psycopg2-binary", "SQLAlchemy", "nameko")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was measured. `figure`, at most `goal` where there is one (or `at_least`), is in `unit`;
    for a ratio (×) `against` says to what."""

    what: str
    seconds: float | None = None
    cpu: float | None = None
    figure: float | None = None
    unit: str = ""
    against: str = ""
    goal: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Return met, or by how much it is missed."""
        if self.goal is None or self.figure is None:
            return ""
        over = self.figure / self.goal - 1
        missed = -over if self.at_least else over
        return "met" if missed <= 0 else f"**missed by {missed:.0%}**"

    def cells(self) -> list[str]:
        """Return the cells of its line in the table."""
        return [
            self.what,
            "" if self.seconds is None else _number(self.seconds),
            "" if self.cpu is None else _number(self.cpu),
            "" if self.figure is None else f"{_number(self.figure)} {self.unit}".strip(),
            self.against,
            ""
            if self.goal is None
            else f"{'≥' if self.at_least else '≤'} {_number(self.goal)} {self.unit}".strip(),
            self.verdict,
        ]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a part found. `sizes`: of its data; `steps`: where the time of the product goes, in seconds."""

    title: str
    sizes: str
    rows: list[Row]
    steps: Mapping[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    versions: Mapping[str, str] = field(default_factory=dict)


def write_section(name: str, found: Findings, loads: tuple[str, str], path: Path = RESULTS) -> None:
    """Put the section of a part into the page, in place of what it found before."""
    page = path.read_text("utf-8") if path.exists() else TITLE
    head, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    kept = {section.partition(":")[0]: section for section in sections}  # whatever a part is called now
    kept[f"## {name}"] = section_of(name, found, loads)
    path.write_text("\n".join(part.strip() + "\n" for part in (head, *kept.values())), "utf-8")


def section_of(name: str, found: Findings, loads: tuple[str, str]) -> str:
    """Return the section of a part."""
    when = datetime.now(UTC)
    header = ["What", "Seconds", "CPU s", "Figure", "Against", "Goal", ""]
    lines = [
        f"## {name}: {found.title}",
        "",
        f"{when:%Y-%m-%d %H:%M} UTC; {found.sizes}. Load average {loads[0]} before, {loads[1]} after.",
        f"{machine()}. {versions(found.versions)}.",
        "",
        _line(header),
        _line(["---", "---:", "---:", "---:", "---", "---:", "---"]),
        *(_line(row.cells()) for row in found.rows),
        "",
    ]
    if found.steps:
        whole = sum(found.steps.values())
        parts = (f"{step} {took:.2f} s ({took / whole:.0%})" for step, took in found.steps.items())
        lines += [f"Where the time goes, step by step: {'; '.join(parts)}.", ""]
    return "\n".join([*lines, *(f"- {note}" for note in found.notes), ""])


def load_average() -> str:
    """Return the load averages over 1 and 5 minutes."""
    return "{:.1f}/{:.1f}".format(*os.getloadavg())


def machine() -> str:
    """Return processor, cores, memory and kernel."""
    processor = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    name = processor[1] if processor else platform.machine()
    size = f"{int(memory[1]) / 2**20:.0f} GB" if memory else "?"
    return f"{name}, {os.cpu_count()} cores, {size}, Linux {platform.release()}"


def versions(more: Mapping[str, str]) -> str:
    """Return what ran."""
    found = {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    found |= {"SQLite": sqlite3.sqlite_version, **more}
    return ", ".join(f"{name} {number}" for name, number in found.items())


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
