"""What is wrong with a clerk's lines: a list of it (line, field, value, reason), and the lines themselves
with what is wrong added, to be put right and handed in again. Both in the encoding of the file."""

import csv
import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, tee
from pathlib import Path
from typing import Any

import polars as pl

from services.subsidy.registry.adapters.blocks import Block, Source
from services.subsidy.registry.adapters.columns import Layout

LISTED = ("行号", "字段", "值", "原因")
ADDED = ["行号", "原因"]
MOST_SHOWN = 100
RISKY = ("=", "+", "-", "@", "\t", "\r")


def checks(layout: Layout) -> list[pl.Expr]:
    """Return a column `?header` for each of ours: is the text right?"""
    return [column.valid().alias(f"?{column.header}") for column in layout.columns]


def judge(block: Block, layout: Layout) -> pl.DataFrame:
    """Return line, field, value, reason of all that is wrong in a block."""
    return faults(block, block.fields.select(checks(layout)), layout)


def faults(block: Block, marks: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the same, the checks being made: one row a wrong field."""
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


def repetitions(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return rows that repeat an earlier line as rejects."""
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


def merge(files: Iterable[Path]) -> Iterator[list[str]]:
    """Yield the rejects of files that are sorted by line, in the order of lines."""
    yield from heapq.merge(*(_read(file) for file in sorted(files)), key=_line_of)


def write_list(path: Path, encoding: str, rejects: Iterable[Sequence[str]]) -> None:
    """Write the list of rejects."""
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.writer(target)
        writer.writerow(LISTED)
        writer.writerows(rejects)


def write_lines(path: Path, source: Source, rejects: Iterable[Sequence[str]]) -> None:
    """Write the rejected lines as they were, with header, line and what is wrong; `rejects` by line.

    Columns of that name at the end, of a file that came from here, are written anew. A cell that a
    spreadsheet would run is disarmed; what a line has too much stands in its last cell.
    """
    names = source.names
    kept = len(names) - len(ADDED) if names[-len(ADDED) :] == ADDED else len(names)
    told, asked = tee(_reasons(rejects))
    found = source.cells_of(line for line, _ in asked)
    with path.open("w", encoding=source.encoding, newline="") as target:
        writer = csv.writer(target)
        writer.writerow([*map(_disarmed, names[:kept]), *ADDED])
        for (line, reason), (_, cells) in zip(told, found, strict=True):
            writer.writerow([*map(_disarmed, _shaped(cells, len(names))[:kept]), line, reason])


def _reasons(rejects: Iterable[Sequence[str]]) -> Iterator[tuple[int, str]]:
    for line, those in groupby(rejects, key=_line_of):
        yield line, "；".join(f"{field}：{reason}" if field else reason for _, field, _, reason in those)


def _shaped(cells: Sequence[str], width: int) -> list[str]:
    first, rest = list(cells[: width - 1]), cells[width - 1 :]
    return [*first, *[""] * (width - 1 - len(first)), ",".join(rest)]


def _disarmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def _line_of(reject: Any) -> int:
    return int(reject[0])


def _read(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _shown(rejects: pl.DataFrame) -> pl.DataFrame:
    """Cut long values, and disarm those that a spreadsheet would take for a formula."""
    value = pl.col("value").str.slice(0, MOST_SHOWN)
    risky = value.str.contains(r"^[=+\-@\t\r]")
    return rejects.with_columns(value=pl.when(risky).then("'" + value).otherwise(value))
