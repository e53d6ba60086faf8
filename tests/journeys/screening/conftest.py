"""A house of its own for all that changes rules and registry: what others look at stays as it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.house import House
from deploy.local.sample.bring_in import Agency, import_file, screen
from deploy.local.sample.files import FilledFile, write_province
from services.contracts.subsidy.screening import ScreeningView
from tests.journeys.conftest import CLOCK, UNITS, YEAR


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house"), clock=CLOCK) as house:
        yield house


@pytest.fixture(scope="package")
def agency(house: House, tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """The clerks, with the province imported from files without a fault."""
    agency = Agency(house.gateway_url, YEAR, print)
    folder: Path = tmp_path_factory.mktemp("province")
    for file in write_province(folder=folder, programme_year=YEAR, count=UNITS, dirty=False):
        import_file(agency, file)
    return agency


@pytest.fixture(scope="package")
def run(agency: Agency) -> ScreeningView:
    """A finished run by the first version of the policy."""
    return screen(agency)


@pytest.fixture
def dirty_files(tmp_path: Path) -> dict[str, FilledFile]:
    """The same province as it comes: with dirty lines."""
    files = write_province(folder=tmp_path, programme_year=YEAR, count=UNITS)
    return {file.kind: file for file in files}
