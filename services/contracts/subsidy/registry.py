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
    """How far an import is. WAITING: for a clerk to say which column is which, or to discard it."""

    RECEIVED = "received"
    LOADING = "loading"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


class FileFormat(StrEnum):
    """What a file is, told by its content."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


ColumnName = Annotated[str, Field(min_length=1, max_length=200)]
ColumnMapping = Annotated[
    dict[ColumnName, ColumnName],
    Field(max_length=50, description="our header → the file's; optional ones may lack"),
]


class ImportView(View):
    """An import with its account of every line: accepted + rejected = total.

    `rejects` is a CSV (line, field, value, reason) in the blob store, `rejected_lines` one of the lines
    themselves with line and reason added: both in `encoding`, the file's own (UTF-8 for xlsx and Parquet).
    `problem` is a code when the file as a whole could not be read, `problem_facts` say where (line, byte,
    columns).
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
    format: FileFormat | None = None
    encoding: str | None = None
    rejected_lines: BlobRef | None = None


class ImportsView(View):
    """Imports, the latest first."""

    imports: tuple[ImportView, ...]


class ReceiveImport(Command[ImportView]):
    """Take a file that lies in the blob store. The same bytes a second time are refused as the same.

    It is loaded at once if its header has our names; otherwise, and with `preview`, it waits for
    ConfirmImport.
    """

    kind: ImportKind
    filename: Annotated[str, Field(min_length=1, max_length=200)]
    blob: BlobRef
    preview: bool = False


class ConfirmImport(Command[ImportView]):
    """Say which column of a waiting file is which of ours, and load it. Refused: `mapping_incomplete`,
    `mapping_twice`, `mapping_unknown` (all name our columns), `import_not_waiting`."""

    import_id: ImportId
    mapping: ColumnMapping


class DiscardImport(Command[ImportView]):
    """Do without a waiting file; the same bytes may come again. Refused: `import_not_waiting`."""

    import_id: ImportId


class GetImport(Query[ImportView]):
    """Show one import."""

    import_id: ImportId


class PreviewColumn(View):
    """One of our columns, and the file's that is read as it; None: none is."""

    header: str
    optional: bool
    column: str | None


class PreviewFault(View):
    """What would be rejected; `header` is empty when it is the line as a whole."""

    header: str
    reason: str


class PreviewRow(View):
    """A line as it would be read, our header → text, and what is wrong with it."""

    line: int
    values: dict[str, str]
    faults: tuple[PreviewFault, ...]


class ImportPreviewView(View):
    """The first lines of a waiting file, as a mapping reads them. `columns` are the file's own, in order;
    `header_line` is where they stand."""

    import_id: ImportId
    kind: ImportKind
    filename: str
    format: FileFormat
    encoding: str
    header_line: int
    columns: tuple[str, ...]
    mapping: tuple[PreviewColumn, ...]
    rows: tuple[PreviewRow, ...]


class GetImportPreview(Query[ImportPreviewView]):
    """Show a waiting file to an approver, by the proposed mapping or by this one; `import_not_waiting`."""

    import_id: ImportId
    mapping: ColumnMapping | None = None


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


class ImportConfirmed(Event):
    """A clerk has said which column is which: the file waits to be loaded."""

    version: Literal[1] = 1
    import_id: ImportId


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
