"""What a process reads and sets up before its first message: settings, clock, keys, sessions, logs."""

import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis import sealing
from services.chassis.clock import clock_from, utc_now
from services.chassis.logs import JsonLine, speak_of
from services.chassis.sessions import SessionVerifier
from services.chassis.settings import MissingSettings, Settings
from services.contracts.errors import Forbidden
from tests.people import EMPLOYER, FIELD_KEYS, PUBLIC_KEY, session

GIVEN = {
    "BROKER_URL": "pyamqp://user:broker-secret@127.0.0.1//",
    "SESSION_PUBLIC_KEY": PUBLIC_KEY,
    "FIELD_KEYS": FIELD_KEYS,
    "BLOBS": "s3://bucket/?endpoint=http://127.0.0.1&key=k&secret=blob-secret",
    "TRIAL_DATABASE_URL": "postgresql://user:database-secret@127.0.0.1/trial",
}


class TrialSettings(Settings):
    model_config = {"env_prefix": "TRIAL_"}


@pytest.fixture
def given(monkeypatch):
    """An environment that has all it needs, and nothing else of ours."""
    for field in Settings.model_fields.values():
        if field.alias:
            monkeypatch.delenv(field.alias, raising=False)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("name", GIVEN)
def test_a_missing_value_fails_with_its_name(given, name):
    given.delenv(name)
    with pytest.raises(MissingSettings, match=f"^{name}: Field required$"):
        TrialSettings.read()


def test_a_wrong_value_fails_with_its_name_and_without_the_secrets(given):
    given.setenv("RETRY_DELAYS_MS", '["soon"]')
    given.setenv("TRIAL_MAX_JOBS", "many")
    with pytest.raises(MissingSettings, match="RETRY_DELAYS_MS.*TRIAL_MAX_JOBS") as failure:
        TrialSettings.read()
    assert "secret" not in str(failure.value)


def test_settings_do_not_tell_their_secrets(given):
    settings = TrialSettings.read()
    assert "secret" not in repr(settings) and FIELD_KEYS not in repr(settings)
    assert settings.environment == "production", "what nobody has said to be a development is none"


def test_the_clock_of_the_business_runs_from_where_it_is_set(given):
    given.setenv("ENVIRONMENT", "development")
    given.setenv("CLOCK", "2023-09-14T09:00+08:00")
    given.setenv("CLOCK_ORIGIN", str(time.time() - 3600))
    first, second = clock_from(TrialSettings.read()), clock_from(TrialSettings.read())
    expected = datetime(2023, 9, 14, 2, 0, tzinfo=UTC)
    assert timedelta(0) <= first() - expected < timedelta(minutes=1)
    assert abs(second() - first()) < timedelta(seconds=5), "all processes have the same time"
    before = first()
    time.sleep(0.01)
    assert first() > before
    given.delenv("CLOCK_ORIGIN")
    fresh = clock_from(TrialSettings.read())()
    assert timedelta(0) <= fresh - datetime(2023, 9, 14, 1, 0, tzinfo=UTC) < timedelta(minutes=1)


def test_in_production_nobody_sets_the_clock(given):
    assert clock_from(TrialSettings.read()) is utc_now
    given.setenv("CLOCK", "2023-09-14T09:00+08:00")
    with pytest.raises(ValueError, match="CLOCK must not be set when ENVIRONMENT is production"):
        clock_from(TrialSettings.read())
    given.setenv("ENVIRONMENT", "development")
    given.setenv("CLOCK", "2023-09-14T09:00")
    with pytest.raises(ValueError, match="needs its zone"):
        clock_from(TrialSettings.read())


def test_a_session_expires_by_the_clock_of_the_business():
    moment = datetime(2023, 9, 14, tzinfo=UTC)
    token = session(EMPLOYER, lifetime=600, now=moment.timestamp())
    assert SessionVerifier(PUBLIC_KEY, lambda: moment + timedelta(seconds=599)).verify(token) == EMPLOYER
    with pytest.raises(Forbidden, match="session_expired"):
        SessionVerifier(PUBLIC_KEY, lambda: moment + timedelta(seconds=600)).verify(token)
    with pytest.raises(Forbidden, match="session_expired"):
        SessionVerifier(PUBLIC_KEY).verify(token)
    with pytest.raises(Forbidden, match="session_invalid"):
        SessionVerifier(PUBLIC_KEY, lambda: moment).verify(token[:-4] + "AAAA")


def test_sealed_texts_open_with_every_key_and_are_sealed_with_the_first():
    one, two = FIELD_KEYS.split(",")
    old, new, stranger = sealing.Sealer(two), sealing.Sealer(FIELD_KEYS), sealing.Sealer(one)
    token = old.seal("410181199001011234 堃")
    assert new.unseal(token) == "410181199001011234 堃"
    assert new.seal("x").startswith("k1.") and new.seal("x") != new.seal("x")
    for bad in (token[:-6] + "AAAAA=", "k0.", "k9." + token[3:], "k1." + token[3:], "no token"):
        with pytest.raises(sealing.Unsealable):
            new.unseal(bad)
    with pytest.raises(sealing.Unsealable):
        stranger.unseal(token)


def test_fingerprints_stay_when_a_key_is_added():
    one, two = FIELD_KEYS.split(",")
    assert sealing.Sealer(two).fingerprint("a") == sealing.Sealer(FIELD_KEYS).fingerprint("a")
    assert sealing.Sealer(one).fingerprint("a") != sealing.Sealer(two).fingerprint("a")
    assert len(sealing.fingerprint("a")) == 64 and sealing.fingerprint("a") != sealing.fingerprint("b")


@pytest.mark.parametrize("keys", ["", "k1", "k1:c2hvcnQ=", "k.1:" + "A" * 43 + "=", ":" + "A" * 43 + "="])
def test_keys_that_are_none_fail_at_start(keys):
    with pytest.raises(ValueError):
        sealing.Sealer(keys)


def test_a_log_line_is_json_and_names_message_and_trace():
    speak_of(message_id="m-1", trace="t-1")
    try:
        raise RuntimeError("堃\nsecond line")
    except RuntimeError:
        record = logging.LogRecord("a.b", logging.ERROR, "f", 1, "failed %s", ("x",), sys.exc_info())
    line = JsonLine("subsidy").format(record)
    speak_of()
    said = json.loads(line)
    assert "\n" not in line and "堃" in line and "RuntimeError" in said.pop("error")
    assert datetime.fromisoformat(said.pop("at")).tzinfo and said.pop("pid")
    assert said == {
        "level": "ERROR",
        "process": "subsidy",
        "logger": "a.b",
        "message": "failed x",
        "message_id": "m-1",
        "trace": "t-1",
    }
