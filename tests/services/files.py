"""The same rows as the files that clerks send them in. Rows are lists of texts, the header first."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

Rows = Sequence[Sequence[str]]


def csv_file(rows: Rows, encoding: str = "gb18030", *, quoted: bool = False) -> bytes:
    """Return a CSV; `quoted`: each cell in quotes."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook: texts as texts, numbers as numbers, datetimes as days, None as nothing."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for rows in sheets:
            sheet = book.add_worksheet()
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    _write(sheet, line, place, cell, day)
    return content.getvalue()


def _write(sheet: Any, line: int, place: int, cell: Any, day: Any) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(line, place, cell, day)
    elif isinstance(cell, int | float):
        sheet.write_number(line, place, cell)
    elif isinstance(cell, str) and cell.startswith("=ERROR"):
        sheet.write_formula(line, place, "=1/0", None, "#DIV/0!")
    elif cell is not None:
        sheet.write_string(line, place, cell)


def parquet_file(rows: Rows, folder: Path, **columns: Any) -> bytes:
    """Return a Parquet file of texts; `columns`: other dtypes by header."""
    header, *records = rows
    frame = pl.DataFrame(records, schema=dict.fromkeys(header, pl.String), orient="row")
    frame = frame.with_columns(pl.col(name).cast(dtype) for name, dtype in columns.items())
    frame.write_parquet(folder / "file.parquet", row_group_size=7)
    return (folder / "file.parquet").read_bytes()
