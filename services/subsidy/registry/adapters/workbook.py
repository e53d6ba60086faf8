"""Excel workbooks (xlsx): the first visible sheet whose header fits, each cell as the text that Excel shows.

A sheet is loaded whole: so before that its unpacked size and its extent are bounded, by unpacking it once.
What Excel has lost without telling is told: errors of formulas, and numbers of more than 15 digits (a bank
account typed as a number ends in zeros).
"""

import errno
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from zlib import error as ZlibError

import fastexcel
import polars as pl

from services.contracts.subsidy.registry import FileFormat
from services.subsidy.registry.adapters.blocks import Unreadable
from services.subsidy.registry.adapters.columns import Layout
from services.subsidy.registry.adapters.headers import WITHIN, fit
from services.subsidy.registry.adapters.tables import PAGE, Fault, Table, numbered

WORKBOOK = "xl/workbook.xml"
MOST_BYTES = 400 * 1024 * 1024  # unpacked
MOST_RATIO, FREE_BYTES = 100, 32 * 1024 * 1024  # a small file may shrink as it likes
MOST_CELLS = 8_000_000  # a full sheet of monthly contributions; some 600 MB while it is loaded
MOST_SHEETS = 20
PIECE, OVERLAP = 1024 * 1024, 32 * 1024
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,3})([0-9]{1,7})\s*["']""")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_LONG = re.compile(rb"<(?:\w+:)?v>\s*-?(?:[0-9]{16,}|[0-9](?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9]))\s*<")
_NUMERIC = re.compile(rb"""\st\s*=\s*["'](?!n["'])""")


@dataclass
class _Extent:
    """How far a sheet reaches, and the rows where Excel lost something."""

    rows: int = 0
    columns: int = 0
    errors: set[int] = field(default_factory=set)
    long_numbers: set[int] = field(default_factory=set)


def open_workbook(path: Path, layout: Layout) -> Table:
    """Return the sheet whose header fits, or the one where most can be guessed."""
    with _readable(), zipfile.ZipFile(path) as book:
        if WORKBOOK not in book.namelist():
            raise Unreadable("not_a_table")
        _refuse_bomb(book, path.stat().st_size)
        return _choose(fastexcel.read_excel(path), book, _sheet_parts(book), layout)


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever the readers stumble over is a damaged file; a failing disk is not."""
    try:
        yield
    except (zipfile.BadZipFile, ZlibError, EOFError, RuntimeError, LookupError, ValueError):
        raise Unreadable("damaged_file") from None
    except (ElementTree.ParseError, fastexcel.FastExcelError):
        raise Unreadable("damaged_file") from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise Unreadable("damaged_file") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the reader's Rust; it has no importable name
            raise
        raise Unreadable("damaged_file") from None


def _choose(
    reader: fastexcel.ExcelReader, book: zipfile.ZipFile, parts: dict[str, str], layout: Layout
) -> Table:
    best: tuple[tuple[bool, int], Table] | None = None
    for name in [name for name in reader.sheet_names if name in parts][:MOST_SHEETS]:
        extent = _measure(book, parts[name])
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, n_rows=0, dtypes="string")
        if sheet.visible != "visible" or not extent.rows:
            continue
        for how, table in _tables(_load(reader, name), extent, layout):
            if best is None or how > best[0]:
                best = how, table
        if best and best[0][0]:
            break
    if best is None:
        raise Unreadable("empty_file")
    return best[1]


def _tables(frame: pl.DataFrame, extent: _Extent, layout: Layout) -> Iterator[tuple[tuple[bool, int], Table]]:
    """Yield, for each of the first rows that is not empty, how it would do as the header, and the table."""
    faults = (
        Fault(sorted(extent.errors), r"^$", "单元格是公式错误"),
        Fault(sorted(extent.long_numbers), r"^-?[0-9]{16,}$", "数字超过 15 位，Excel 已改变末位，应设为文本"),
    )
    for line, row in enumerate(frame.head(WITHIN).rows(), 1):
        names = [(name or "").strip() for name in row]
        while names and not names[-1]:
            names.pop()
        if not names:
            continue
        rest = frame.slice(line).select(frame.columns[: len(names)])
        read = _reader(rest, line + 1)
        yield fit(names, layout), Table(FileFormat.XLSX, line, names, read, faults)


def _reader(rows: pl.DataFrame, line: int) -> Callable[[], Iterator[pl.DataFrame]]:
    def read() -> Iterator[pl.DataFrame]:
        for start in range(0, rows.height, PAGE):
            yield numbered(rows.slice(start, PAGE), line + start)

    return read


def _load(reader: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """Return a sheet from its first row on, without the empty rows at its end."""
    frame = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    filled = frame.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(False)).to_series()
    last = filled.arg_true().max()
    return frame.head(0 if last is None else int(last) + 1).select(_shown(column) for column in frame.columns)


def _shown(column: str) -> pl.Expr:
    """Return a cell as Excel shows it: a day without its midnight, a number without the noise of binary."""
    text = pl.col(column).str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$", "${1}")
    noisy = text.str.contains(r"^-?[0-9]+\.[0-9]+$") & (text.str.len_chars() > 16)
    return pl.when(noisy).then(text.cast(pl.Float64, strict=False).cast(pl.String)).otherwise(text)


def _refuse_bomb(book: zipfile.ZipFile, packed: int) -> None:
    """Unpack all, piece by piece: the sizes that a file states of itself prove nothing."""
    unpacked = sum(info.file_size for info in book.infolist())
    if unpacked > MOST_BYTES or unpacked > max(FREE_BYTES, packed * MOST_RATIO):
        raise Unreadable("workbook_too_large", megabytes=unpacked // 1024**2, most=MOST_BYTES // 1024**2)
    if book.testzip() is not None:
        raise Unreadable("damaged_file")


def _sheet_parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    parts = {}
    for sheet in ElementTree.fromstring(book.read(WORKBOOK)).findall(".//{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in book.namelist() and "worksheets/" in part:
            parts[sheet.get("name", "")] = part
    return parts


def _measure(book: zipfile.ZipFile, part: str) -> _Extent:
    """Read through the XML of a sheet; Unreadable when loading it would take too much memory."""
    extent, rest = _Extent(), b""
    with book.open(part) as file:
        while piece := file.read(PIECE):
            text = rest + piece
            _take(extent, text)
            rest = text[-OVERLAP:]
    if extent.rows * extent.columns > MOST_CELLS:
        raise Unreadable("workbook_too_many_cells", cells=extent.rows * extent.columns, most=MOST_CELLS)
    return extent


def _take(extent: _Extent, text: bytes) -> None:
    for letters, digits in set(_PLACE.findall(text)):
        extent.rows = max(extent.rows, int(digits))
        extent.columns = max(extent.columns, _column(letters))
    for found in _ERROR.finditer(text):
        _note(extent.errors, text[text.rfind(b"<", 0, found.start()) : text.find(b">", found.end())])
    for found in _LONG.finditer(text):
        start = max(text.rfind(b"<c ", 0, found.start()), text.rfind(b":c ", 0, found.start()))
        opening = text[start : text.find(b">", start)]
        if not _NUMERIC.search(opening):
            _note(extent.long_numbers, opening)


def _note(rows: set[int], opening: bytes) -> None:
    if place := _PLACE.search(opening):
        rows.add(int(place[2]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
