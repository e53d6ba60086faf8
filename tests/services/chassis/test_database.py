"""The statements that differ between SQLite and PostgreSQL mean the same on both."""

import threading
import traceback
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.chassis.database import (
    UtcDateTime,
    bulk_insert,
    bulk_insert_if_new,
    insert_if_new,
    stream,
    upsert_rows,
)
from services.chassis.sealing import SealedText

metadata = sa.MetaData()
units = sa.Table(
    "units",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("amount", sa.BigInteger),
    sa.Column("open", sa.Boolean),
    sa.Column("at", UtcDateTime),
    sa.Column("day", sa.Date),
    sa.Column("key", sa.Uuid),
    sa.Column("facts", sa.JSON),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("ratio", sa.Numeric(8, 4)),
    sa.Column("phone", SealedText),
)
COLUMNS = [column.name for column in units.columns]
NASTY = "tab\tnewline\nreturn\rbackslash\\ \\N \\. quote'\" 堃𬭎 "


@pytest.fixture(autouse=True)
def tables(database):
    metadata.create_all(database.engine)


def unit(number: int, name: str | None = NASTY) -> tuple:
    at = datetime(2023, 9, 14, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    facts = {"a": [1, None, "x\ty\\"]}
    return (
        number,
        name,
        10**14,
        True,
        at,
        date(2023, 9, 14),
        uuid4(),
        facts,
        b"\x00\\\n\xff",
        Decimal("0.3"),
        name,
    )


def rows_of(database) -> list[tuple]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(units).order_by(units.c.id))]


def test_bulk_rows_come_back_as_they_went_in(database):
    empty = (2, *[None] * (len(COLUMNS) - 1))
    rows = [unit(1), empty, unit(3, "")]
    with database.write() as connection:
        bulk_insert(connection, units, COLUMNS, iter(rows))
    assert rows_of(database) == rows
    assert rows_of(database)[0][4].tzinfo is UTC
    with database.read() as connection:
        sealed = connection.scalar(sa.text("select phone from units where id = 1"))
    assert sealed.startswith("k1.") and "tab" not in sealed


def test_any_number_of_bulk_rows_in_some_of_the_columns(database):
    with database.write() as connection:
        bulk_insert(connection, units, ["id", "name"], ((n, f"单位{n}\t") for n in range(12_345)))
        bulk_insert(connection, units, ["id"], [])
    with database.read() as connection:
        names = [row.name for row in stream(connection, sa.select(units).order_by(units.c.id), size=100)]
    assert names == [f"单位{n}\t" for n in range(12_345)]


def test_a_bulk_insert_is_part_of_its_transaction(database):
    with pytest.raises(
        sa.exc.IntegrityError if database.is_sqlite else Exception, match="(?i)unique|duplicate"
    ):
        with database.write() as connection:
            bulk_insert(connection, units, ["id"], [(1,), (2,), (1,)])
    assert rows_of(database) == []


def test_a_row_of_the_wrong_length_is_refused(database):
    with pytest.raises(Exception, match="row of 1|zip"):
        with database.write() as connection:
            bulk_insert(connection, units, ["id", "name"], [(1, "a"), (2,)])
    assert rows_of(database) == []


def test_a_stream_can_be_left_early(database):
    with database.write() as connection:
        bulk_insert(connection, units, ["id"], ((n,) for n in range(1000)))
    with database.read() as connection:
        rows = stream(connection, sa.select(units.c.id), size=10)
        assert next(rows).id is not None
        rows.close()
        assert connection.scalar(sa.select(sa.func.count()).select_from(units)) == 1000


def test_insert_if_new_says_whether_it_was(database):
    with database.write() as connection:
        assert insert_if_new(connection, units, id=1, name="first")
        assert not insert_if_new(connection, units, id=1, name="second")
    assert [row[1] for row in rows_of(database)] == ["first"]


def test_upsert_changes_the_named_columns_of_rows_that_exist(database):
    rows = [{"id": n, "name": f"old {n}", "amount": 1} for n in range(3)]
    new = [{"id": n, "name": f"new {n}", "amount": 2} for n in range(1, 4)]
    with database.write() as connection:
        upsert_rows(connection, units, rows, key=["id"], update=["name"])
        upsert_rows(connection, units, new, key=["id"], update=["name"])
        upsert_rows(connection, units, new, key=["id"], update=[])
        upsert_rows(connection, units, [], key=["id"], update=["name"])
    assert [row[:3] for row in rows_of(database)] == [
        (0, "old 0", 1),
        (1, "new 1", 1),
        (2, "new 2", 1),
        (3, "new 3", 2),
    ]


def test_a_read_sees_one_moment_whatever_others_write_meanwhile(database):
    with database.write() as connection:
        connection.execute(units.insert().values(id=1))
    with database.read() as reading:
        assert len(reading.execute(sa.select(units)).all()) == 1
        with database.write() as connection:
            connection.execute(units.insert().values(id=2))
        assert len(reading.execute(sa.select(units)).all()) == 1
    assert len(rows_of(database)) == 2


def test_a_deadlock_is_tried_again_from_the_start(database):
    if database.is_sqlite:
        pytest.skip("SQLite has one writer: no deadlocks")
    with database.write() as connection:
        bulk_insert(connection, units, ["id", "amount"], [(1, 0), (2, 0)])
    meet, attempts = threading.Barrier(2, timeout=30), []

    def crosswise(first: int, second: int) -> None:
        def work(connection: sa.Connection) -> None:
            attempts.append(first)
            add = units.update().values(amount=units.c.amount + 1)
            connection.execute(add.where(units.c.id == first))
            if len(attempts) <= 2:  # the first time they wait for each other
                meet.wait()
            connection.execute(add.where(units.c.id == second))

        database.transact(work)

    threads = [threading.Thread(target=crosswise, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(attempts) >= 3, "they did deadlock"
    assert [row[2] for row in rows_of(database)] == [2, 2], "and each had its effect once"


def test_what_is_no_deadlock_is_not_tried_again(database):
    attempts = []

    def work(connection: sa.Connection) -> None:
        attempts.append(1)
        connection.execute(units.insert().values(id=1))
        connection.execute(units.insert().values(id=1))

    with pytest.raises(sa.exc.IntegrityError):
        database.transact(work)
    assert attempts == [1] and rows_of(database) == []


def test_writers_in_many_threads_wait_for_their_turn(database):
    with database.write() as connection:
        connection.execute(units.insert().values(id=1, amount=0))

    def add(connection: sa.Connection) -> None:
        amount = connection.scalar(sa.select(units.c.amount).with_for_update())
        connection.execute(units.update().values(amount=amount + 1))

    threads = [threading.Thread(target=lambda: [database.transact(add) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows_of(database)[0][2] == 160


@pytest.mark.parametrize(
    "statement",
    [
        "insert into nowhere values (:phone)",
        "insert into units (id, name) values (1, :phone), (1, :phone)",
    ],
    ids=["no such table", "a key twice"],
)
def test_an_error_does_not_repeat_what_was_to_be_stored(database, statement):
    """It goes to logs and dead letters, where nobody's phone number belongs."""
    values = {"phone": "13812345678"}
    with pytest.raises(sa.exc.DBAPIError) as caught, database.write() as connection:
        connection.execute(sa.text(statement), values)
    assert values["phone"] not in "".join(traceback.format_exception(caught.value))


def test_rows_that_are_there_stay_and_the_others_come(database):
    def at_once(connection, rows):
        bulk_insert(connection, units, ["id", "name"], rows)

    metadata.create_all(database.engine)
    with database.write() as connection:
        for rows in ([(1, "a"), (2, "b")], [(3, "c"), (2, "other")]):
            bulk_insert_if_new(connection, units, ["id", "name"], rows, key=["id"], insert=at_once)
    with database.read() as connection:
        found = connection.execute(sa.select(units.c.id, units.c.name).order_by(units.c.id)).all()
    assert [tuple(row) for row in found] == [(1, "a"), (2, "b"), (3, "c")]
