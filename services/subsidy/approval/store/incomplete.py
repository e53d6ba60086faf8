"""Eligible units that no batch holds and that could not be paid or told, by the registry of today."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.incomplete import IncompleteTotalsView, Lack, LackView, ListIncompleteUnits
from services.contracts.values import Region, Year, region_prefix
from services.subsidy.approval.store.items import NOW, WAS, eligible_units
from services.subsidy.registry.store import units
from services.subsidy.screening.store import verdicts

_IS_GONE = NOW.c.unit_no.is_(None)  # of a unit that is gone nothing else is said
_LACKS = {Lack.UNIT: _IS_GONE} | {
    lack: sa.and_(~_IS_GONE, NOW.c[lack.value].is_(None)) for lack in Lack if lack is not Lack.UNIT
}
_ANYTHING = sa.or_(*_LACKS.values())
_INCOMPLETE = sa.or_(*(units.c[lack.value].is_(None) for lack in Lack if lack is not Lack.UNIT))
sa.Index(  # what is rare is found among the few that lack something
    "units_incomplete",
    units.c.import_id,
    units.c.unit_no,
    postgresql_where=_INCOMPLETE,
    sqlite_where=_INCOMPLETE,
)
_LEFT_OUT = sa.or_(*(lacks for lack, lacks in _LACKS.items() if lack is not Lack.CONTACT))


def list_incomplete(
    uow: UnitOfWork, query: ListIncompleteUnits, year: Year, region: Region
) -> Sequence[sa.Row[Any]]:
    """Return a page of units and the one after it, each with a column 0 or 1 for every kind of lack."""
    columns = (
        verdicts.c.unit_no,
        verdicts.c.region,
        verdicts.c.amount,
        WAS.c.unit_name,
        WAS.c.credit_code,
        NOW.c.contact,
        NOW.c.phone,
        *(sa.case((lacks, 1), else_=0).label(f"lacks_{lack}") for lack, lacks in _LACKS.items()),
    )
    chosen = _LACKS[query.missing] if query.missing else _ANYTHING
    page = eligible_units(columns, query.screening_id, year).where(_within(region), chosen)
    page = page.where(verdicts.c.unit_no > (query.after or "")).order_by(verdicts.c.unit_no)
    return uow.connection.execute(page.limit(query.limit + 1)).all()


def lacks_of(row: sa.Row[Any]) -> tuple[Lack, ...]:
    """Return what a unit of a page lacks."""
    return tuple(lack for lack in Lack if row._mapping[f"lacks_{lack}"])


def count_incomplete(
    uow: UnitOfWork, query: ListIncompleteUnits, year: Year, region: Region
) -> IncompleteTotalsView:
    """Count the units of a region, for each kind of lack and together, in one pass of the database."""
    columns = [*_totals(_ANYTHING), *_totals(_LEFT_OUT)]
    columns += [column for lacks in _LACKS.values() for column in _totals(lacks)]
    counted = eligible_units(columns, query.screening_id, year).where(_within(region), _ANYTHING)
    numbers = list(map(int, uow.connection.execute(counted).one()))
    by_lack = zip(_LACKS, numbers[4::2], numbers[5::2], strict=True)
    return IncompleteTotalsView(
        count=numbers[0],
        amount=numbers[1],
        left_out=numbers[2],
        left_out_amount=numbers[3],
        lacks=tuple(LackView(missing=lack, count=count, amount=amount) for lack, count, amount in by_lack),
    )


def count_of(totals: IncompleteTotalsView, missing: Lack | None) -> int:
    """Return how many of the units lack one thing; None: anything."""
    return sum(each.count for each in totals.lacks if each.missing is missing) if missing else totals.count


def _totals(chosen: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Return how many are chosen, and the sum of their amounts."""
    count = sa.func.count(sa.case((chosen, 1)))
    return count, sa.func.coalesce(sa.func.sum(sa.case((chosen, verdicts.c.amount))), 0)


def _within(region: Region) -> sa.ColumnElement[bool]:
    return verdicts.c.region.startswith(region_prefix(region))
