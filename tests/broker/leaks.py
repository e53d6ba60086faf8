"""Finds personal data and secrets where they must not be: in tables, and in what processes log.

leaks = find_leaks(house, {"13800000001", "263707101046", "Song-Shan-2023", "482913"})
assert not leaks, leaks

Every column of every table is looked into, inbox and outbox among them, whatever its type; JSON is taken
apart. A value is found where it stands alone, not within a longer word or number. Numbers that are no texts
(amounts, counters) count from eight digits on: shorter ones are many, and would be a code now and then by
chance. Times are passed over for the same reason.

with overheard() as values:  # what people type and are told by HTTP meanwhile
    chapter.play(house)
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from deploy.local.house import House

SHORTEST = 6  # characters: shorter values are everywhere
LONG_NUMBER = 8  # digits
_SECRET = re.compile(r"password|passwd|secret|id_number$|phone$|account$|sms_code|^code$|token|pin", re.I)
_CODE = re.compile(r"验证码(\d{6})")
_WORDS = re.compile(r"[0-9A-Za-z]+")
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?")


@dataclass(frozen=True, order=True)
class Leak:
    """Where a value stands: `subsidy.units.phone` or `house.log:17`; and how often."""

    place: str
    value: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.place}: {self.value} ({self.count}×)"


class Values:
    """The values to look for. Those of one word are found by their words, however many they are."""

    def __init__(self, values: Iterable[str]) -> None:
        values = set(values)
        if short := [value for value in values if len(value) < SHORTEST]:
            raise ValueError(
                f"{len(short)} values are shorter than {SHORTEST} characters: they are everywhere"
            )
        self._words = {value for value in values if _WORDS.fullmatch(value)}
        self._phrases = sorted(values - self._words)

    def in_text(self, text: str) -> set[str]:
        """Return the values that stand alone in a text."""
        found = self._words.intersection(_WORDS.findall(_TIMES.sub(" ", text)))
        return found | {phrase for phrase in self._phrases if phrase in text}

    def in_cell(self, cell: Any) -> set[str]:
        """Return the values in what a database hands out: texts, bytes, numbers, JSON."""
        if cell is None or isinstance(cell, bool | float | date | datetime):
            return set()
        if isinstance(cell, int):
            return self.in_text(str(cell)) if len(str(cell)) >= LONG_NUMBER else set()
        if isinstance(cell, dict | list | tuple):
            items = [*cell, *cell.values()] if isinstance(cell, dict) else cell
            return {value for item in items for value in self.in_cell(item)}
        if isinstance(cell, bytes | memoryview):
            return self.in_text(bytes(cell).decode("utf-8", "replace"))
        text = str(cell)
        taken_apart = _from_json(text)
        return self.in_text(text) if taken_apart is None else self.in_cell(taken_apart)


def find_leaks(place: House | Path, values: Iterable[str]) -> list[Leak]:
    """Return where these values stand in the databases and logs of a house, or in a folder of *.db, *.log."""
    wanted = Values(values)
    folder = place.folder if isinstance(place, House) else Path(place)
    found: dict[tuple[str, str], int] = {}
    for name, url in _databases(place):
        for where, cell in _cells(url):
            for value in wanted.in_cell(cell):
                found[f"{name}.{where}", value] = found.get((f"{name}.{where}", value), 0) + 1
    for log in sorted(folder.rglob("*.log")):
        for number, line in enumerate(log.read_text(errors="replace").splitlines(), start=1):
            for value in wanted.in_cell(line):
                found[f"{log.relative_to(folder)}:{number}", value] = 1
    return sorted(Leak(where, value, count) for (where, value), count in found.items())


@contextmanager
def overheard() -> Iterator[set[str]]:
    """Collect what goes over `requests` in this block and is secret or personal: passwords, PINs, codes, id
    numbers, phones, bank accounts, secrets of a second factor, cookies. Masked ones are not."""
    values: set[str] = set()
    real = requests.Session.request

    def request(session: requests.Session, *args: Any, **options: Any) -> requests.Response:
        answer = real(session, *args, **options)
        values.update(_secrets_in("", options.get("json")), session.cookies.values())
        if "json" in answer.headers.get("Content-Type", ""):
            values.update(_secrets_in("", answer.json()))
        return answer

    requests.Session.request = request  # type: ignore[method-assign]
    try:
        yield values
    finally:
        requests.Session.request = real  # type: ignore[method-assign]


def _secrets_in(name: str, item: Any) -> Iterator[str]:
    """Yield what is secret by its name, or a code by the words before it."""
    if isinstance(item, dict):
        for key, inner in item.items():
            yield from _secrets_in(key, inner)
    elif isinstance(item, list):
        for inner in item:
            yield from _secrets_in(name, inner)
    elif isinstance(item, str):
        yield from _CODE.findall(item)
        is_name = name in ("account", "code") and not item.isdecimal()  # of a clerk, of a problem
        if _SECRET.search(name) and not is_name and len(item) >= SHORTEST and "*" not in item:
            yield item


def _databases(place: House | Path) -> Iterator[tuple[str, str]]:
    if isinstance(place, House):
        for name, url in sorted(place.environment.items()):
            if name.endswith("_DATABASE_URL"):
                yield name.removesuffix("_DATABASE_URL").lower(), url
        return
    for path in sorted(Path(place).glob("*.db")):
        yield path.stem, f"sqlite:///{path}"


def _cells(url: str) -> Iterator[tuple[str, Any]]:
    """Yield (table.column, what is really there) of a database, past the types of the application."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                quoted = engine.dialect.identifier_preparer.quote(table)
                rows = connection.execution_options(yield_per=1000).exec_driver_sql(f"SELECT * FROM {quoted}")
                names = list(rows.keys())
                for row in rows:
                    yield from ((f"{table}.{name}", cell) for name, cell in zip(names, row, strict=True))
    finally:
        engine.dispose()


def _from_json(text: str) -> Any:
    """Return the object or list that a text is; None for any other text."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
