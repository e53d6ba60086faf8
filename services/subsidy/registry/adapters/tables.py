"""Rows of cells, all of them text: sheets and Parquet files behave like lines from here on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from services.contracts.subsidy.registry import FileFormat
from services.subsidy.registry.adapters.blocks import BROKEN, EMPTY_LINE, Block, Wanted, with_lines
from services.subsidy.registry.adapters.columns import Layout

PAGE = 50_000  # rows


@dataclass(frozen=True)
class Fault:
    """Rows in which the table itself lost something: it shows in wanted cells that match the pattern."""

    lines: list[int]
    pattern: str
    reason: str


@dataclass(frozen=True)
class Table:
    """A table. `load` yields pages: line, then one text column (no nulls) a name, named by their places."""

    format: FileFormat
    line: int
    names: list[str]
    load: Callable[[], Iterator[pl.DataFrame]]
    faults: tuple[Fault, ...] = ()
    encoding: str = "utf-8-sig"

    def read(self, wanted: Wanted, layout: Layout) -> Iterator[Block]:
        """Yield the wanted columns of all rows."""
        return (self.block(page, wanted) for page in self.pages())

    def pages(self) -> Iterator[pl.DataFrame]:
        """Yield the rows after the header."""
        return self.load()

    def block(self, page: pl.DataFrame, wanted: Wanted) -> Block:
        """Return the wanted columns of a page; rows without a word, and those with faults, are broken."""
        places = [place for place in wanted.values() if place is not None]
        empty = pl.all_horizontal(pl.exclude("line").str.strip_chars() == "")
        reason = pl.when(empty).then(pl.lit(EMPTY_LINE))
        for fault in self.faults:
            shows = [pl.col(str(place)).str.contains(fault.pattern) for place in places]
            struck = pl.col("line").is_in(fault.lines) & pl.any_horizontal(pl.lit(False), *shows)
            reason = reason.when(struck).then(pl.lit(fault.reason))
        judged = page.with_columns(reason=reason.otherwise(None))
        chosen = [
            (pl.lit("") if place is None else pl.col(str(place)).str.strip_chars()).alias(header)
            for header, place in wanted.items()
        ]
        good = judged.filter(pl.col("reason").is_null()).select("line", *chosen)
        broken = judged.filter(pl.col("reason").is_not_null())
        told = broken.select("line", pl.lit("").alias("value"), "reason").cast(BROKEN)
        return Block(page.height, good, told)

    def cells(self, page: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells."""
        for line, *cells in page.iter_rows():
            yield line, cells

    def cells_of(self, lines: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield the same of some lines."""
        for page, chosen in with_lines(lines, ((page["line"][-1] + 1, page) for page in self.pages())):
            yield from self.cells(page.filter(pl.col("line").is_in(chosen)))


def numbered(frame: pl.DataFrame, line: int) -> pl.DataFrame:
    """Return a page: `line`, then the columns named by their places, nulls as empty texts."""
    frame.columns = [str(place) for place in range(frame.width)]
    return frame.fill_null("").with_row_index("line", line).cast({"line": pl.Int64})
