"""Plain lines, many at a time.

Nearly all lines of a file of months are digits and commas, and right. One pattern tells of a whole piece of
text that each of its lines is right in every column; then it is read as numbers at once. What is wrong with
any other line is not for this module to say: its piece goes through the checks column by column.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from services.subsidy.registry.adapters.blocks import Wanted
from services.subsidy.registry.adapters.columns import Column, Digits, Layout

_ANYTHING = Digits(r'[^,"\x00-\x1f]*', pl.String())


@dataclass(frozen=True)
class Piece:
    """Whole lines of a file: the number of the first, the byte where it begins, and their bytes."""

    line: int
    offset: int
    content: bytes

    @cached_property
    def lines(self) -> int:
        """Return how many lines these are; the last of a file may lack its end."""
        return self.content.count(b"\n") + (not self.content.endswith(b"\n"))

    def cut(self, size: int) -> Iterator["Piece"]:
        """Yield the same lines in pieces of about so many bytes."""
        line, at = self.line, 0
        while at < len(self.content):
            end = self.content.rfind(b"\n", at, at + size) + 1 or self.content.find(b"\n", at) + 1
            piece = Piece(line, self.offset + at, self.content[at : end or None])
            yield piece
            line, at = line + piece.lines, at + len(piece.content)


@dataclass(frozen=True)
class PlainLines:
    """What plain lines of one file look like, and how they are read."""

    pattern: str
    schema: dict[str, pl.DataType]
    values: tuple[pl.Expr, ...]
    is_within: pl.Expr

    def sift(self, pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
        """Return the pieces that have only plain lines, and the others."""
        pieces = list(pieces)
        texts = [each.content.decode("ascii") if each.content.isascii() else None for each in pieces]
        is_plain = pl.Series(texts, dtype=pl.String).str.contains(self.pattern).fill_null(False)
        found: tuple[list[Piece], list[Piece]] = [], []
        for each, right in zip(pieces, is_plain, strict=True):
            found[not right].append(each)
        return found

    def read(self, pieces: Sequence[Piece]) -> pl.DataFrame | None:
        """Return line and values of plain lines; None where a number is too large, or the reader of numbers
        sees any of it otherwise."""
        text = b"".join(piece.content for piece in pieces)
        starts = pl.DataFrame(
            {"line": [each.line for each in pieces], "lines": [each.lines for each in pieces]}
        )
        line = starts.select(pl.int_ranges("line", pl.col("line") + pl.col("lines")).explode()).to_series()
        try:
            read = pl.read_csv(text, has_header=False, quote_char=None, schema=self.schema)
        except pl.exceptions.PolarsError:
            return None
        if read.height != len(line):
            return None
        rows = read.select(line.alias("line"), *self.values)
        return rows if rows.select(self.is_within).item() else None


def plain_lines(layout: Layout, wanted: Wanted, width: int) -> PlainLines | None:
    """Return what plain lines of a file with so many columns look like; None where digits do not tell all."""
    places = {place: column for column in layout.columns if (place := wanted[column.header]) is not None}
    if any(column.digits is None for column in layout.columns):
        return None
    if len(places) < sum(place is not None for place in wanted.values()):
        return None
    shapes = {place: column.digits or _ANYTHING for place, column in places.items()}
    cells = [_shape(shapes.get(place, _ANYTHING), places.get(place)) for place in range(width)]
    return PlainLines(
        pattern=rf"\A(?:{','.join(cells)}\r?\n)+\z",
        schema={str(place): shapes.get(place, _ANYTHING).dtype for place in range(width)},
        values=tuple(_value(column, wanted[column.header]) for column in layout.columns),
        is_within=pl.all_horizontal(
            _is_within(column) for column in places.values() if column.digits is not None
        ),
    )


def _shape(digits: Digits, column: Column | None) -> str:
    return f"(?:{digits.shape})" + ("?" if column is not None and column.optional else "")


def _value(column: Column, place: int | None) -> pl.Expr:
    """Return the value of a number that has been read, of the type that the column's conversion has."""
    assert column.digits is not None
    if place is None:
        return pl.lit(None, dtype=column.digits.dtype).alias(column.name)
    number = pl.col(str(place))
    is_money = isinstance(column.digits.dtype, pl.Decimal)
    return (number.to_physical().cast(pl.Int64) if is_money else number).alias(column.name)


def _is_within(column: Column) -> pl.Expr:
    value, most = pl.col(column.name), column.digits.most if column.digits else None
    there = pl.lit(True) if column.optional else value.null_count() == 0
    return there if most is None else there & (value.max() <= most).fill_null(True)
