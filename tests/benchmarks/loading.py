"""Import: a contributions file in GB18030 → DONE, by the real job; the floor: transcode and COPY its text.

The floor checks nothing, keeps no account of lines and makes no parts: text into a table of texts.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import ImportKind, ImportReceived, ReceiveImport
from services.contracts.values import BlobRef, ImportId
from services.subsidy.registry import handlers, jobs
from services.subsidy.registry.adapters.columns import LAYOUTS
from services.subsidy.registry.store import get_import
from tests.benchmarks.ground import Clock, Ground, Spent, in_own_process, job_on
from tests.benchmarks.made_registry import NOW
from tests.benchmarks.province import MONTHS, STEP, contributions_lines, make_units
from tests.benchmarks.report import Findings, Row
from tests.people import APPROVER

BLOCK = 4 * 1024 * 1024
GOAL, FLAT = 2.0, 1.3
HEADERS = LAYOUTS[ImportKind.CONTRIBUTIONS].expected


def measure(ground: Ground, lines: int) -> Findings:
    """Load a tenth of the lines, then all of them."""
    rows, before = [], 0.0
    for count in (lines // 10, lines):
        path = ground.folder / f"contributions-{count}.csv"
        in_own_process(write_file, path, count, report=ground.folder / "written.json")
        url = ground.database("postgresql")
        floor = in_own_process(_copy, url, path, report=ground.folder / "copied.json")
        loaded = in_own_process(
            _load, url, ground.folder / "blobs", path, report=ground.folder / "loaded.json"
        )
        if sum(loaded.answer) != floor.answer:
            raise RuntimeError(f"{loaded.answer} lines are not the {floor.answer} of the floor")
        whole = count == lines
        rows += [
            Row(what=f"{count:,} lines: floor, transcode and COPY", seconds=floor.seconds, cpu=floor.cpu),
            Row(
                what=f"{count:,} lines → DONE ({loaded.answer[1]:,} rejected)",
                seconds=loaded.seconds,
                cpu=loaded.cpu,
                figure=loaded.seconds / floor.seconds,
                unit="×",
                against="floor",
                goal=GOAL if whole else None,
            ),
            Row(what=f"{count:,} lines: peak memory", figure=loaded.peak, unit="MB"),
        ]
        if whole:
            growth = loaded.peak / before
            rows.append(
                Row(what="memory, ten times the lines", figure=growth, unit="×", against="a tenth", goal=FLAT)
            )
        before = loaded.peak
        path.unlink()
    return Findings(
        title="a clerk's file to accepted parts",
        sizes=f"{lines:,} lines of contributions.csv in GB18030, PostgreSQL, once",
        rows=rows,
        versions=ground.versions(),
    )


def write_file(path: Path, lines: int) -> Spent:
    """Write contributions.csv; one unit in a thousand has a broken line."""
    units = max(1, lines // len(MONTHS))
    with path.open("wb") as file:
        file.write((",".join(HEADERS) + "\r\n").encode("gb18030"))
        for start in range(0, units, STEP):
            some = contributions_lines(make_units(start, min(start + STEP, units)))
            text = some.write_csv(include_header=False, line_terminator="\r\n", quote_style="never")
            file.write(text.encode("gb18030"))
    return Clock().spent()


def _load(url: str, blobs: Path, path: Path) -> Spent:
    """Hand the file in, then time the job alone."""
    job = job_on(url, blobs)
    with path.open("rb") as file:
        blob: BlobRef = job.blobs.put("uploads", file)
    command = ReceiveImport(id=new_id(), kind=ImportKind.CONTRIBUTIONS, filename=path.name, blob=blob)
    with job.database.write() as connection:
        handlers.receive_import(UnitOfWork(connection, NOW, APPROVER), command)
    with Clock() as clock:
        jobs.load_import(job, ImportReceived(at=NOW, import_id=ImportId(command.id)))
    with job.read() as uow:
        one = get_import(uow, ImportId(command.id))
    job.database.close()
    return clock.spent([one.accepted, one.rejected])


def _copy(url: str, path: Path) -> Spent:
    """Transcode and COPY into texts; answer how many lines."""
    database = Database(url)
    with Clock() as clock, database.write() as connection:
        texts = ", ".join(f"c{place} text" for place in range(len(HEADERS)))
        connection.execute(sa.text(f"CREATE TABLE staging ({texts})"))
        with path.open("rb") as file:
            text = _Transcoded(file)
            connection.connection.cursor().copy_expert(
                "COPY staging FROM STDIN (FORMAT csv, HEADER)", text, size=1 << 18
            )
    with database.write() as connection:
        count = connection.scalar(sa.text("SELECT count(*) FROM staging"))
        connection.execute(sa.text("DROP TABLE staging"))
    database.close()
    return clock.spent(count)


class _Transcoded:
    """A file in GB18030, read as UTF-8, block by block."""

    def __init__(self, file: IO[bytes]) -> None:
        self._blocks = self._transcode(file)
        self._block, self._at = b"", 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""
        if self._at >= len(self._block):
            self._block, self._at = next(self._blocks, b""), 0
        piece = self._block[self._at : self._at + size]
        self._at += len(piece)
        return piece

    @staticmethod
    def _transcode(file: IO[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("gb18030")()
        while block := file.read(BLOCK):
            yield decoder.decode(block).encode()
