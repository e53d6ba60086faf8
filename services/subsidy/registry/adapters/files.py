"""A clerk's file → parts of accepted rows and a CSV of rejects, on disk, whatever its size.

Two passes, because a line may repeat another that came gigabytes before: the first checks line by line and
sorts the accepted rows into partitions, the second finds repetitions within each. Memory holds one block or
one partition, and what waits to be spilled. The file is read a third time if lines have been rejected.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from services.contracts.subsidy.registry import ImportKind
from services.subsidy.registry.adapters import rejects
from services.subsidy.registry.adapters.blocks import Block, Source, Wanted
from services.subsidy.registry.adapters.columns import LAYOUTS, Layout

SPILL = 24 * 1024 * 1024


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
        for page in source.pages():
            self._take(source.block(page, wanted))
        self._spill()

    def _take(self, block: Block) -> None:
        """Write the good lines of a block to their partitions and the others to the rejects."""
        values = (column.value() for column in self.layout.columns)
        checks = rejects.checks(self.layout)
        read = block.fields.lazy().select("line", *values, *checks).collect()  # lazy: shares their pieces
        marks = read.select(pl.col(r"^\?.*$"))
        good = marks.select(pl.all_horizontal(pl.all())).to_series()
        if block.broken.height or not good.all():
            self._reject(rejects.faults(block, marks, self.layout), "lines")
            read = read.filter(good)
        rows = read.drop(marks.columns)
        self.waiting.append(rows.with_columns(partition=self.layout.partition))
        self.total += block.lines
        if sum(frame.estimated_size() for frame in self.waiting) > self.spill:
            self._spill()

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
        key = self.layout.key
        for folder in sorted(self.folder.iterdir(), key=lambda path: path.name.zfill(3)):
            if not folder.is_dir():
                continue
            rows = pl.concat([pl.read_ipc(path) for path in sorted(folder.iterdir())])
            rows = rows.sort(*key, "line")
            rows = rows.with_columns(first=pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift())))
            self._reject(rejects.repetitions(rows.filter(~pl.col("first")), self.layout), folder.name)
            accepted = rows.filter("first").drop("first", "line")
            self.accepted += accepted.height
            yield int(folder.name), accepted

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
