"""What a newcomer finds after the first start, also when that start was interrupted half-way."""

from pathlib import Path

import pytest

from deploy.local.demo.visitor import SaidNo
from deploy.local.house import House
from deploy.local.sample.bring_in import EMPLOYER_PASSWORD, Agency, bring_in, import_file
from deploy.local.sample.files import write_province
from deploy.local.sample.showcase import MAINTAINED_ONLY, THE_EMPLOYER, WITH_ADMINISTRATOR
from deploy.local.sample.welcome import welcome

COUNT = 100


def test_the_sample_comes_in_once_however_often_it_is_brought(tmp_path: Path) -> None:
    with House(tmp_path / "house") as house:
        told: list[str] = []
        agency = Agency(house.gateway_url, 2023, told.append)
        for file in write_province(folder=tmp_path / "files", programme_year=2023, count=COUNT)[:2]:
            import_file(agency, file)
        for _ in range(2):
            bring_in(agency, folder=tmp_path / "files", count=COUNT)
        assert told[-1] == "the sample province is already there"
        assert len(agency.maker.imports()) == 4
        assert len(agency.maker.screenings()) == len(agency.maker.batches()) == 1
        newcomer_finds_what_the_welcome_says(agency, welcome(house.gateway_url))


def newcomer_finds_what_the_welcome_says(agency: Agency, text: str) -> None:
    """One employer has a password, one only needs the SMS code, one has still to register."""
    for unit_no in (THE_EMPLOYER, WITH_ADMINISTRATOR, MAINTAINED_ONLY):
        assert agency.units[unit_no].credit_code in text
    ready = agency.handler_of(WITH_ADMINISTRATOR)
    ready.sign_in(EMPLOYER_PASSWORD)
    assert [refund.amount for refund in ready.refunds()] == [936000]
    first = agency.handler_of(THE_EMPLOYER)
    first.become_administrator("Luo-River-2023")
    assert [refund.amount for refund in first.refunds()] == [23713715]
    third = agency.handler_of(MAINTAINED_ONLY)
    third.register()
    with pytest.raises(SaidNo, match="already_registered"):
        third.register()
