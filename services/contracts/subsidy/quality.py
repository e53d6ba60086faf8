"""Quality: what in an import of employers is missing or should be looked at before money is sent."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.contracts.base import Query, View
from services.contracts.values import CreditCode, ImportId, UnitNo


class FindingKind(StrEnum):
    """What was found of a unit. `SHARED_…`: at several units (code) or employers."""

    NO_ACCOUNT = "no_account"
    NO_ACCOUNT_NAME = "no_account_name"
    NO_BANK = "no_bank"
    NO_SIZE = "no_size"
    NO_CONTACT = "no_contact"
    NO_PHONE = "no_phone"
    SIZE_DIFFERS = "size_differs"
    SHARED_CODE = "shared_code"
    SHARED_ACCOUNT = "shared_account"
    SHARED_PHONE = "shared_phone"
    SHARED_NAME = "shared_name"
    HEADCOUNT_JUMP = "headcount_jump"
    OTHER_REGION = "other_region"


class QualityState(StrEnum):
    """WAITING: not looked at yet, or a worker is at it."""

    WAITING = "waiting"
    DONE = "done"


class FindingCountView(View):
    """How many units there are of a finding."""

    kind: FindingKind
    count: int


class ImportQualityView(View):
    """The report on an import; only what was found is counted."""

    import_id: ImportId
    state: QualityState
    units: int
    findings: tuple[FindingCountView, ...]
    checked_at: datetime | None


class FindingView(View):
    """A finding. `facts` by kind: units | employers | month, before, now | usual | file, standard."""

    kind: FindingKind
    unit_no: UnitNo
    unit_name: str
    credit_code: CreditCode
    facts: dict[str, int | str]


class FindingsView(View):
    """A page of findings in the order of unit numbers."""

    findings: tuple[FindingView, ...]
    next_after: str | None


class GetImportQuality(Query[ImportQualityView]):
    """Show the report on an import of employers."""

    import_id: ImportId


class ListQualityFindings(Query[FindingsView]):
    """Show the findings within the clerk's region."""

    import_id: ImportId
    kind: FindingKind | None = None
    after: Annotated[str, Field(pattern=r"^[0-9]{12}\.[a-z_]{1,20}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
