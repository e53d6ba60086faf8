"""Clerks' files as they are: bytes → text → physical lines → columns of text. Nothing is lost on the way.

A file is UTF-8 (with or without a mark) or GB18030: its header tells, for the Chinese names of the columns
read right in one of them only; from there on decoding is strict. A record is one physical line; a line break
within quotes is not taken (such a line is rejected for its open quote).
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import polars as pl

BLOCK = 2 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


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


def read_blocks(file: IO[bytes], required: Sequence[str], size: int = BLOCK) -> Iterator[Block]:
    """Yield the lines after the header, block by block; Unreadable when the file is no such file."""
    header = file.readline(size)
    encoding, names = _read_header(header, required)
    line, offset = 2, len(header)
    for block in _cut_at_newlines(file, size, line):
        text = _decode(block, encoding, line, offset)
        lines = _split(text, line)
        yield Block(lines.height, *_fields(lines, names, required))
        line, offset = line + lines.height, offset + len(block)


def _read_header(header: bytes, required: Sequence[str]) -> tuple[str, list[str]]:
    """Return encoding and names of the columns."""
    if not header.strip():
        raise Unreadable("empty_file")
    readings = {}
    for encoding in ENCODINGS:
        try:
            readings[encoding] = next(csv.reader([header.decode(encoding).rstrip("\r\n")]))
        except (UnicodeDecodeError, csv.Error):
            continue
    if not readings:
        raise Unreadable("undecodable", encoding="UTF-8, GB18030", line=1, byte=0)
    encoding = max(readings, key=lambda name: len(set(required) & set(readings[name])))
    names = [name.strip() for name in readings[encoding]]
    if missing := [name for name in required if name not in names]:
        raise Unreadable("missing_column", columns="、".join(missing))
    if repeated := [name for name in required if names.count(name) > 1]:
        raise Unreadable("repeated_column", columns="、".join(repeated))
    return encoding, names


def _cut_at_newlines(file: IO[bytes], size: int, line: int) -> Iterator[bytes]:
    """Yield blocks of whole lines. In both encodings a newline byte is never part of a character."""
    rest = b""
    while piece := file.read(size):
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if whole or newline:
            line += whole.count(b"\n") + 1
            yield whole + newline
        elif len(rest) > size:
            raise Unreadable("line_too_long", line=line)
    if rest:
        yield rest


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


def _fields(
    lines: pl.DataFrame, names: list[str], required: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the required columns of the good lines, in order, and the lines that have another shape."""
    lines = lines.with_columns(
        quoted=pl.col("raw").str.contains('"', literal=True),
        commas=pl.col("raw").str.count_matches(",", literal=True),
    )
    plain, is_shaped = lines.filter(~pl.col("quoted")), pl.col("commas") == len(names) - 1
    odd = plain.filter(~is_shaped).select(
        "line",
        "raw",
        reason=pl.when(pl.col("raw").str.strip_chars() == "")
        .then(pl.lit("空行"))
        .otherwise(pl.format(f"应有 {len(names)} 列，实有 {{}} 列", pl.col("commas") + 1)),
    )
    pieces = pl.col("raw").str.splitn(",", len(names)) if len(names) > 1 else pl.struct(field_0="raw")
    chosen = [pl.col("s").struct[f"field_{names.index(name)}"].alias(name) for name in required]
    fields = plain.filter(is_shaped).with_columns(s=pieces).select("line", *chosen)
    more, broken = _parse_quoted(lines.filter("quoted").select("line", "raw"), names, required)
    if more.height:
        fields = pl.concat([fields, more]).sort("line")
    if lines["raw"].str.contains_any(SPACES).any():
        fields = fields.with_columns(pl.col(required).str.strip_chars())
    return fields, pl.concat([odd.rename({"raw": "value"}), broken])


def _parse_quoted(
    lines: pl.DataFrame, names: list[str], required: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let Python's csv read the lines with quotes, one by one."""
    good: list[tuple[int | str, ...]] = []
    broken: list[tuple[int, str, str]] = []
    places = [names.index(name) for name in required]
    for line, raw in lines.iter_rows():
        try:
            record = next(csv.reader([raw], strict=True))
        except csv.Error:
            broken.append((line, raw, "引号不成对"))
            continue
        if len(record) == len(names):
            good.append((line, *(record[place] for place in places)))
        else:
            broken.append((line, raw, f"应有 {len(names)} 列，实有 {len(record)} 列"))
    texts = dict.fromkeys(required, pl.String)
    return (
        pl.DataFrame(good, schema={"line": pl.Int64, **texts}, orient="row"),
        pl.DataFrame(
            broken, schema={"line": pl.Int64, "value": pl.String, "reason": pl.String}, orient="row"
        ),
    )
