"""Imports and insured units. Pure: (state, facts, at) → state. Amounts in fen, times in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.errors import Refused
from services.contracts.subsidy.registry import FileFormat, ImportKind, ImportState
from services.contracts.values import BlobRef, CreditCode, ImportId, Post, Region, SizeClass, UnitNo, UnitType

PARTITIONS = 64
LOOK_UP = (Post.RECEPTION, Post.APPROVER, Post.REVIEWER, Post.AUDITOR)  # who may see a unit and its contact
MAX_HEADCOUNT, MAX_MONTHLY_FEN = 10**7, 10**11  # more is a slip of the pen, and a reject


@dataclass(frozen=True, kw_only=True)
class Import:
    """A file on its way into the registry; accepted + rejected = total once it is DONE.

    `preview`: it waits even if its header fits. `mapping`: our header → the file's, as a clerk has confirmed.
    """

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
    preview: bool = False
    mapping: Mapping[str, str] | None = field(default=None, repr=False)
    format: FileFormat | None = None
    encoding: str | None = None
    rejected_lines: BlobRef | None = None

    @property
    def is_at_rest(self) -> bool:
        """Is there nothing to load, or nothing yet?"""
        return self.state not in (ImportState.RECEIVED, ImportState.LOADING)

    def require_waiting(self) -> None:
        """Refuse what only a waiting import can be asked."""
        if self.state is not ImportState.WAITING:
            raise Refused("import_not_waiting", "this import does not wait for a mapping", state=self.state)

    def begin(self) -> "Import":
        """A worker begins, or begins again after an interruption."""
        return replace(self, state=ImportState.LOADING)

    def recognise(self, *, format: FileFormat, encoding: str) -> "Import":
        """Its content has told what it is; `encoding`: of what we write about it."""
        return replace(self, format=format, encoding=encoding)

    def wait(self) -> "Import":
        """A clerk has to say which column is which."""
        return replace(self, state=ImportState.WAITING)

    def confirm(self, *, mapping: Mapping[str, str], table: "TableOf") -> "Import":
        """A clerk has said which column is which."""
        self.require_waiting()
        table.check(mapping)
        return replace(self, state=ImportState.LOADING, mapping=dict(mapping))

    def discard(self, *, at: datetime) -> "Import":
        """Nothing of the file counts, ever; its bytes may come again."""
        self.require_waiting()
        return replace(self, state=ImportState.DISCARDED, finished_at=at)

    def finish(self, *, total: int, accepted: int, rejects: "Rejects | None", at: datetime) -> "Import":
        """All lines are accounted for: from now on the import counts."""
        rejected = total - accepted
        if rejected < 0 or bool(rejected) != bool(rejects):
            raise ValueError(f"{total} lines, {accepted} accepted: the account does not balance")
        done = replace(self, state=ImportState.DONE, total=total, accepted=accepted, rejected=rejected)
        listed, lines = (rejects.listed, rejects.lines) if rejects else (None, None)
        return replace(done, rejects=listed, rejected_lines=lines, finished_at=at)

    def fail(self, *, problem: str, facts: dict[str, int | str], at: datetime) -> "Import":
        """The file as a whole cannot be read: nothing of it counts, ever."""
        failed = replace(self, state=ImportState.FAILED, problem=problem, problem_facts=facts)
        return replace(failed, finished_at=at)


@dataclass(frozen=True)
class Rejects:
    """What is wrong with the lines of a file, and the lines themselves."""

    listed: BlobRef
    lines: BlobRef


@dataclass(frozen=True)
class TableOf:
    """The columns that we need, those that a file may lack, and those that it has."""

    needed: Sequence[str]
    optional: Sequence[str]
    columns: Sequence[str]

    def check(self, mapping: Mapping[str, str]) -> None:
        """Refuse a mapping that lacks one, uses one twice, or names one that is not there.

        Only our own headers are named: the file's may be anything.
        """
        ours, theirs = [*self.needed, *self.optional], list(mapping.values())
        if lacking := [header for header in self.needed if header not in mapping]:
            raise _refuse_mapping("mapping_incomplete", lacking)
        if unknown := [header for header, its in mapping.items() if its not in self.columns]:
            raise _refuse_mapping("mapping_unknown", unknown)
        if unknown := [header for header in mapping if header not in ours]:
            raise _refuse_mapping("mapping_unknown", [header[:40] for header in unknown])
        if twice := [header for header in ours if header in mapping and theirs.count(mapping[header]) > 1]:
            raise _refuse_mapping("mapping_twice", twice)


@dataclass(frozen=True)
class SampleRow:
    """One of the first lines; `broken`: why it cannot be split into columns."""

    line: int
    cells: tuple[str, ...] = field(repr=False)
    broken: str = ""


@dataclass(frozen=True)
class Preview:
    """What a clerk is shown of a waiting file: its columns, a proposed mapping, its first lines."""

    header_line: int
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    rows: tuple[SampleRow, ...] = field(repr=False)


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


def _refuse_mapping(code: str, headers: Sequence[str]) -> Refused:
    return Refused(code, "this mapping does not do", columns="、".join(headers))


def refuse_same(earlier: Import) -> Refused:
    """The same bytes twice would count nothing new: say when they came first."""
    return Refused(
        "import_same",
        "these bytes have been imported before",
        import_id=str(earlier.id),
        filename=earlier.filename,
        received_at=earlier.received_at.isoformat(),
    )
