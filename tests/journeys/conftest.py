"""One house for all journeys: a small province, screened; browsers that nothing escapes."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local.demo.people import Employer
from deploy.local.house import House
from deploy.local.sample.bring_in import Agency, import_file, screen
from deploy.local.sample.files import write_province
from services.contracts.subsidy.approval import BatchState
from tests.journeys.browser import PICTURES, Person, launch
from tests.journeys.steps import open_service

CLOCK = "2023-09-14T09:00+08:00"
YEAR = 2023
UNITS = 300


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house"), clock=CLOCK) as house:
        yield house


@pytest.fixture(scope="session")
def agency(house: House, tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """The clerks, with the province imported."""
    agency = Agency(house.gateway_url, YEAR, print)
    folder: Path = tmp_path_factory.mktemp("province")
    for file in write_province(folder=folder, programme_year=YEAR, count=UNITS):
        import_file(agency, file)
    return agency


@pytest.fixture(scope="session")
def approve(agency: Agency) -> Callable[..., None]:
    """Approve what the filter takes: approve(region="410102")."""

    def approve(**chosen: object) -> None:
        run = screen(agency)
        made = agency.maker.make_batch(run.screening_id, **chosen)
        batch = agency.checker.wait_for_batch(made.batch_id, BatchState.MADE)
        agency.checker.approve(batch)
        agency.checker.wait_for_batch(made.batch_id, BatchState.APPROVED)

    return approve


@pytest.fixture(scope="session")
def administrator(agency: Agency) -> Callable[[str], Employer]:
    """Return a handler whose employer has registered and set EMPLOYER_PASSWORD."""

    def administrator(unit_no: str) -> Employer:
        return open_service(agency, unit_no)

    return administrator


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def person(browser: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Return somebody at a browser; at the end nobody may have had anything to complain about."""
    album = re.sub(r"\W+", "-", request.node.name).strip("-")
    shutil.rmtree(PICTURES / album, ignore_errors=True)
    people: list[Person] = []

    def person(**look: tuple[int, int]) -> Person:
        people.append(Person(browser, house.gateway_url, album, **look))
        return people[-1]

    yield person
    for somebody in people:
        somebody.leave()
    assert [complaint for somebody in people for complaint in somebody.complaints] == []
