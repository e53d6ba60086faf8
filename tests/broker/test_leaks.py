"""The chapters of the demo leave no personal data and no secret readable in any table or log line."""

import csv
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from deploy.local.demo.chapters import identity, main, screening
from deploy.local.house import House
from deploy.local.sample.bring_in import CLERK_PASSWORD, EMPLOYER_PASSWORD
from deploy.local.sample.files import write_province
from deploy.local.uk.provision import UK_PIN
from tests.broker.leaks import find_leaks, overheard

CLOCK = "2023-09-14T09:00+08:00"
UNITS = 300


@pytest.fixture(params=[main, identity, screening], ids=lambda chapter: chapter.__name__.split(".")[-1])
def chapter(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(main, "UNITS", UNITS)
    monkeypatch.setattr(main, "KEPT", tmp_path / "slips")
    played: ModuleType = request.param
    return played


@pytest.fixture
def house(tmp_path: Path, chapter: ModuleType) -> Iterator[House]:
    settings = getattr(chapter, "SETTINGS", {})
    with House(tmp_path / "house", clock=CLOCK, settings=settings) as house:
        yield house


def test_a_chapter_leaves_nothing_readable(house: House, tmp_path: Path, chapter: ModuleType) -> None:
    with overheard() as values:
        chapter.play(house)
    assert {CLERK_PASSWORD, getattr(chapter, "PASSWORD", CLERK_PASSWORD)} <= values and len(values) > 5
    values |= {EMPLOYER_PASSWORD, UK_PIN} | _people(tmp_path / "province") | _secrets_of(house)
    leaks = find_leaks(house, values)
    assert not leaks, "\n".join(map(str, leaks))


def _people(folder: Path) -> set[str]:
    """Return accounts and phones of all units; the files are the same whenever they are written."""
    employers, *_ = write_province(folder=folder, programme_year=main.YEAR, count=UNITS)
    with employers.path.open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row[field] for row in rows for field in ("银行账号", "联系电话") if row[field]}


def _secrets_of(house: House) -> set[str]:
    """Return the keys of the house itself."""
    field_key = house.environment["FIELD_KEYS"].partition(":")[2]
    return {field_key, house.environment["GATEWAY_SECRET_KEY"]}
