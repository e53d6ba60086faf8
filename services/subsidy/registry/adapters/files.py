"""A clerk's file → parts of accepted rows and a CSV of rejects, on disk, whatever its size.

Two passes, because a line may repeat another that came gigabytes before: the first checks line by line and
sorts the accepted rows into partitions, the second finds repetitions within each. Memory holds one block or
one partition, and what waits to be spilled. The file is read a third time if lines have been rejected.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from services.contracts.subsidy.registry import ImportKind
from services.subsidy.registry.adapters import rejects
from services.subsidy.registry.adapters.blocks import Block, Checked, Source, Wanted, ahead
from services.subsidy.registry.adapters.columns import LAYOUTS, Layout

SPILL = 16 * 1024 * 1024


@dataclass
class Spool:
    """A file on its way through a folder of its own. After `take` and all of `partitions`: the account."""

    folder: Path
    layout: Layout
    spill: int = SPILL
    total: int = 0
    accepted: int = 0
    spills: int = 0
    waiting: list[pl.DataFrame] = field(default_factory=list)
    reject_files: set[Path] = field(default_factory=set)

    @property
    def rejected(self) -> int:
        """Return how many lines were rejected."""
        return self.total - self.accepted

    def take(self, source: Source, wanted: Wanted) -> None:
        """Check every line of a file."""
        for block in ahead(source.read(wanted, self.layout)):
            rows = block.rows if isinstance(block, Checked) else self._check(block)
            self.total += rows.height if isinstance(block, Checked) else block.lines
            self.waiting.append(rows.with_columns(partition=self.layout.partition))
            if sum(frame.estimated_size() for frame in self.waiting) > self.spill:
                self._spill()
        self._spill()

    def _check(self, block: Block) -> pl.DataFrame:
        """Return the good lines of a block as rows, and write the others to the rejects."""
        values = (column.value() for column in self.layout.columns)
        checks = rejects.checks(self.layout)
        read = block.fields.lazy().select("line", *values, *checks).collect()  # lazy: shares their pieces
        marks = read.select(pl.col(r"^\?.*$"))
        good = marks.select(pl.all_horizontal(pl.all())).to_series()
        if block.broken.height or not good.all():
            self._reject(rejects.faults(block, marks, self.layout), "lines")
            read = read.filter(good)
        return read.drop(marks.columns)

    def _spill(self) -> None:
        """Write what waits in memory to its partitions."""
        parts = pl.concat(self.waiting).partition_by("partition", as_dict=True) if self.waiting else {}
        for (partition,), part in parts.items():
            folder = self.folder / f"{partition}"
            folder.mkdir(exist_ok=True)
            part.drop("partition").write_ipc(folder / f"{self.spills:06}.arrow", compression="lz4")
        self.waiting.clear()
        self.spills += 1

    def partitions(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield each partition's rows, sorted by key, without those that repeat an earlier line."""
        folders = sorted(self.folder.iterdir(), key=lambda path: path.name.zfill(3))
        return ahead(self._settle(folder) for folder in folders if folder.is_dir())

    def _settle(self, folder: Path) -> tuple[int, pl.DataFrame]:
        """Return the rows of a partition; most files come sorted, and then nothing repeats in them."""
        key = self.layout.key
        rows = pl.scan_ipc(sorted(folder.iterdir())).collect().rechunk()
        if not _ascends(rows, key):
            rows = rows.sort("line").sort(key, maintain_order=True)  # faster than one sort by all
            rows = rows.with_columns(first=pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift())))
            self._reject(rejects.repetitions(rows.filter(~pl.col("first")), self.layout), folder.name)
            rows = rows.filter("first").drop("first")
        self.accepted += rows.height
        return int(folder.name), rows.drop("line")

    def _reject(self, wrong: pl.DataFrame, name: str) -> None:
        """Add rejects to one of the files that are sorted by line."""
        if wrong.height:
            path = self.folder / f"rejects-{name}.csv"
            with path.open("ab") as file:
                wrong.sort("line", maintain_order=True).write_csv(file, include_header=False)
            self.reject_files.add(path)

    def write_rejects(self, source: Source) -> tuple[Path, Path] | None:
        """Return the list of all rejects and the rejected lines themselves; None when there are none."""
        if not self.reject_files:
            return None
        listed, lines = self.folder / "rejects.csv", self.folder / "rejected-lines.csv"
        rejects.write_list(listed, source.encoding, rejects.merge(self.reject_files))
        rejects.write_lines(lines, source, rejects.merge(self.reject_files))
        return listed, lines


def new_spool(folder: Path, kind: ImportKind) -> Spool:
    """Return an empty spool for a kind of file."""
    return Spool(folder, LAYOUTS[kind])


def _ascends(rows: pl.DataFrame, key: Sequence[str]) -> bool:
    """Is each row's key greater than that of the row before?"""
    is_equal, is_greater = pl.lit(True), pl.lit(False)
    for name in key:
        column, before = pl.col(name), pl.col(name).shift()
        is_greater = is_greater | (is_equal & (column > before))
        is_equal = is_equal & (column == before)
    return bool(rows.select(is_greater.slice(1).all()).item())
