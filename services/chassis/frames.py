"""Whole columns into a table: COPY's text written by Polars on PostgreSQL, the driver's own rows on SQLite.

Only for worker processes: Polars is large, and services do not load it.
"""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import polars as pl
import sqlalchemy as sa

SLICE = 10_000  # rows in memory twice
PIECE = 1 << 18
PLAIN = (pl.String, pl.Boolean, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Null)
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}  # of COPY's text


def insert_frame(connection: sa.Connection, table: sa.Table, frame: pl.DataFrame, **same: Any) -> None:
    """Insert every row of a frame, and with each of them the values of `same`. Null is NULL.

    A frame's column has the name of the table's and goes in as it is: text, whole numbers, truth; of `same`
    the columns' types are applied. Defaults of Python are not: name each column.
    """
    if odd := [name for name, kind in frame.schema.items() if kind not in PLAIN]:
        raise TypeError(f"these columns would need a type of the table: {odd}")
    dialect = connection.dialect
    values = [pl.lit(_bound(table.c[name], value, dialect)).alias(name) for name, value in same.items()]
    slices = (part.select(*values, pl.all()) for part in frame.iter_slices(SLICE) if part.height)
    names = [dialect.identifier_preparer.quote(table.c[name].name) for name in (*same, *frame.columns)]
    target = f"{dialect.identifier_preparer.format_table(table)} ({', '.join(names)})"
    if dialect.name == "postgresql":
        with closing(connection.connection.cursor()) as cursor:
            cursor.copy_expert(f"COPY {target} FROM STDIN", _CopyText(slices), size=PIECE)
    else:
        insert = f"INSERT INTO {target} VALUES ({', '.join('?' * len(names))})"
        for part in slices:
            connection.exec_driver_sql(insert, part.rows())


def _bound(column: sa.Column[Any], value: Any, dialect: sa.Dialect) -> str | int | None:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    bound = process(value) if process else value
    return bound if bound is None or isinstance(bound, int) else str(bound)


class _CopyText:
    """A file-like object over slices of a frame, as `copy_expert` reads it."""

    def __init__(self, slices: Iterator[pl.DataFrame]) -> None:
        self._slices = slices
        self._text = io.BytesIO()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""
        while not (piece := self._text.read(size)):
            part = next(self._slices, None)
            if part is None:
                return b""
            self._text = io.BytesIO()
            _escaped(part).write_csv(
                self._text, include_header=False, separator="\t", null_value="\\N", quote_style="never"
            )
            self._text.seek(0)
        return piece


def _escaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Few texts have anything to escape: look first."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    risky = frame.select(pl.col(texts).str.contains_any(list(_ESCAPES)).any()) if texts else pl.DataFrame()
    columns = [series.name for series in risky if series[0]]
    return frame.with_columns(
        pl.col(columns).str.replace_many(list(_ESCAPES), list(_ESCAPES.values()), leftmost=True)
    )
