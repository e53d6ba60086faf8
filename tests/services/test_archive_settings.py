"""Where the QR code of a slip leads: it is printed for ever, so it is never guessed."""

import pytest

from services.archive.settings import Settings
from services.chassis.settings import MissingSettings
from tests.people import FIELD_KEYS, PUBLIC_KEY


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name, value in {
        "ENVIRONMENT": "production",
        "BROKER_URL": "unused",
        "SESSION_PUBLIC_KEY": PUBLIC_KEY,
        "FIELD_KEYS": FIELD_KEYS,
        "BLOBS": "unused",
        "ARCHIVE_DATABASE_URL": "unused",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GATEWAY_URL", raising=False)


def test_in_production_the_gateway_must_be_named():
    with pytest.raises(MissingSettings, match="GATEWAY_URL.*QR code"):
        Settings.read()


def test_the_check_page_is_the_gateways_unless_another_is_named(monkeypatch):
    monkeypatch.setenv("GATEWAY_URL", "https://wg.example/")
    assert Settings.read().slip_check_url == "https://wg.example/verify"
    monkeypatch.setenv("ARCHIVE_VERIFY_URL", "https://check.example/s")
    assert Settings.read().slip_check_url == "https://check.example/s"


def test_in_development_it_is_this_machine(monkeypatch):
    monkeypatch.setenv("ENVIRONMENT", "development")
    assert Settings.read().slip_check_url == "http://127.0.0.1:8000/verify"
