"""Imports and insured units. Pure: (state, facts, at) → state. Amounts in fen, times in UTC."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.errors import Refused
from services.contracts.subsidy.registry import ImportKind, ImportState
from services.contracts.values import BlobRef, CreditCode, ImportId, Post, Region, SizeClass, UnitNo, UnitType

PARTITIONS = 64
LOOK_UP = (Post.RECEPTION, Post.APPROVER, Post.REVIEWER, Post.AUDITOR)  # who may see a unit and its contact
MAX_HEADCOUNT, MAX_MONTHLY_FEN = 10**7, 10**11  # more is a slip of the pen, and a reject


@dataclass(frozen=True, kw_only=True)
class Import:
    """A file on its way into the registry; accepted + rejected = total once it is DONE."""

    id: ImportId
    kind: ImportKind
    filename: str
    blob: BlobRef
    by: str
    by_name: str
    received_at: datetime
    state: ImportState = ImportState.RECEIVED
    total: int = 0
    accepted: int = 0
    rejected: int = 0
    rejects: BlobRef | None = None
    problem: str | None = None
    problem_facts: dict[str, int | str] = field(default_factory=dict)
    finished_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Is there nothing left to load?"""
        return self.state in (ImportState.DONE, ImportState.FAILED)

    def begin(self) -> "Import":
        """A worker begins, or begins again after an interruption."""
        return replace(self, state=ImportState.LOADING)

    def finish(self, *, total: int, accepted: int, rejects: BlobRef | None, at: datetime) -> "Import":
        """All lines are accounted for: from now on the import counts."""
        rejected = total - accepted
        if rejected < 0 or bool(rejected) != bool(rejects):
            raise ValueError(f"{total} lines, {accepted} accepted: the account does not balance")
        done = replace(self, state=ImportState.DONE, total=total, accepted=accepted, rejected=rejected)
        return replace(done, rejects=rejects, finished_at=at)

    def fail(self, *, problem: str, facts: dict[str, int | str], at: datetime) -> "Import":
        """The file as a whole cannot be read: nothing of it counts, ever."""
        failed = replace(self, state=ImportState.FAILED, problem=problem, problem_facts=facts)
        return replace(failed, finished_at=at)


@dataclass(frozen=True)
class Part:
    """The accepted rows of one partition of an import, as Parquet in the blob store."""

    partition: int
    rows: int
    blob: BlobRef


class SizeFrom(StrEnum):
    """Who says how large a unit is: the clerks' file, or the standard by the file's numbers."""

    FILE = "file"
    STANDARD = "standard"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """An insured unit. None: the file did not say. `revenue`, `assets`: fen of a year, and at its end."""

    unit_no: UnitNo
    credit_code: CreditCode
    unit_name: str
    unit_type: UnitType
    size_class: SizeClass | None
    industry: str | None
    region: Region
    headcount: int | None
    labour_dispatch: bool
    audit_findings: bool
    account_name: str | None
    account: str | None
    bank: str | None
    contact: str | None
    phone: str | None
    employees: int | None = None
    revenue: int | None = None
    assets: int | None = None
    size_from: SizeFrom | None = None


@dataclass(frozen=True, kw_only=True)
class AccountChange:
    """An employer says where the money of a unit goes. `by`: who said so; `address`: from where."""

    id: UUID
    unit_no: UnitNo
    credit_code: CreditCode
    account_name: str
    account: str = field(repr=False)
    bank: str
    by: str
    by_name: str
    channel: str
    address: str
    message_id: str
    at: datetime

    def after(self, last: "AccountChange | None") -> "AccountChange":
        """Stand behind the last change in time, whatever the clocks of two processes say."""
        if last is None or last.at < self.at:
            return self
        return replace(self, at=last.at + timedelta(microseconds=1))


def partition_of(unit_no: int) -> int:
    """Return the partition of a unit number, for ever the same (Knuth's multiplicative hash)."""
    return unit_no % 2**31 * 2654435761 % 2**32 // (2**32 // PARTITIONS)


def refuse_same(earlier: Import) -> Refused:
    """The same bytes twice would count nothing new: say when they came first."""
    return Refused(
        "import_same",
        "these bytes have been imported before",
        import_id=str(earlier.id),
        filename=earlier.filename,
        received_at=earlier.received_at.isoformat(),
    )
