"""A clerk's file → parts of accepted rows and a CSV of rejects, on disk, whatever its size.

Two passes, because a line may repeat another that came gigabytes before: the first checks line by line and
sorts the accepted rows into partitions, the second finds repetitions within each. Memory holds one block or
one partition, and what waits to be spilled.
"""

import csv
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from services.contracts.subsidy.registry import ImportKind
from services.subsidy.registry.adapters.columns import LAYOUTS, Layout
from services.subsidy.registry.adapters.lines import BLOCK, Block, read_blocks

REJECT_COLUMNS = ("行号", "字段", "值", "原因")
MOST_SHOWN = 100
SPILL = 24 * 1024 * 1024


@dataclass
class Spool:
    """A file on its way through a folder of its own. After `read` and all of `partitions`: the account."""

    folder: Path
    layout: Layout
    block: int = BLOCK
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

    def read(self, path: Path) -> None:
        """Check every line of a file; Unreadable when it is no such file."""
        with path.open("rb") as file:
            for block in read_blocks(file, self.layout.headers, self.block):
                self._take(block)
        self._spill()

    def _take(self, block: Block) -> None:
        """Write the good lines of a block to their partitions and the others to the rejects."""
        columns = self.layout.columns
        checks = (column.valid().alias(f"?{column.header}") for column in columns)
        values = (column.value() for column in columns)
        read = block.fields.lazy().select("line", *values, *checks).collect()  # lazy: shares their pieces
        marks = read.select(pl.col(r"^\?.*$"))
        good = marks.select(pl.all_horizontal(pl.all())).to_series()
        if block.broken.height or not good.all():
            self._reject(_rejects(block, marks, self.layout), "lines")
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
            self._reject(_repetitions(rows.filter(~pl.col("first")), self.layout), folder.name)
            accepted = rows.filter("first").drop("first", "line")
            self.accepted += accepted.height
            yield int(folder.name), accepted

    def _reject(self, rejects: pl.DataFrame, name: str) -> None:
        """Add rejects to one of the files that are sorted by line."""
        if rejects.height:
            path = self.folder / f"rejects-{name}.csv"
            with path.open("ab") as file:
                rejects.sort("line", maintain_order=True).write_csv(file, include_header=False)
            self.reject_files.add(path)

    def merge_rejects(self) -> Path | None:
        """Return a CSV of all rejects in the order of lines; None when there are none."""
        if not self.reject_files:
            return None
        path = self.folder / "rejects.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(REJECT_COLUMNS)
            files = [_read_rejects(file) for file in sorted(self.reject_files)]
            writer.writerows(heapq.merge(*files, key=_line_of))
        return path


def new_spool(folder: Path, kind: ImportKind) -> Spool:
    """Return an empty spool for a kind of file."""
    return Spool(folder, LAYOUTS[kind])


def _line_of(reject: Any) -> int:
    return int(reject[0])


def _read_rejects(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _rejects(block: Block, marks: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return line, field, value and reason of all that is wrong: one row a wrong field."""
    broken = block.broken.select("line", pl.lit("").alias("field"), "value", "reason")
    wrong = [
        block.fields.filter(~marks[f"?{column.header}"]).select(
            "line",
            pl.lit(column.header).alias("field"),
            pl.col(column.header).alias("value"),
            reason=pl.when(pl.col(column.header) == "")
            .then(pl.lit("不能为空"))
            .otherwise(pl.lit(column.reason)),
        )
        for column in layout.columns
    ]
    return _shown(pl.concat([broken, *wrong]))


def _repetitions(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    headers = [column.header for column in layout.columns if column.name in layout.key]
    values = pl.concat_str([pl.col(name).cast(pl.String) for name in layout.key], separator=" ")
    return _shown(
        rows.select(
            "line",
            pl.lit(" ".join(headers)).alias("field"),
            values.alias("value"),
            pl.lit("与前面的行重复").alias("reason"),
        )
    )


def _shown(rejects: pl.DataFrame) -> pl.DataFrame:
    """Cut long values, and disarm those that a spreadsheet would take for a formula."""
    value = pl.col("value").str.slice(0, MOST_SHOWN)
    risky = value.str.contains(r"^[=+\-@\t\r]")
    return rejects.with_columns(value=pl.when(risky).then("'" + value).otherwise(value))
