"""`python -m services reseal` on the tables of the services: afterwards the new key alone opens them."""

import argparse
import base64

import pytest
import sqlalchemy as sa

from services import __main__ as operations
from services.chassis import sealing
from services.chassis.ids import new_id
from services.chassis.resealing import reseal
from services.chassis.sealing import SealedText
from services.contracts.notify import ListOutboxSms
from services.contracts.subsidy.approval import RefundsApproved
from services.contracts.subsidy.bank_accounts import ChangeBankAccount
from services.contracts.subsidy.confirmation import GetRefund
from services.notify.prompts.jobs import tell_by_sms
from services.notify.sms import jobs
from tests.people import EMPLOYER, PUBLIC_KEY
from tests.services.conftest import FIELD_KEYS
from tests.services.refunds import MANUAL, answer, approved, refund_of

OLD = FIELD_KEYS
NEW = f"k2:{base64.b64encode(bytes(range(32))).decode()}"


@pytest.fixture
def lived(world):
    """A world in which an employer was approved, told, has confirmed and changed its account."""
    approved(world, [MANUAL])
    for event in world.published(RefundsApproved):
        world.hear("notify", event)
    world.sweep("notify", tell_by_sms)
    world.sweep("notify", jobs.dispatch_sms)
    answer(world, MANUAL)
    return world


def renew(world, service):
    return reseal(world.database(service), operations.tables_of(service))


def sealed_columns(service):
    for tables in operations.tables_of(service):
        for table in tables.sorted_tables:
            yield from (column for column in table.c if isinstance(column.type, SealedText))


def test_what_services_keep_is_readable_with_the_new_key_alone(lived):
    command = ChangeBankAccount(
        id=new_id(),
        unit_no=MANUAL["unit_no"],
        account_name=MANUAL["unit_name"],
        account="6222020200112233445",
        bank="工商银行",
    )
    certified = EMPLOYER.model_copy(update={"certificate": True})
    changed = lived.ask(command, by=certified)
    sealing.configure(f"{NEW},{OLD}")
    for service in ("subsidy", "notify"):
        report = renew(lived, service)
        assert report.is_complete and sum(report.renewed.values())
        assert not any(renew(lived, service).renewed.values())
    assert lived.ask(command, by=certified) == changed, "a repetition gets its answer from the inbox"
    sealing.configure(NEW)
    for service in ("subsidy", "notify"):
        with lived.database(service).read() as connection:
            for column in sealed_columns(service):
                tokens = connection.scalars(sa.select(sa.type_coerce(column, sa.Text))).all()
                assert {sealing.key_of(token) for token in tokens if token} <= {"k2"}, column
    shown = lived.ask(GetRefund(refund_id=refund_of(MANUAL)), by=EMPLOYER)
    assert (shown.account_masked, shown.phone_masked) == ("****3445", "199****0001")
    assert lived.ask(ListOutboxSms(phone=MANUAL["phone"])).messages == ()
    assert renew(lived, "notify").renewed["development_outbox.phone_fingerprint"] == 1
    [message] = lived.ask(ListOutboxSms(phone=MANUAL["phone"])).messages
    assert message.phone == MANUAL["phone"]


@pytest.fixture
def environment(world, monkeypatch):
    """The environment of the operation."""
    given = {"BROKER_URL": "unused", "SESSION_PUBLIC_KEY": PUBLIC_KEY, "BLOBS": "unused"}
    given |= {"ENVIRONMENT": "development", "FIELD_KEYS": f"{NEW},{OLD}"}
    for name, value in {**given, "SUBSIDY_DATABASE_URL": world.url_of("subsidy")}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def run(*services):
    operations.reseal(argparse.Namespace(services=list(services)))


def test_the_operation_tells_how_much_it_did(lived, environment, capsys):
    run("subsidy")
    said = capsys.readouterr().out.splitlines()
    assert "subsidy refunds.account: 1 renewed" in said and "subsidy units.phone: 1 renewed" in said
    run("subsidy")
    assert all(line.endswith(": 0 renewed") for line in capsys.readouterr().out.splitlines())


def test_it_fails_when_a_key_is_missing_and_names_table_and_key(lived, environment, capsys):
    environment.setenv("FIELD_KEYS", NEW)
    with pytest.raises(SystemExit, match="not everything"):
        run("subsidy")
    said = capsys.readouterr().out
    assert "subsidy refunds.account: 1 CANNOT BE UNSEALED, key k1" in said
    assert MANUAL["account"] not in said and MANUAL["phone"] not in said


@pytest.mark.parametrize("service", operations.SERVICES)
def test_a_keyed_column_names_its_purpose_and_the_sealed_column_it_is_computed_from(service):
    for tables in operations.tables_of(service):
        for table in tables.sorted_tables:
            for column in table.c:
                if "keyed" in column.info:
                    purpose, sealed = column.info["keyed"]
                    assert purpose and isinstance(table.c[sealed].type, SealedText), column
                    assert isinstance(column.type, sa.String) and column.type.length == 64, column
