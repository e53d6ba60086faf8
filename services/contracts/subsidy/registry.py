"""Registry: the clerks' files become insured units, monthly contributions and lists."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import BlobRef, CreditCode, ImportId, Region, UnitNo


class ImportKind(StrEnum):
    """What a file holds."""

    EMPLOYERS = "employers"
    CONTRIBUTIONS = "contributions"
    DISHONEST = "dishonest"
    ZOMBIE = "zombie"


class ImportState(StrEnum):
    """How far an import is."""

    RECEIVED = "received"
    LOADING = "loading"
    DONE = "done"
    FAILED = "failed"


class ImportView(View):
    """An import with its account of every line: accepted + rejected = total.

    `rejects` is a CSV (line, field, value, reason) in the blob store; `problem` is a code when the file as a
    whole could not be read, `problem_facts` say where (line, byte, columns).
    """

    import_id: ImportId
    kind: ImportKind
    filename: str
    sha256: str
    size: int
    state: ImportState
    total: int
    accepted: int
    rejected: int
    rejects: BlobRef | None
    problem: str | None
    by: str
    received_at: datetime
    finished_at: datetime | None
    problem_facts: dict[str, int | str] = {}


class ImportsView(View):
    """Imports, the latest first."""

    imports: tuple[ImportView, ...]


class ReceiveImport(Command[ImportView]):
    """Take a file that lies in the blob store. The same bytes a second time are refused as the same."""

    kind: ImportKind
    filename: Annotated[str, Field(min_length=1, max_length=200)]
    blob: BlobRef


class GetImport(Query[ImportView]):
    """Show one import."""

    import_id: ImportId


class ListImports(Query[ImportsView]):
    """Show the latest imports."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ImportReceived(Event):
    """A file waits to be loaded."""

    version: Literal[1] = 1
    import_id: ImportId


class ImportLoaded(Event):
    """An import is done: from now on it counts."""

    version: Literal[1] = 1
    import_id: ImportId
    kind: ImportKind


class UnitView(View):
    """An insured unit as the registry of today has it, for the reception post to compare with."""

    unit_no: UnitNo
    credit_code: CreditCode
    unit_name: str
    region: Region
    contact: str | None
    phone_masked: str | None


class GetUnit(Query[UnitView]):
    """Show an insured unit to a clerk of its region; Missing `unit_missing`."""

    unit_no: UnitNo
