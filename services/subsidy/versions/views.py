"""What clerks see of versions: counts, and the changed lines of their region with values before and after."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.versions import (
    ChangeKind,
    DiffState,
    FieldChangeView,
    FieldCountView,
    GetImportDiff,
    ImportChangesView,
    ImportChangeView,
    ImportDiffView,
    ListImportChanges,
    MonthsView,
    VersionView,
)
from services.contracts.values import ImportId, Post, mask_account, mask_phone, region_prefix
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import LOOK_UP, Import
from services.subsidy.versions import store
from services.subsidy.versions.domain import FIELDS, MONTH_FIELDS, Lineage, fields_of, refuse_unfinished

_OF_UNITS = (ImportKind.EMPLOYERS, ImportKind.CONTRIBUTIONS)
_MASKS = {"account": mask_account, "phone": mask_phone}
_PLACES = {name: place for place, name in enumerate(sorted(MONTH_FIELDS))}


def get_import_diff(uow: UnitOfWork, query: GetImportDiff) -> ImportDiffView:
    """Show the counts of a comparison to a clerk."""
    uow.actor.require_post(*Post)
    one = registry.get_import(uow, query.import_id)
    refuse_unfinished(one)
    return diff_view(uow, one, store.get_lineage(uow, one.kind), query.against)


def list_import_changes(uow: UnitOfWork, query: ListImportChanges) -> ImportChangesView:
    """Show a page of changed lines to a clerk who may look up units, those of the clerk's region."""
    uow.actor.require_post(*LOOK_UP)
    new = registry.get_import(uow, query.import_id)
    refuse_unfinished(new)
    old = store.get_lineage(uow, new.kind).against(new, query.against)
    diff = old and store.get_diff(uow, new.id, old.id)
    if old is None or diff is None or diff.state is not DiffState.DONE:
        return ImportChangesView(changes=(), next_after=None)
    prefix = region_prefix(uow.actor.region) if new.kind in _OF_UNITS else ""
    if new.kind is ImportKind.CONTRIBUTIONS:
        return _months(store.list_month_changes(uow, diff.comparison, query, prefix), query)
    found = store.list_changes(uow, diff.comparison, query, kind=new.kind, prefix=prefix)
    page, more = found[: query.limit], len(found) > query.limit
    keys = [change.key for change in page]
    befores, afters = (store.rows_of(uow, new.kind, one.id, keys) for one in (old, new))
    changes = tuple(
        _change(change, befores.get(change.key), afters.get(change.key), FIELDS[new.kind]) for change in page
    )
    return ImportChangesView(changes=changes, next_after=keys[-1] if more else None)


def diff_view(uow: UnitOfWork, one: Import, lineage: Lineage, chosen: ImportId | None) -> ImportDiffView:
    """Return the view of a comparison as far as it is."""
    versions = [_version(place, each) for place, each in enumerate(lineage.imports, 1)]
    here, old = lineage.place(one.id), lineage.against(one, chosen)
    diff = old and store.get_diff(uow, one.id, old.id)
    view = ImportDiffView(
        import_id=one.id,
        kind=one.kind,
        version=here + 1,
        state=DiffState.WAITING if old else DiffState.FIRST,
        against=versions[lineage.place(old.id)] if old else None,
        earlier=tuple(reversed(versions[:here])),
    )
    if diff is None or diff.state is not DiffState.DONE:
        return view
    counts = dict(diff.counts)
    months = counts.pop("months", None)
    counts["fields"] = tuple(FieldCountView(field=name, count=n) for name, n in counts["fields"].items())
    done = {"state": DiffState.DONE, "months": months and MonthsView(**months), **counts}
    return view.model_copy(update=done)


def _version(number: int, one: Import) -> VersionView:
    return VersionView(import_id=one.id, version=number, filename=one.filename, received_at=one.received_at)


def _change(
    change: sa.Row[Any], before: sa.Row[Any] | None, after: sa.Row[Any] | None, names: Sequence[str]
) -> ImportChangeView:
    there = after if after is not None else before
    return ImportChangeView(
        key=change.key,
        unit_name=None if there is None else there.unit_name,
        kind=change.kind,
        month=None,
        fields=tuple(
            FieldChangeView(field=name, before=_text(name, before), after=_text(name, after))
            for name in fields_of(change.mask, names)
        ),
    )


def _months(found: list[sa.Row[Any]], query: ListImportChanges) -> ImportChangesView:
    page = found[: query.limit]
    if query.kind not in (None, ChangeKind.CHANGED) or not page:
        return ImportChangesView(changes=(), next_after=None)
    last = f"{page[-1].unit_no}.{page[-1].month}.{_PLACES[page[-1].field]}"
    more = len(found) > query.limit
    return ImportChangesView(changes=tuple(map(_month, page)), next_after=last if more else None)


def _month(row: sa.Row[Any]) -> ImportChangeView:
    field = FieldChangeView(field=row.field, before=str(row.before), after=str(row.after))
    return ImportChangeView(
        key=row.unit_no, unit_name=None, kind=ChangeKind.CHANGED, month=row.month, fields=(field,)
    )


def _text(name: str, row: sa.Row[Any] | None) -> str | None:
    """Return a value for a screen: words of enumerations by their code, yes and no, days; never in clear
    what has to be masked."""
    value = None if row is None else row._mapping[name]
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _MASKS:
        return _MASKS[name](value)
    return value.isoformat() if isinstance(value, date) else str(value)
