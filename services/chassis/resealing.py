"""Rotation of field keys: what another key has sealed is sealed with the present one, while services run.

Walks every table by its primary key, a page at a time: reads without a lock, then changes what is stale in a
short transaction of its own, where the column still holds what was read. What a service has locked is passed
over and met again in the next round. Interrupted, it is run again: what is done is not stale any more.

Columns with `info={"keyed": (purpose, sealed column)}` are computed anew with the present fingerprint key.
Not reached, for their texts are not kept: other keyed hashes (codes that were sent, quotas, what a repeated
command is recognised by). Not reached either: messages that are with the broker, dead letters among them.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.chassis import sealing
from services.chassis.database import Database, claim
from services.chassis.sealing import SealedText, Unsealable

PAGE, LARGE_PAGE = 500, 50  # rows; bodies of events may be large
ROUNDS = 5
PAUSE = 0.01  # seconds between two transactions: on SQLite others want to write as well
PATIENCE = 1.0  # seconds, then twice, three times as many, until rows that others hold are looked for again

Renewed = tuple[Any | None, list[str]]  # the new value, None: it is well; the keys of what cannot be unsealed


@dataclass(frozen=True)
class Stale:
    """A column that may hold what is stale, how it is read, and how a value that was read becomes new."""

    column: sa.Column[Any]
    read: tuple[sa.ColumnElement[Any], ...]  # what the column holds, as text; and what else is needed
    where: sa.ColumnElement[bool]
    renew: Callable[..., Renewed]
    type: Any = field(default_factory=sa.Text)
    page: int = PAGE

    @property
    def name(self) -> str:
        """Return table.column."""
        return f"{self.column.table.name}.{self.column.name}"


@dataclass
class Report:
    """How many values were renewed, by table.column; how many could not be, by table.column and key."""

    renewed: Counter[str] = field(default_factory=Counter)
    unsealable: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)  # stale still, after all rounds

    @property
    def is_complete(self) -> bool:
        """Is everything in order?"""
        return not self.unsealable and not self.left

    def lines(self) -> Iterator[str]:
        """Yield what there is to say; never a value."""
        for name, count in self.renewed.items():
            yield f"{name}: {count} renewed"
        for (name, key), count in self.unsealable.items():
            yield f"{name}: {count} CANNOT BE UNSEALED, key {key}"
        for name, count in self.left.items():
            yield f"{name}: {count} LEFT: a process still seals with another key, or holds the rows"


def reseal(database: Database, tables: Iterable[sa.MetaData]) -> Report:
    """Renew what is stale in these tables, in as many rounds as it takes (five at most)."""
    report = Report()
    for metadata in tables:
        for table in metadata.sorted_tables:
            for stale in _stale_columns(table):
                report.renewed[stale.name] += 0
                _renew_column(database, stale, report)
    return report


def _stale_columns(table: sa.Table) -> Iterator[Stale]:
    """Yield the columns of a table that have to do with keys, keyed hashes last."""
    for column in table.c:
        if isinstance(column.type, SealedText):
            token, mark = sa.type_coerce(column, sa.Text), f"{sealing.current_key()}."
            others = column.is_not(None) & (sa.func.substr(token, 1, len(mark)) != mark)
            yield Stale(column, (token,), others, _renew_token)
        if isinstance(column.type, sa.JSON):
            text = sa.cast(column, sa.Text)
            yield Stale(column, (text,), column.is_not(None), _renew_json, column.type, LARGE_PAGE)
    for column in table.c:
        if "keyed" in column.info:
            purpose, sealed = column.info["keyed"]
            token = sa.type_coerce(table.c[sealed], sa.Text)
            yield Stale(column, (column, token), table.c[sealed].is_not(None), _renew_hash(purpose))


def _renew_token(token: str) -> Renewed:
    if sealing.key_of(token) == sealing.current_key():
        return None, []
    try:
        return sealing.seal(sealing.unseal(token)), []
    except Unsealable:
        return None, [sealing.key_of(token) or "none: it is no token"]


def _renew_json(text: str) -> Renewed:
    """Renew the strings that are tokens within a JSON text: JSON writes them as they are."""
    bad: list[str] = []

    def renew(match: Any) -> str:
        token = match[1]
        if sealing.key_of(token) is None:
            return str(match[0])
        new, unsealable = _renew_token(token)
        bad.extend(unsealable)
        return f'"{new or token}"'

    new = sealing.QUOTED_TOKEN.sub(renew, text)
    return (None if new == text else json.loads(new)), bad


def _renew_hash(purpose: str) -> Callable[[str | None, str], Renewed]:
    def renew(old: str | None, token: str) -> Renewed:
        try:
            new = sealing.fingerprint(f"{purpose}:{sealing.unseal(token)}")
        except Unsealable:
            return None, [sealing.key_of(token) or "none: it is no token"]
        return (None if new == old else new), []

    return renew


def _renew_column(database: Database, stale: Stale, report: Report) -> None:
    """Go round until nothing stale is found; what cannot be unsealed is as the last round found it."""
    for number in range(ROUNDS):
        found, done, unsealable = 0, 0, Counter[tuple[str, str]]()
        for rows in _pages(database, stale):
            renewed = {_key(stale, row): stale.renew(*_read(stale, row)) for row in rows}
            unsealable.update((stale.name, key) for _, keys in renewed.values() for key in keys)
            keys = [key for key, (new, _) in renewed.items() if new is not None]
            if keys:
                found += len(keys)
                done += database.transact(_Change(stale, keys[0], keys[-1]))
                time.sleep(PAUSE)
        report.renewed[stale.name] += done
        if not found:
            break
        if done < found:
            time.sleep(PATIENCE * number)
    else:
        report.left[stale.name] = found
    report.unsealable.update(unsealable)


@dataclass(frozen=True)
class _Change:
    """Renews the rows from one key to another in one transaction, as they are now, unless held."""

    stale: Stale
    first: tuple[Any, ...]
    last: tuple[Any, ...]

    def __call__(self, connection: sa.Connection) -> int:
        own = _primary(self.stale)
        here = (sa.tuple_(*own) >= _literal(self.stale, self.first)) & (
            sa.tuple_(*own) <= _literal(self.stale, self.last)
        )
        some = sa.select(*own, *self.stale.read).where(here, self.stale.where)
        changes = []
        for row in connection.execute(claim(some, key_share=True)).all():
            new, _ = self.stale.renew(*_read(self.stale, row))
            if new is not None:
                changes.append((*_key(self.stale, row), _read(self.stale, row)[0], new))
        if changes and connection.dialect.name == "sqlite":
            names = [f"given_{number}" for number in range(len(own) + 2)]
            update = self._update([sa.bindparam(name) for name in names])
            connection.execute(update, [dict(zip(names, change, strict=True)) for change in changes])
        elif changes:  # one statement instead of one for each row
            given = [sa.column(column.name, column.type) for column in own]
            given += [sa.column("old_value", sa.Text()), sa.column("new_value", self.stale.type)]
            connection.execute(self._update(list(sa.values(*given, name="given").data(changes).c)))
        return len(changes)

    def _update(self, given: Sequence[Any]) -> sa.Update:
        """Return the update for what is given: the key, the old value, the new one."""
        *keys, old, new = given
        column = self.stale.column
        matches = [own == key for own, key in zip(_primary(self.stale), keys, strict=True)]
        same = self.stale.read[0].is_not_distinct_from(sa.type_coerce(old, sa.Text()))
        value = {column.name: sa.type_coerce(new, self.stale.type)}
        return sa.update(column.table).where(*matches, same).values(value)


def _pages(database: Database, stale: Stale) -> Iterator[Sequence[sa.Row[Any]]]:
    """Yield the rows that may be stale in the order of their key; each page is a read of its own."""
    own, after = _primary(stale), None
    while True:
        query = sa.select(*own, *stale.read).where(stale.where).order_by(*own).limit(stale.page)
        if after is not None:
            query = query.where(sa.tuple_(*own) > _literal(stale, after))
        with database.read() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        after = _key(stale, rows[-1])
        yield rows


def _literal(stale: Stale, key: tuple[Any, ...]) -> sa.Tuple:
    values = zip(key, _primary(stale), strict=True)
    return sa.tuple_(*(sa.literal(value, column.type) for value, column in values))


def _primary(stale: Stale) -> list[sa.Column[Any]]:
    return list(stale.column.table.primary_key.columns)


def _key(stale: Stale, row: sa.Row[Any]) -> tuple[Any, ...]:
    return tuple(row[: len(_primary(stale))])


def _read(stale: Stale, row: sa.Row[Any]) -> tuple[Any, ...]:
    return tuple(row[len(_primary(stale)) :])
