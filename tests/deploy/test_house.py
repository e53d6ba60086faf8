"""The house on one machine: secrets, environment, ports, clock. Nothing is started here but a listener."""

import base64
import os
import socket
import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from deploy.local import run, supervise
from deploy.local.house import House, Ports
from deploy.local.keys import keys_of
from deploy.local.terminal import Trouble
from services.__main__ import SERVICES, WORKERS, settings_of

PROCESSES = SERVICES + WORKERS
PORTS = {"gateway": 1, "push": 2, "uk_agent": 3, "ca": 4}
BROKER = "pyamqp://guest:guest@127.0.0.1:1//"  # named, never met


@pytest.fixture
def house(tmp_path, monkeypatch) -> House:
    """A house that is not started."""
    monkeypatch.setenv("AMQP_URI", BROKER)
    return House(tmp_path / "house")


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_secrets_are_readable_by_their_owner_only(tmp_path):
    keys_of(tmp_path)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_secrets_are_made_once_for_each_house(tmp_path):
    (tmp_path / "other").mkdir()
    assert keys_of(tmp_path) == keys_of(tmp_path)
    assert not set(keys_of(tmp_path).values()) & set(keys_of(tmp_path / "other").values())


def test_secrets_are_of_the_kind_that_the_services_want(tmp_path):
    keys = keys_of(tmp_path)
    private = load_pem_private_key(keys["IDENTITY_SESSION_PRIVATE_KEY"].encode(), None)
    assert private.public_key() == load_pem_public_key(keys["SESSION_PUBLIC_KEY"].encode())
    assert len(base64.b64decode(keys["FIELD_KEYS"].removeprefix("k1:"))) == 32


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_finds_its_settings_in_the_environment(house, monkeypatch, process):
    house.folder.mkdir()
    environment = house.make_environment(**PORTS)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = settings_of(process)
    assert settings.broker_url == BROKER
    assert settings.database_url.startswith(f"sqlite:///{house.folder}/")


def test_every_service_has_a_database_of_its_own(house):
    house.folder.mkdir()
    environment = house.make_environment(**PORTS)
    assert len({environment[f"{name.upper()}_DATABASE_URL"] for name in SERVICES}) == len(SERVICES)


def test_every_process_of_the_services_is_in_the_procfile():
    assert set(PROCESSES) | set(supervise.WEB) == set(supervise.kinds())


def test_one_number_scales_one_kind_of_process_and_no_port_is_given_twice():
    names = [process.name for process in supervise.processes(7000, {"subsidy": 3, "gateway": 2})]
    ports = [process.env["PORT"] for process in supervise.processes(7000, {"subsidy": 3})]
    assert [name for name in names if name.startswith("subsidy.")] == ["subsidy.1", "subsidy.2", "subsidy.3"]
    assert [name for name in names if name.startswith("gateway.")] == ["gateway.1"]  # workers on one port
    assert ports == [str(7000 + i) for i in range(len(ports))]


@pytest.mark.parametrize("setting", ["GATEWAY_PORT", "PUSH_PORT", "HEALTH_PORT", "UK_AGENT_PORT", "CA_PORT"])
def test_a_busy_port_is_named_with_its_setting(house, busy_port, setting):
    house.ports = Ports(**{setting.removesuffix("_PORT").lower(): busy_port})
    with pytest.raises(Trouble, match=f"port {busy_port} is busy: set {setting} "):
        house.start()


def test_a_busy_port_of_the_broker_is_named_with_its_setting(tmp_path, busy_port):
    with pytest.raises(Trouble, match=f"port {busy_port} is busy: set BROKER_PORT "):
        House(tmp_path, ports=Ports(broker=busy_port)).start()


def test_the_clock_of_a_kept_house_goes_on_where_it_would_be(tmp_path, monkeypatch):
    monkeypatch.setenv("AMQP_URI", BROKER)
    begin = "2023-09-14T09:00+08:00"
    first, again, later = (
        House(tmp_path, clock=clock).make_environment(**PORTS)
        for clock in (begin, begin, "2023-10-01T09:00+08:00")
    )
    assert first["CLOCK_ORIGIN"] == again["CLOCK_ORIGIN"] != later["CLOCK_ORIGIN"]
    assert abs(float(first["CLOCK_ORIGIN"]) - datetime.now(UTC).timestamp()) < 60


def test_without_a_clock_the_house_has_the_time_of_the_machine(house, monkeypatch):
    monkeypatch.setenv("CLOCK", "2023-09-14T09:00+08:00")
    house.folder.mkdir()
    assert "CLOCK" not in house.make_environment(**PORTS)


def test_settings_of_make_run_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("GATEWAY_PORT", "8080")
    monkeypatch.setenv("SUBSIDY_WORKER", "2")
    assert run.ports().gateway == 8080
    assert run.replicas()["subsidy-worker"] == 2
    assert run.replicas()["subsidy"] == 1


@pytest.mark.parametrize("text", ["", "-1", "two", "1.5"])
def test_a_setting_that_is_no_number_is_refused_by_name(monkeypatch, text):
    monkeypatch.setenv("PUSH_PORT", text)
    with pytest.raises(Trouble, match="PUSH_PORT"):
        run.ports()
