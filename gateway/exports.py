"""Lists as CSV for spreadsheets, written while they are read: a million lines need no memory."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, stream_with_context

from gateway import auth
from gateway.bus import ask

Row = tuple[object, ...]

PAGE = 1000  # lines that are asked for at once
BOM = "\ufeff"  # without it spreadsheets take UTF-8 for GB18030
# What makes a spreadsheet run a cell instead of showing it (OWASP, CSV injection).
_RUNS = frozenset("=+-@\t\r\n＝＋－＠")


def guarded(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in _RUNS else text


def read_pages(query: Any, header: Row, rows: Callable[[Any], Iterable[Row]]) -> Iterator[list[Row]]:
    """Yield the header with the first page of a list, then page by page; the session stays alive meanwhile.

    `query` has `after`, its view `next_after`; `rows` turns a view into lines.
    """
    head = [header]
    while True:
        page = ask(query)
        yield head + list(rows(page))
        if page.next_after is None:
            return
        head, query = [], query.model_copy(update={"after": page.next_after})
        auth.stay()


def csv_file(pages: Iterable[Sequence[Sequence[object]]], filename: str) -> Response:
    """Send pages of rows as one file, each page as soon as it is there.

    The first page is asked for before anything is promised; a failure later breaks the transfer off, so
    that a browser does not take what it has for the whole.
    """
    parts = _encoded(pages)
    first = next(parts, "")

    def text() -> Iterator[str]:
        yield BOM + first
        yield from parts

    response = Response(stream_with_context(text()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def _encoded(pages: Iterable[Sequence[Sequence[object]]]) -> Iterator[str]:
    for page in pages:
        piece = io.StringIO()
        csv.writer(piece).writerows([guarded(cell) for cell in row] for row in page)
        yield piece.getvalue()
