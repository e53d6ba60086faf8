"""The four files of a province, as clerks have them: GB18030, CRLF, Chinese headers, amounts in yuan."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deploy.local.sample.dirty import DirtyLine, dirty_contributions, dirty_employers
from deploy.local.sample.showcase import showcase
from deploy.local.sample.units import Month, Unit, invent_units

EMPLOYER_COLUMNS = (
    "单位编号,统一社会信用代码,单位名称,单位类型,行业,企业规模,行政区划,参保人数,"
    "劳务派遣,审计整改,户名,银行账号,开户行,联系人,联系电话"
)
CONTRIBUTION_COLUMNS = "单位编号,费款所属期,参保人数,应缴金额,实缴金额,补缴金额,免责减员人数"
LIST_COLUMNS = "统一社会信用代码,单位名称,列入日期"


@dataclass(frozen=True)
class FilledFile:
    """A written file: `accepted` good lines and the dirty ones among them."""

    kind: str
    path: Path
    accepted: int
    dirty: tuple[DirtyLine, ...]


def write_province(
    *, folder: Path, programme_year: int, count: int, seed: int = 1, dirty: bool = True
) -> tuple[FilledFile, ...]:
    """Write the hand-made units and then invented ones up to `count` in all; the order is that of import."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [entry.unit for entry in showcase(programme_year)]
    employers = _File(folder, "employers", EMPLOYER_COLUMNS, dirty_employers() if dirty else ())
    contributions = _File(
        folder, "contributions", CONTRIBUTION_COLUMNS, dirty_contributions(programme_year) if dirty else ()
    )
    dishonest = _File(folder, "dishonest", LIST_COLUMNS)
    zombie = _File(folder, "zombie", LIST_COLUMNS)
    files = (employers, contributions, dishonest, zombie)
    for unit in _in_order(shown, programme_year, count, seed):
        employers.write(_employer_row(unit))
        contributions.write(*(_month_row(unit.unit_no, month) for month in unit.months))
        if unit.dishonest_since:
            dishonest.write((unit.credit_code, unit.name, unit.dishonest_since))
        if unit.zombie_since:
            zombie.write((unit.credit_code, unit.name, unit.zombie_since))
    return tuple(file.close() for file in files)


def _in_order(shown: list[Unit], programme_year: int, count: int, seed: int) -> Iterator[Unit]:
    yield from shown
    yield from invent_units(programme_year=programme_year, count=max(0, count - len(shown)), seed=seed)


def _employer_row(unit: Unit) -> tuple[str, ...]:
    return (
        unit.unit_no,
        unit.credit_code,
        unit.name,
        unit.unit_type,
        unit.industry,
        unit.size,
        unit.region,
        "" if unit.headcount is None else str(unit.headcount),
        "是" if unit.dispatch else "否",
        "是" if unit.audit else "否",
        unit.name if unit.account else "",
        unit.account,
        unit.bank,
        unit.contact,
        unit.phone,
    )


def _month_row(unit_no: str, month: Month) -> tuple[str, ...]:
    amounts = (_yuan(amount) for amount in (month.due, month.paid, month.repaid))
    return (unit_no, month.period, str(month.headcount), *amounts, str(month.exempt))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


class _File:
    """A CSV that is being written; its dirty lines come in at their places."""

    def __init__(self, folder: Path, kind: str, columns: str, dirty: tuple[DirtyLine, ...] = ()) -> None:
        self.kind, self.path, self.dirty = kind, folder / f"{kind}.csv", dirty
        self._dirty = {line.line: line.text for line in dirty}
        self._out: TextIO = open(self.path, "w", encoding="gb18030", newline="")
        self._csv = csv.writer(self._out)
        self._out.write(columns + "\r\n")
        self._line, self._accepted = 1, 0

    def write(self, *rows: Iterable[str]) -> None:
        for row in rows:
            self._let_dirty_lines_in()
            self._csv.writerow(row)
            self._line += 1
            self._accepted += 1

    def close(self) -> FilledFile:
        self._out.close()
        return FilledFile(self.kind, self.path, self._accepted, self.dirty)

    def _let_dirty_lines_in(self) -> None:
        while text := self._dirty.get(self._line + 1):
            self._out.write(text + "\r\n")
            self._line += 1
