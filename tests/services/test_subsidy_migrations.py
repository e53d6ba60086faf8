"""What an earlier version has kept is carried over: batches and their lines, the bits of criteria."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.__main__ import chain_of
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.subsidy.approval.store.batches import batches
from services.subsidy.approval.store.items import batch_items
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.confirmation.store import standings
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import criterion_bits, policies
from services.subsidy.screening.store import screenings
from tests.services.conftest import NOW

KEPT: dict[str, Any] = {"filter": {}, "made_at": NOW, "started_at": NOW, "deadline": NOW.date()}
SINCE = {"held_out", "changed_by", "outcomes", "remarks"}


@pytest.fixture
def database(url_of):
    database = Database(url_of("subsidy"))
    yield database
    database.close()


def keep(connection, table, **values):
    """Add a row as the earlier version did: what must be there, "1" or 1 unless it is given."""
    needed = [one for one in table.columns if one.name in values or not one.nullable]
    earlier = sa.table(
        table.name, *(sa.column(one.name, one.type) for one in needed if one.name not in SINCE)
    )
    row = {one.name: 1 if isinstance(one.type, sa.Integer) else "1" for one in earlier.columns}
    connection.execute(earlier.insert().values(row | {name: values[name] for name in row if name in values}))


def test_batches_and_lines_of_an_earlier_version_are_carried_over(database):
    chain, run, batch = chain_of("subsidy"), new_id(), new_id()
    chain.upgrade(database, upto="0003")
    with database.write() as connection:
        keep(connection, screenings, **KEPT, id=run, state="done")
        keep(connection, batches, **KEPT, id=batch, screening_id=run, state="made")
        for unit_no, held, missing in (("410181000001", "410181000001", ""), ("410181000002", None, "bank")):
            line = {"unit_no": unit_no, "held": held, "missing": missing, "unit_type": "enterprise"}
            keep(connection, batch_items, **line, batch_id=batch)
    chain.upgrade(database)
    with database.read() as connection:
        [screening] = connection.execute(sa.select(screenings)).all()
        [made] = connection.execute(sa.select(batches)).all()
        lines = connection.execute(sa.select(batch_items).order_by(batch_items.c.unit_no)).all()
    assert (screening.released_at, screening.released_by, screening.released_by_name) == (NOW, "1", "1")
    assert (made.id, made.held_out, made.changed_by) == (batch, 0, [])
    assert (made.units, made.outcomes, made.remarks) == (None, {}, 0)
    assert [(one.held, one.missing, one.held_out) for one in lines] == [
        ("410181000001", "", None),
        (None, "bank", None),
    ]
    for wrong in ({"held_out": "x"}, {"unit_no": "410181000003"}):
        row = dict(lines[0]._mapping) | {"unit_no": "410181000009"} | wrong
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            connection.execute(batch_items.insert().values(row))


def test_refunds_and_their_answers_outlive_the_lighter_table(database):
    chain, run, batch, refund = chain_of("subsidy"), new_id(), new_id(), new_id()
    chain.upgrade(database, upto="0011")
    with database.write() as connection:
        keep(connection, screenings, **KEPT, id=run, state="done")
        keep(connection, batches, **KEPT, id=batch, screening_id=run, state="made")
        keep(connection, refunds, **KEPT, id=refund, batch_id=batch, unit_type="enterprise", number="WGFH")
        standing = {"refund_id": refund, "batch_id": batch, "choice": "confirmed", "chosen_at": NOW}
        keep(connection, standings, **standing)
    chain.upgrade(database)
    with database.write() as connection:
        [kept] = connection.execute(sa.select(refunds.c.id, refunds.c.batch_id, refunds.c.number)).all()
        assert (kept.id, kept.batch_id, kept.number) == (refund, batch, "WGFH")
        assert connection.scalar(sa.select(standings.c.refund_id)) == refund
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    for wrong in ({"id": refund}, {"unit_no": None}):
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            row = connection.execute(sa.select(refunds)).one()._mapping
            connection.execute(refunds.insert().values(dict(row) | {"id": new_id()} | wrong))


def test_the_bits_of_the_policies_in_force_keep_their_codes(database):
    chain, policy = chain_of("subsidy"), read_programme("henan_2023")
    chain.upgrade(database, upto="0008")
    row = {"programme_year": 2023, "version": 1, "digest": "x", "body": policy.to_data(), "in_force_at": NOW}
    earlier = sa.table("policies", *(sa.column(name, policies.c[name].type) for name in row))
    with database.write() as connection:
        connection.execute(earlier.insert().values(row))
    chain.upgrade(database)
    with database.read() as connection:
        codes = {row.bit: row.code for row in connection.execute(sa.select(criterion_bits))}
        [kept] = connection.execute(sa.select(policies)).all()
    assert codes == {each.bit: each.code for each in policy.criteria}
    assert (kept.draft_id, kept.maker, kept.reviewer) == (None, None, None)
