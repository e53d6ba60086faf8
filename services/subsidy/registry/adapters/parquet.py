"""Parquet files, as a clerk would see them in a table: whole numbers plainly, decimals with two digits.

A float is written with the digits that tell it from its neighbours: one that is no cents is rejected by
the rules of its column, never rounded. Columns that no table shows (lists, bytes) are passed over. Rows are
read in slices, so that memory stays flat whatever the size of the row groups.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from services.contracts.subsidy.registry import FileFormat
from services.subsidy.registry.adapters.blocks import Unreadable
from services.subsidy.registry.adapters.tables import PAGE, Table, numbered

SLICE = 5 * PAGE
MOST_ROWS = 100_000_000  # twice the months of a large province: a few bytes can promise any number
LONGEST_CELL = 2 * 1024 * 1024
EXACT = 10**15  # from here on floats pass over whole numbers


def open_parquet(path: Path) -> Table:
    """Return the table of a Parquet file; the header counts as line 1."""
    try:
        schema = pl.scan_parquet(path, glob=False).collect_schema()
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise Unreadable("damaged_file") from None
    if rows > MOST_ROWS:
        raise Unreadable("too_many_rows", rows=rows, most=MOST_ROWS)
    texts = {name: text for name, dtype in schema.items() if (text := _text(name, dtype)) is not None}
    if not texts:
        raise Unreadable("empty_file")
    names = [name.strip() for name in texts]
    return Table(FileFormat.PARQUET, 1, names, lambda: _read(path, list(texts.values()), rows))


def _read(path: Path, texts: list[pl.Expr], rows: int) -> Iterator[pl.DataFrame]:
    for start in range(0, rows, SLICE):
        try:
            part = pl.scan_parquet(path, glob=False).slice(start, SLICE).select(texts)
            frame = part.collect(engine="streaming")
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            raise Unreadable("damaged_file") from None
        longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
        if (longest or 0) > LONGEST_CELL:
            raise Unreadable("line_too_long", line=start + 2)
        page = numbered(frame, start + 2)
        yield from page.iter_slices(PAGE)


def _text(name: str, dtype: pl.DataType) -> pl.Expr | None:
    """Return a column as text; None for what no table shows."""
    column = pl.col(name)
    if dtype.is_integer() or dtype in (pl.String, pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if dtype.is_decimal():
        return _decimal(column, dtype)
    if dtype.is_float():
        exact = column.cast(pl.Float64)
        text = exact.cast(pl.String).str.replace(r"\.0$", "")
        return pl.when(exact.abs() < EXACT).then(text).otherwise(text + "（浮点数）").alias(name)
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("是")).when(~column).then(pl.lit("否")).alias(name)
    if dtype == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    return column.cast(pl.String) if dtype == pl.Null else None


def _decimal(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return decimals with two digits, or with more where there are more."""
    text = column.cast(pl.String)
    scale = getattr(dtype, "scale", 0)
    if scale == 1:
        return text + "0"
    return text.str.replace(r"(\.[0-9]{2}[0-9]*?)0+$", "${1}") if scale > 2 else text
