"""A file of unit numbers, as clerks keep it: bytes → (number of the line, unit number or None).

UTF-8 (with or without a mark) or GB18030; commas, tabs or semicolons; the column 单位编号 of a header, else
the first one. Of a line without a unit number nothing is kept but its place: who knows what stands there.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator

from services.contracts.values import UnitNo

HEADER = "单位编号"
_NUMBER, _QUOTED = re.compile(r"[0-9]{12}"), re.compile(r'"[^"]*"')
_SEPARATORS = ",\t;，；"
_AROUND = " \t\r'\"=\ufeff"  # what spreadsheets put around numbers to keep them whole


class UnreadableList(Exception):
    """The file as a whole cannot be read; a code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_units(content: bytes, most: int) -> list[tuple[int, UnitNo | None]]:
    """Return the lines of a file but its header, at most `most`; UnreadableList when it is no such file."""
    lines = _decode(content).rstrip().split("\n")
    if lines == [""]:
        raise UnreadableList("empty_file")
    first = _cells(lines[0], separator := _separator(lines[0]))
    has_header = HEADER in first
    if len(lines) - has_header > most:
        raise UnreadableList("units_too_many")
    place = first.index(HEADER) if has_header else 0
    found = list(_numbers(lines, separator, place))[has_header:]
    if not found:
        raise UnreadableList("empty_file")
    return found


def _decode(content: bytes) -> str:
    if b"\0" in content:  # a spreadsheet, a picture, UTF-16
        raise UnreadableList("units_not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableList("units_not_text")


def _separator(line: str) -> str:
    return max(_SEPARATORS, key=_QUOTED.sub("", line).count)


def _numbers(lines: list[str], separator: str, place: int) -> Iterator[tuple[int, UnitNo | None]]:
    for number, line in enumerate(lines, 1):
        cells = _cells(line, separator)
        text = unicodedata.normalize("NFKC", cells[place]) if place < len(cells) else ""
        found = text.strip(_AROUND)
        yield number, found if _NUMBER.fullmatch(found) else None


def _cells(line: str, separator: str) -> list[str]:
    """Return the cells of a physical line."""
    if '"' in line:
        try:
            return [cell.strip(_AROUND) for cell in next(csv.reader([line], delimiter=separator))]
        except csv.Error:
            return []
    return [cell.strip(_AROUND) for cell in line.split(separator)]
