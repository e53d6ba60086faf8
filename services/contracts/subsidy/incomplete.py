"""Eligible units that could not be paid, or not be told: what each lacks, and whom to ask."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from services.contracts.base import Query, View
from services.contracts.values import CreditCode, Money, Region, ScreeningId, UnitNo


class Lack(StrEnum):
    """What an eligible unit lacks in the registry of today. UNIT: it is not there any more, or another's.

    All but CONTACT keep it out of a batch.
    """

    UNIT = "unit"
    ACCOUNT = "account"
    ACCOUNT_NAME = "account_name"
    BANK = "bank"
    CONTACT = "contact"
    PHONE = "phone"


class IncompleteUnitView(View):
    """A unit with the amount at stake (fen), what it lacks, and whom to ask, if the registry knows."""

    unit_no: UnitNo
    unit_name: str
    credit_code: CreditCode
    region: Region
    amount: Money
    missing: tuple[Lack, ...]
    contact: str | None
    phone_masked: str | None


class LackView(View):
    """How many units lack one thing, and the sum at stake (fen). A unit counts for each that it lacks."""

    missing: Lack
    count: int
    amount: Money


class IncompleteTotalsView(View):
    """All units of the region that lack something; of these, those that a batch would leave out.

    Amounts in fen. `lacks`: one for each kind, also those that no unit lacks.
    """

    count: int
    amount: Money
    left_out: int
    left_out_amount: Money
    lacks: tuple[LackView, ...]


class IncompleteUnitsView(View):
    """A page of units in the order of their numbers. `totals`: of the region, whatever is missing."""

    units: tuple[IncompleteUnitView, ...]
    next_after: UnitNo | None
    totals: IncompleteTotalsView | None


class ListIncompleteUnits(Query[IncompleteUnitsView]):
    """Page through eligible units of a finished run that no batch holds and that could not be paid or told.

    Within the clerk's region, or a part of it. `missing`: those that lack this one thing. `with_totals`: also
    count all of them, which takes longer than a page.
    """

    patience: ClassVar[float] = 30
    screening_id: ScreeningId
    missing: Lack | None = None
    region: Region | None = None
    with_totals: bool = True
    after: UnitNo | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
