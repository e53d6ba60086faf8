"""What is different between two versions. Pure: sorted rows in, changes out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.subsidy.versions import ChangeKind
from services.contracts.values import ImportId
from services.subsidy.registry.domain import Import

# A field's place is its bit in the masks that are kept: append only.
UNIT_FIELDS = (
    *("credit_code", "unit_name", "unit_type", "size_class", "industry", "region", "headcount"),
    *("labour_dispatch", "audit_findings", "account_name", "account", "bank", "contact", "phone"),
    *("employees", "revenue", "assets"),
)
LIST_FIELDS = ("unit_name", "listed_on")
MONTH_FIELDS = ("headcount", "due", "paid", "repaid", "exempt")
FIELDS = {
    ImportKind.EMPLOYERS: UNIT_FIELDS,
    ImportKind.DISHONEST: LIST_FIELDS,
    ImportKind.ZOMBIE: LIST_FIELDS,
    ImportKind.CONTRIBUTIONS: MONTH_FIELDS,
}
MOST_MONTHS = 1000  # changed fields of months that are kept to be looked at

Row = Sequence[Any]  # the key, then the values in the order of FIELDS


@dataclass(frozen=True)
class Change:
    """What became of a line: `kind` None is nothing; `mask` has a bit for each changed field."""

    key: str
    kind: ChangeKind | None
    mask: int = 0


@dataclass
class Tally:
    """Counts of changes, kept while they pass."""

    kinds: Counter[ChangeKind | None] = field(default_factory=Counter)
    masks: Counter[int] = field(default_factory=Counter)

    def count(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Let changes pass; what is unchanged is counted and stays behind."""
        for change in changes:
            self.kinds[change.kind] += 1
            if change.kind is not None:
                self.masks[change.mask] += 1
                yield change

    def fields(self, names: Sequence[str]) -> dict[str, int]:
        """Return in how many changed lines each field is different, in the order of the fields."""
        counts = {
            name: sum(count for mask, count in self.masks.items() if mask >> place & 1)
            for place, name in enumerate(names)
        }
        return {name: count for name, count in counts.items() if count}


def changes_between(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Change]:
    """Yield what became of each key; both sides come sorted by their keys, which do not repeat."""
    olds, news = iter(old), iter(new)
    before, after = next(olds, None), next(news, None)
    while before is not None or after is not None:
        if before is None or (after is not None and after[0] < before[0]):
            assert after is not None
            yield Change(after[0], ChangeKind.ADDED)
            after = next(news, None)
        elif after is None or before[0] < after[0]:
            yield Change(before[0], ChangeKind.REMOVED)
            before = next(olds, None)
        else:
            mask = mask_of(before, after)
            yield Change(after[0], ChangeKind.CHANGED if mask else None, mask)
            before, after = next(olds, None), next(news, None)


def mask_of(before: Row, after: Row) -> int:
    """Return a bit for each value after the key that is different."""
    pairs = zip(before[1:], after[1:], strict=True)
    return sum(1 << place for place, (old, new) in enumerate(pairs) if old != new)


def fields_of(mask: int, names: Sequence[str]) -> list[str]:
    """Return the fields whose bits are set."""
    return [name for place, name in enumerate(names) if mask >> place & 1]


@dataclass(frozen=True)
class Lineage:
    """The imports of a kind that count, the earliest first: the first is version 1."""

    imports: tuple[Import, ...]

    def place(self, import_id: ImportId) -> int:
        """Return where an import stands; Refused when it does not count (yet), or never will."""
        for place, one in enumerate(self.imports):
            if one.id == import_id:
                return place
        raise Refused("import_not_done", "this import does not count")

    def against(self, one: Import, chosen: ImportId | None) -> Import | None:
        """Return the version to hold `one` against: the chosen one, or the one before; None: it is the first.

        Refused unless the chosen one is earlier.
        """
        here = self.place(one.id)
        if chosen is None:
            return self.imports[here - 1] if here else None
        if all(each.id != chosen for each in self.imports):
            raise Missing("import_missing", "there is no such version of this kind")
        there = self.place(chosen)
        if there >= here:
            raise Refused("version_not_earlier", "a version is held against an earlier one")
        return self.imports[there]

    def pairs(self, import_id: ImportId) -> list[tuple[Import, Import]]:
        """Return what has to be compared when this import is done: with the one before, the next with it.

        The next may be there already: a small file overtakes a large one.
        """
        here = self.place(import_id)
        pairs = zip(self.imports[1:], self.imports, strict=False)
        return [(new, old) for new, old in pairs if self.imports[here] in (new, old)]

    def up_to(self, one: Import) -> tuple[Import, ...]:
        """Return a version and all before it, the earliest first."""
        return self.imports[: self.place(one.id) + 1]


def refuse_unfinished(one: Import) -> None:
    """Only an import that counts is a version."""
    if one.state is not ImportState.DONE:
        raise Refused("import_not_done", "this import does not count")
