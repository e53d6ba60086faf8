"""Two versions side by side: what the difference says, applied to the old one, gives the new one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.registry import ImportState
from services.contracts.subsidy.versions import ChangeKind
from services.contracts.values import BlobRef
from services.subsidy.registry.domain import Import
from services.subsidy.versions.adapters.months import MonthsTally
from services.subsidy.versions.domain import (
    MONTH_FIELDS,
    Lineage,
    Tally,
    changes_between,
    fields_of,
)

NAMES = ("one", "two", "three")
VALUES = some.tuples(*[some.one_of(some.none(), some.integers(0, 2))] * len(NAMES))
VERSION = some.dictionaries(some.text("0123", min_size=1, max_size=3), VALUES, max_size=20)
MONTHS = some.dictionaries(
    some.tuples(some.integers(1, 4), some.integers(202201, 202204)),
    some.tuples(*[some.integers(0, 2)] * len(MONTH_FIELDS)),
    max_size=16,
)
AT = datetime(2023, 9, 1, tzinfo=UTC)


def rows(version):
    return [(key, *values) for key, values in sorted(version.items())]


@given(VERSION, VERSION)
def test_the_difference_applied_to_the_old_version_gives_the_new_one(old, new):
    tally = Tally()
    result = dict(old)
    for change in tally.count(changes_between(rows(old), rows(new))):
        if change.kind is ChangeKind.REMOVED:
            del result[change.key]
        elif change.kind is ChangeKind.ADDED:
            assert change.key not in old
            result[change.key] = new[change.key]
        else:
            changed = fields_of(change.mask, NAMES)
            pairs = zip(NAMES, old[change.key], new[change.key], strict=True)
            result[change.key] = tuple(now if name in changed else was for name, was, now in pairs)
            assert changed
    assert result == new
    kinds = tally.kinds
    assert kinds[ChangeKind.ADDED] + kinds[ChangeKind.CHANGED] + kinds[None] == len(new)
    assert kinds[ChangeKind.REMOVED] + kinds[ChangeKind.CHANGED] + kinds[None] == len(old)


@given(VERSION, VERSION)
def test_a_field_is_counted_once_for_each_line_in_which_it_is_different(old, new):
    tally = Tally()
    list(tally.count(changes_between(rows(old), rows(new))))
    both = [(old[key], new[key]) for key in old.keys() & new.keys()]
    counts = {name: sum(a[i] != b[i] for a, b in both) for i, name in enumerate(NAMES)}
    assert tally.fields(NAMES) == {name: count for name, count in counts.items() if count}


def frame(months):
    schema = dict.fromkeys(("unit_no", "month", *MONTH_FIELDS), pl.Int64)
    return pl.DataFrame([(*key, *values) for key, values in months.items()], schema=schema, orient="row")


@given(MONTHS, MONTHS)
def test_months_are_added_or_replaced_and_never_removed(before, now):
    tally = MonthsTally()
    tally.take(frame(before), frame(now))
    same = before.keys() & now.keys()
    changed = {key for key in same if before[key] != now[key]}
    paid = MONTH_FIELDS.index("paid")
    assert (tally.added, tally.changed, tally.unchanged) == (
        len(now) - len(same),
        len(changed),
        len(same) - len(changed),
    )
    assert tally.paid_after == sum(values[paid] for values in now.values())
    assert tally.paid_before == sum(before[key][paid] for key in same)
    assert tally.counts()["removed"] == 0
    known, units = {unit for unit, _ in before}, {unit for unit, _ in now}
    touched = {unit for unit, month in now if (unit, month) in changed or (unit, month) not in before}
    assert tally.units == {
        "added": len(units - known),
        "changed": len(touched & known),
        "unchanged": len((units & known) - touched),
    }
    result = {key: list(values) for key, values in before.items()}
    for unit, month, field, was, value in tally.first.iter_rows():
        place = MONTH_FIELDS.index(field)
        assert result[int(unit), month][place] == was
        result[int(unit), month][place] = value
    assert {key: tuple(values) for key, values in result.items()} == before | {key: now[key] for key in same}


def version(number, **changes):
    one = Import(
        id=UUID(int=number),
        kind="employers",
        filename=f"{number}.csv",
        blob=BlobRef(key="a", sha256="0" * 64, size=1),
        by="x",
        by_name="x",
        received_at=AT + timedelta(hours=number),
        state=ImportState.DONE,
    )
    return replace(one, **changes)


def test_a_version_is_held_against_the_one_before_or_an_earlier_one():
    one, two, three = imports = tuple(version(number) for number in (1, 2, 3))
    lineage = Lineage(imports)
    assert lineage.against(one, None) is None
    assert lineage.against(three, None) is two
    assert lineage.against(three, one.id) is one
    for later in (two, three):
        with pytest.raises(Refused, match="version_not_earlier"):
            lineage.against(two, later.id)
    with pytest.raises(Missing, match="import_missing"):
        lineage.against(two, UUID(int=9))
    with pytest.raises(Refused, match="import_not_done"):
        lineage.place(UUID(int=9))


def test_a_version_that_was_overtaken_is_compared_with_both_neighbours():
    one, two, three = imports = tuple(version(number) for number in (1, 2, 3))
    assert Lineage(imports).pairs(two.id) == [(two, one), (three, two)]
    assert Lineage(imports).pairs(three.id) == [(three, two)]
    assert Lineage((one,)).pairs(one.id) == []
