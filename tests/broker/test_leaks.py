"""The main job on a running house leaves no personal data and no secret readable in any table or log line."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.demo.chapters import main
from deploy.local.demo.visitor import Visitor
from deploy.local.house import House
from deploy.local.sample.bring_in import CLERK_PASSWORD, EMPLOYER_PASSWORD
from deploy.local.sample.files import write_province
from deploy.local.sample.showcase import WITH_ADMINISTRATOR, showcase
from tests.broker.leaks import find_leaks

CLOCK = "2023-09-14T09:00+08:00"
UNITS = 300


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(main, "UNITS", UNITS)
    monkeypatch.setattr(main, "KEPT", tmp_path / "slips")
    with House(tmp_path / "house", clock=CLOCK) as house:
        yield house


def test_the_main_job_leaves_nothing_readable(house, tmp_path):
    main.play(house)
    values = {main.PASSWORD, EMPLOYER_PASSWORD, CLERK_PASSWORD, *_secrets_of(house)}
    values |= _people(tmp_path / "province") | _codes(house)
    assert len(values) > UNITS
    leaks = find_leaks(house, values)
    assert not leaks, "\n".join(map(str, leaks))


def _people(folder: Path) -> set[str]:
    """Return accounts and phones of all units; the files are the same whenever they are written."""
    employers, *_ = write_province(folder=folder, programme_year=main.YEAR, count=UNITS)
    with employers.path.open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row[field] for row in rows for field in ("银行账号", "联系电话") if row[field]}


def _codes(house: House) -> set[str]:
    """Return the SMS codes that were sent."""
    phones = {shown.unit.phone for shown in showcase(main.YEAR) if shown.unit.unit_no == WITH_ADMINISTRATOR}
    visitor = Visitor(house.gateway_url)
    texts = [sms.text for phone in (*phones, "19903700001") for sms in visitor.outbox_sms(phone)]
    codes = set(re.findall(r"验证码(\d{6})", "".join(texts)))
    assert codes
    return codes


def _secrets_of(house: House) -> set[str]:
    """Return the keys of the house itself."""
    field_key = house.environment["FIELD_KEYS"].partition(":")[2]
    return {field_key, house.environment["GATEWAY_SECRET_KEY"]}
