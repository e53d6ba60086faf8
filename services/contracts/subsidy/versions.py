"""Versions: each import that counts is a version of its kind, and what is different from an earlier one."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import ImportId, Money


class ChangeKind(StrEnum):
    """What happened to a line between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class DiffState(StrEnum):
    """FIRST: no version came before. WAITING: nobody has compared yet, or a worker is at it."""

    FIRST = "first"
    WAITING = "waiting"
    DONE = "done"


class VersionView(View):
    """An import that counts, and its number among those of its kind."""

    import_id: ImportId
    version: int
    filename: str
    received_at: datetime


class FieldCountView(View):
    """In how many lines a field is different."""

    field: str
    count: int


class MonthsView(View):
    """Contributions: months of this file that are new, replaced or as they were; `paid` of them, in fen.

    Before: what counted for these months when `against` was the latest version. A month is never removed.
    """

    added: int
    changed: int
    unchanged: int
    paid_before: Money
    paid_after: Money


class ImportDiffView(View):
    """What is different between two versions; the counts are 0 until it is DONE.

    They count insured units, or entries of a list. `earlier`: the versions it may be held against.
    """

    import_id: ImportId
    kind: ImportKind
    version: int
    state: DiffState
    against: VersionView | None
    earlier: tuple[VersionView, ...]
    added: int = 0
    removed: int = 0
    changed: int = 0
    unchanged: int = 0
    fields: tuple[FieldCountView, ...] = ()
    months: MonthsView | None = None


class FieldChangeView(View):
    """A value before and after; accounts and phones are masked. None: there was or is none."""

    field: str
    before: str | None
    after: str | None


class ImportChangeView(View):
    """A line that is different. `key`: unit number, or credit code on a list; `month`: of contributions."""

    key: str
    unit_name: str | None
    kind: ChangeKind
    month: int | None
    fields: tuple[FieldChangeView, ...]


class ImportChangesView(View):
    """A page of changes in the order of their keys."""

    changes: tuple[ImportChangeView, ...]
    next_after: str | None


class GetImportDiff(Query[ImportDiffView]):
    """Show what is different from an earlier version; None: the one before. Refused `import_not_done`."""

    import_id: ImportId
    against: ImportId | None = None


class ListImportChanges(Query[ImportChangesView]):
    """Show the changed lines within the clerk's region. Of contributions the first 1,000 changes are kept."""

    import_id: ImportId
    against: ImportId | None = None
    kind: ChangeKind | None = None
    field: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")] | None = None
    after: Annotated[str, Field(pattern=r"^([0-9A-Z]{1,18}|[0-9]{12}\.[0-9]{6}\.[0-4])$")] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class StartComparison(Command[ImportDiffView]):
    """Hold an import against another earlier version; a worker does it."""

    import_id: ImportId
    against: ImportId


class ComparisonRequested(Event):
    """Two versions wait to be compared."""

    version: Literal[1] = 1
    import_id: ImportId
    against: ImportId


class ImportCompared(Event):
    """A new version has been held against its neighbours."""

    version: Literal[1] = 1
    import_id: ImportId
    kind: ImportKind
