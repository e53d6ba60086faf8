"""PostgreSQL's COPY in its text format: rows as a stream that is never whole in memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

Processor = Callable[[Any], Any] | None
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class CopyText:
    """A file-like object over rows, as `copy_expert` reads it. `processors`: one per column, or None."""

    def __init__(self, rows: Iterable[tuple[Any, ...]], processors: Sequence[Processor]) -> None:
        self._lines = (_line(row, processors) for row in rows)
        self._rest = bytearray()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""
        for line in self._lines:
            self._rest += line
            if len(self._rest) >= size:
                break
        taken = bytes(self._rest[:size])
        del self._rest[:size]
        return taken


def copy_processor(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Processor:
    """Return what a column's type does to a value on its way in; what COPY writes itself stays as it is."""
    kind = type_.impl_instance if isinstance(type_, sa.TypeDecorator) else type_
    if isinstance(kind, sa.LargeBinary | sa.Uuid | sa.DateTime):
        return None
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _line(row: tuple[Any, ...], processors: Sequence[Processor]) -> bytes:
    if len(row) != len(processors):
        raise ValueError(f"a row of {len(row)} values for {len(processors)} columns")
    values = [
        value if process is None or value is None else process(value)
        for value, process in zip(row, processors, strict=True)
    ]
    fields = [(_WRITERS.get(type(value)) or _writer_of(value))(value) for value in values]
    return ("\t".join(fields) + "\n").encode()


def _writer_of(value: Any) -> Callable[[Any], str]:
    """Return the writer of a subclass: the words of an enumeration."""
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write
    raise TypeError(f"COPY cannot take a {type(value).__name__}")


def _escaped(text: str) -> str:
    """Escape what has a meaning in the format; most texts have none of it, and are told at a glance."""
    return str(text) if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    bool: lambda value: "t" if value else "f",
    int: str,
    UUID: lambda value: f"{value.int:032x}",
    NoneType: lambda _: r"\N",
    datetime: datetime.isoformat,
    date: date.isoformat,
    bytes: lambda value: rf"\\x{value.hex()}",
    float: str,
    Decimal: str,
}
