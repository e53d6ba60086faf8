"""What an earlier version has kept is carried over: maintenances, accounts, their handlers."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.__main__ import chain_of
from services.chassis import sealing
from services.chassis.database import Database
from services.identity.accounts.store import employers
from services.identity.credit_codes.store import maintained_units, maintenances
from tests.people import CODE
from tests.services.conftest import FIELD_KEYS
from tests.services.portal import HANDLER, PHONE, UNIT_NAME, UNIT_NO

FIRST, SECOND = "018a91b27c4070008000000000000001", "018a91b27c4070008000000000000002"
EARLIER, LATER = "2023-09-13 01:00:00+00:00", "2023-09-14 01:00:00+00:00"
MAINTENANCE = (
    "insert into maintenances (id, unit_no, credit_code, unit_name, handler_name, handler_phone, accepted_at,"
    " accepted_by) values (:{0}, :unit_no, :code, :unit_name, :{0}_name, :phone, :{0}_at, 'clerk:chen')"
)
EARLIER_ROWS = (
    "insert into maintained_units (unit_no, credit_code) values (:unit_no, :code)",
    MAINTENANCE.format("first"),
    MAINTENANCE.format("second"),
    "insert into employers (credit_code, unit_no, unit_name, agreement, opened_at)"
    " values (:code, :unit_no, :unit_name, '2023-01', :second_at)",
    "insert into sms_quotas (phone, asked) values ('fingerprint', 1)",
)


@pytest.fixture
def database(url_of):
    sealing.configure(FIELD_KEYS)
    database = Database(url_of("identity"))
    yield database
    database.close()


def row():
    """Return the values of the rows above, as an earlier version has kept them."""
    ids = {"first": FIRST, "second": SECOND, "first_at": EARLIER, "second_at": LATER}
    names = {"first_name": "李四", "second_name": HANDLER, "unit_name": UNIT_NAME}
    return {**ids, **names, "unit_no": UNIT_NO, "code": CODE, "phone": sealing.seal(PHONE)}


def test_an_earlier_version_is_carried_over(database):
    chain = chain_of("identity")
    chain.upgrade(database, upto="0001")
    with database.write() as connection:
        for statement in EARLIER_ROWS:
            connection.execute(sa.text(statement), row())
    chain.upgrade(database)
    with database.read() as connection:
        [unit] = connection.execute(sa.select(maintained_units)).all()
        kept = connection.execute(sa.select(maintenances).order_by(maintenances.c.id)).all()
        [employer] = connection.execute(sa.select(employers)).all()
    assert unit.maintenance_id.hex == SECOND
    assert [(one.state, one.decided_by) for one in kept] == [("accepted", "clerk:chen")] * 2
    assert kept[1].declared_at == datetime(2023, 9, 14, 1, tzinfo=UTC)
    assert (employer.handler_name, employer.handler_phone) == (HANDLER, PHONE)
