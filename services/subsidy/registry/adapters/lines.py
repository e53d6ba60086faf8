"""Clerks' CSV files as they are: bytes → text → physical lines → columns of text.

A file is UTF-8 (with or without a mark) or GB18030: its header tells, for the Chinese names of the columns
read right in one of them only; from there on decoding is strict. A record is one physical line; a line break
within quotes is not taken (such a line is rejected for its open quote).
"""

import codecs
import csv
from collections.abc import ItemsView, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from services.contracts.subsidy.registry import FileFormat
from services.subsidy.registry.adapters.blocks import (
    BROKEN,
    EMPTY_LINE,
    Block,
    Checked,
    Unreadable,
    Wanted,
    ahead,
    with_lines,
)
from services.subsidy.registry.adapters.columns import Layout
from services.subsidy.registry.adapters.headers import WITHIN, fit
from services.subsidy.registry.adapters.plain import Piece, plain_lines

BLOCK = 2 * 1024 * 1024
PARTS = 32  # of a block: where one line is not plain, its part alone goes the long way
HELD = 1024 * 1024  # bytes of lines that are not plain, to be checked together
SAMPLE = 64 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


@dataclass(frozen=True)
class Lines:
    """A CSV file whose header ends at byte `offset`."""

    path: Path
    encoding: str
    line: int
    names: list[str]
    offset: int
    size: int
    format: FileFormat = FileFormat.CSV

    def pages(self) -> Iterator[pl.DataFrame]:
        """Yield line and raw, block by block; Unreadable when it is no such file after all."""
        return (self._page(piece) for piece in self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        """Yield the bytes in blocks of whole lines. A newline byte is never part of a character."""
        line, offset, rest = self.line + 1, self.offset, b""
        with self.path.open("rb") as file:
            file.seek(offset)
            while block := file.read(self.size):
                rest += block
                if end := rest.rfind(b"\n") + 1:
                    piece, rest = Piece(line, offset, rest[:end]), rest[end:]
                    yield piece
                    line, offset = line + piece.lines, offset + end
                elif len(rest) > self.size:
                    raise Unreadable("line_too_long", line=line)
        if rest:
            yield Piece(line, offset, rest)

    def _page(self, piece: Piece) -> pl.DataFrame:
        return _split(_decode(piece.content, self.encoding, piece.line, piece.offset), piece.line)

    def read(self, wanted: Wanted, layout: Layout) -> Iterator[Block | Checked]:
        """Yield the wanted columns of all lines; plain lines as the values that they are."""
        plain, held = plain_lines(layout, wanted, len(self.names)), list[Piece]()
        for piece, (good, others) in ahead(
            (each, plain.sift(each.cut(self.size // PARTS)) if plain else ([], [])) for each in self._pieces()
        ):
            rows = plain.read(good) if plain and good else None
            if rows is not None:
                yield Checked(rows)
            held += [piece] if rows is None else others
            if sum(len(each.content) for each in held) >= HELD:
                yield self._block(held, wanted)
                held = []
        if held:
            yield self._block(held, wanted)

    def _block(self, pieces: Sequence[Piece], wanted: Wanted) -> Block:
        return self.block(pl.concat([self._page(piece) for piece in pieces]), wanted)

    def block(self, page: pl.DataFrame, wanted: Wanted) -> Block:
        """Return the wanted columns of a page."""
        return Block(page.height, *_fields(page, len(self.names), wanted))

    def cells(self, page: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells; where quotes are not closed, what lies between commas."""
        for line, raw in page.iter_rows():
            yield line, _cells(raw) or raw.split(",")

    def cells_of(self, lines: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield the same of some lines: little is decoded that is not asked for."""
        pieces = (small for piece in self._pieces() for small in piece.cut(self.size // PARTS))
        for piece, chosen in with_lines(lines, ((each.line + each.lines, each) for each in pieces)):
            yield from self.cells(self._page(piece).filter(pl.col("line").is_in(chosen)))


def open_lines(path: Path, layout: Layout, size: int = BLOCK) -> Lines:
    """Find the header among the first lines: where all our names are, else where most can be guessed."""
    best: tuple[tuple[bool, int], Lines] | None = None
    with path.open("rb") as file:
        encodings = _likely(file)
        for line in range(1, WITHIN + 1):
            raw, start = file.readline(size), file.tell()
            if not raw:
                break
            for encoding, names in _read_names(raw, encodings, line, start - len(raw)):
                how = fit(names, layout)
                if best is None or how > best[0]:
                    best = how, Lines(path, encoding, line, names, start, size)
            if best and best[0][0]:
                break
    if best is None or (best[0][1] == 0 and not any(best[1].names)):
        raise Unreadable("empty_file")
    return best[1]


def _likely(file: IO[bytes]) -> tuple[str, ...]:
    """Return the encodings, the likelier first: it is asked where a header is the same in both."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(file.read(SAMPLE))
        return ENCODINGS
    except UnicodeDecodeError:
        return ENCODINGS[::-1]
    finally:
        file.seek(0)


def _read_names(raw: bytes, encodings: Sequence[str], line: int, offset: int) -> ItemsView[str, list[str]]:
    """Return encoding and names of the columns for each encoding in which a line can be read."""
    readings = {}
    for encoding in encodings:
        try:
            cells = next(csv.reader([raw.decode(encoding).rstrip("\r\n")]), [])
        except (UnicodeDecodeError, csv.Error):
            continue
        readings[encoding] = [name.strip() for name in cells]
    if not readings:
        raise Unreadable("undecodable", encoding="UTF-8, GB18030", line=line, byte=offset)
    return readings.items()


def _decode(block: bytes, encoding: str, line: int, offset: int) -> str:
    try:
        return block.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        where = line + block.count(b"\n", 0, error.start)
        name = "UTF-8" if encoding == "utf-8-sig" else "GB18030"
        raise Unreadable("undecodable", encoding=name, line=where, byte=offset + error.start) from None


def _split(text: str, line: int) -> pl.DataFrame:
    """Return line and raw."""
    raw = pl.Series("raw", text.removesuffix("\n").split("\n"), dtype=pl.String).str.strip_suffix("\r")
    return pl.DataFrame({"raw": raw}).with_row_index("line", line).cast({"line": pl.Int64})


def _fields(lines: pl.DataFrame, width: int, wanted: Wanted) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the wanted columns of the good lines, in order, and the lines that have another shape."""
    lines = lines.with_columns(
        quoted=pl.col("raw").str.contains('"', literal=True),
        commas=pl.col("raw").str.count_matches(",", literal=True),
    )
    plain, is_shaped = lines.filter(~pl.col("quoted")), pl.col("commas") == width - 1
    odd = plain.filter(~is_shaped).select(
        "line",
        "raw",
        reason=pl.when(pl.col("raw").str.strip_chars() == "")
        .then(pl.lit(EMPTY_LINE))
        .otherwise(pl.format(f"应有 {width} 列，实有 {{}} 列", pl.col("commas") + 1)),
    )
    pieces = pl.col("raw").str.splitn(",", width) if width > 1 else pl.struct(field_0="raw")
    chosen = [
        (pl.lit("") if place is None else pl.col("s").struct[f"field_{place}"]).alias(header)
        for header, place in wanted.items()
    ]
    fields = plain.filter(is_shaped).with_columns(s=pieces).select("line", *chosen)
    more, broken = _parse_quoted(lines.filter("quoted").select("line", "raw"), width, wanted)
    if more.height:
        fields = pl.concat([fields, more]).sort("line")
    if lines["raw"].str.contains_any(SPACES).any():
        fields = fields.with_columns(pl.col(list(wanted)).str.strip_chars())
    return fields, pl.concat([odd.rename({"raw": "value"}), broken])


def _parse_quoted(lines: pl.DataFrame, width: int, wanted: Wanted) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let Python's csv read the lines with quotes, one by one."""
    good: list[tuple[int | str, ...]] = []
    broken: list[tuple[int, str, str]] = []
    for line, raw in lines.iter_rows():
        record = _cells(raw)
        if record is None:
            broken.append((line, raw, "引号不成对"))
        elif len(record) == width:
            good.append((line, *("" if place is None else record[place] for place in wanted.values())))
        else:
            broken.append((line, raw, f"应有 {width} 列，实有 {len(record)} 列"))
    texts = dict.fromkeys(wanted, pl.String)
    return (
        pl.DataFrame(good, schema={"line": pl.Int64, **texts}, orient="row"),
        pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )


def _cells(raw: str) -> list[str] | None:
    """Return the cells of a line; None when its quotes are not closed."""
    try:
        return next(csv.reader([raw], strict=True), [])
    except csv.Error:
        return None
