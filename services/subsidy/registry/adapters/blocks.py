"""What the readers of clerks' files have in common: text, line by line, and nothing lost on the way."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import polars as pl

from services.contracts.subsidy.registry import FileFormat
from services.subsidy.registry.adapters.columns import Layout

BROKEN = {"line": pl.Int64, "value": pl.String, "reason": pl.String}
EMPTY_LINE = "空行"
Some = TypeVar("Some")
Wanted = Mapping[str, int | None]  # our header → place of the column in the file; None: it is not there


class Unreadable(Exception):
    """The file as a whole cannot be read: a code, and the facts for whoever has to put it right."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code, facts)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Block:
    """Lines of a file. `fields`: line (i64) and one text column a header; `broken`: line, value, reason."""

    lines: int
    fields: pl.DataFrame
    broken: pl.DataFrame


@dataclass(frozen=True)
class Checked:
    """Lines that are right as they stand: line (i64) and the values of a layout's columns."""

    rows: pl.DataFrame


class Source(Protocol):
    """A file whose header has been found. It can be read any number of times.

    `encoding`: of what we write about it; `line`: where the header is; `names`: as they stand there.
    """

    format: FileFormat
    encoding: str
    line: int
    names: list[str]

    def read(self, wanted: Wanted, layout: Layout) -> Iterator[Block | Checked]:
        """Yield all lines after the header; those to be checked ascend."""

    def pages(self) -> Iterator[pl.DataFrame]:
        """Yield the lines after the header, as they are, in frames with a column `line`."""

    def block(self, page: pl.DataFrame, wanted: Wanted) -> Block:
        """Return the wanted columns of a page."""

    def cells(self, page: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells of a page; a line of another shape has more cells than names, or fewer."""

    def cells_of(self, lines: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield the same of some lines; they ascend."""


def with_lines(lines: Iterable[int], parts: Iterable[tuple[int, Some]]) -> Iterator[tuple[Some, list[int]]]:
    """Yield the parts of a file that have some of these lines, and which; a part comes with the line after.
    Both ascend; nothing is asked of either that is not needed."""
    waiting = iter(lines)
    line = next(waiting, None)
    for end, part in parts:
        chosen = []
        while line is not None and line < end:
            chosen.append(line)
            line = next(waiting, None)
        if chosen:
            yield part, chosen
        if line is None:
            return


def ahead(items: Iterator[Some]) -> Iterator[Some]:
    """Yield the same, while a thread makes ready the next one."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item
