"""The sample province is sound: valid codes, the same files each time, dirt where it is said to be."""

from itertools import islice
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from deploy.local.sample.files import FilledFile, write_province
from deploy.local.sample.showcase import THE_EMPLOYER, Shown, showcase
from deploy.local.sample.units import invent_units, periods
from services.contracts.values import CheckedCreditCode, Phone, Region, UnitNo

SHOWN = {entry.unit.unit_no: entry for entry in showcase(2023)}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FilledFile]:
    folder = tmp_path_factory.mktemp("province")
    return {file.kind: file for file in write_province(folder=folder, programme_year=2023, count=300)}


def _lines(file: FilledFile) -> list[str]:
    return file.path.read_bytes().decode("gb18030").split("\r\n")[:-1]


def test_every_number_of_every_unit_is_valid() -> None:
    invented = list(invent_units(programme_year=2023, count=3000))
    units = [entry.unit for entry in SHOWN.values()] + invented
    for unit in units:
        TypeAdapter(CheckedCreditCode).validate_python(unit.credit_code)
        TypeAdapter(UnitNo).validate_python(unit.unit_no)
        TypeAdapter(Region).validate_python(unit.region)
        if unit.phone:
            TypeAdapter(Phone).validate_python(unit.phone)
        assert unit.unit_no.startswith(unit.region)
    assert len({unit.unit_no for unit in units}) == len({unit.credit_code for unit in units}) == len(units)


def test_the_manuals_employer_paid_what_the_manual_says() -> None:
    unit = SHOWN[THE_EMPLOYER].unit
    base_year = [month for month in unit.months if month.period.startswith("2022")]
    assert len(base_year) == 12
    assert sum(month.paid for month in base_year) == 79045717
    assert (unit.credit_code, unit.account, unit.bank) == ("91410181170508042W", "263707101046", "中国银行")


def test_the_months_are_those_of_the_base_year_and_of_the_year_before() -> None:
    assert periods(2023)[0] == "202101"
    assert periods(2023)[-1] == "202212"
    assert len(periods(2023)) == 24


def test_a_unit_is_the_same_however_many_there_are_and_whenever_it_is_made() -> None:
    few = list(invent_units(programme_year=2023, count=5))
    assert list(islice(invent_units(programme_year=2023, count=5000), 5)) == few
    assert list(invent_units(programme_year=2023, count=5, seed=2)) != few


def test_the_same_files_are_written_again(province: dict[str, FilledFile], tmp_path: Path) -> None:
    for again in write_province(folder=tmp_path, programme_year=2023, count=300):
        assert again.path.read_bytes() == province[again.kind].path.read_bytes()


def test_dirty_lines_stand_where_they_are_said_to_stand(province: dict[str, FilledFile]) -> None:
    for file in province.values():
        lines = _lines(file)
        assert len(lines) == 1 + file.accepted + len(file.dirty)
        assert [lines[dirty.line - 1] for dirty in file.dirty] == [dirty.text for dirty in file.dirty]


def test_a_duplicate_comes_after_the_line_that_it_repeats(province: dict[str, FilledFile]) -> None:
    def first(file: str, start: str) -> int:
        return next(number for number, line in enumerate(_lines(province[file]), 1) if line.startswith(start))

    assert first("employers", THE_EMPLOYER) < 12
    assert first("contributions", f"{THE_EMPLOYER},202101") < 40


def test_rare_characters_survive_the_clerks_encoding(province: dict[str, FilledFile]) -> None:
    text = "\n".join(_lines(province["employers"]))
    assert [character for character in "堃喆昇犇㛃䶮𬭎𫖯" if character not in text] == []


def refund(entry: Shown) -> int:
    """Large units 30 %, others 60 %, half up: in tenths of a fen, then rounded."""
    base_year = entry.unit.months[-1].period[:4]
    base = sum(month.paid for month in entry.unit.months if month.period.startswith(base_year))
    return (base * (3 if entry.unit.size == "大型" else 6) + 5) // 10


@pytest.mark.parametrize("entry", SHOWN.values(), ids=lambda entry: entry.shows)
def test_the_refund_in_the_table_is_that_of_the_months(entry: Shown) -> None:
    assert entry.amount == (refund(entry) if entry.outcome == "eligible" else None)
