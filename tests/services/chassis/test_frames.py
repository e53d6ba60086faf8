"""A frame goes into a table as it is, on both databases."""

from datetime import date
from uuid import uuid4

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as some

from services.chassis import frames
from services.chassis.frames import insert_frame

metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("key", sa.Uuid, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("order", sa.Text),  # a word of SQL
    sa.Column("open", sa.Boolean),
)
NASTY = "tab\tnewline\nreturn\rbackslash\\ \\N \\. quote'\" 堃𬭎 "


@pytest.fixture(autouse=True)
def tables(database):
    metadata.create_all(database.engine)


def stored(database) -> list[tuple]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(things).order_by(things.c.id))]


def test_text_numbers_truth_and_null_come_back_as_they_went_in(database):
    rows = [(1, NASTY, True), (2, None, None), (3, "", False), (2**62, "\\N", True), (5, "\\", None)]
    frame = pl.DataFrame(rows, schema=["id", "order", "open"], orient="row")
    key = uuid4()
    with database.write() as connection:
        insert_frame(connection, things, frame, key=key)
    assert stored(database) == sorted((key, *row) for row in rows)


@given(
    texts=some.lists(
        some.none() | some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    )
)
def test_any_text_survives_copy(texts):
    text = frames._CopyText(iter([pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})]))
    written = b"".join(iter(lambda: text.read(7), b"")).decode()
    assert [_unescaped(line) for line in written.split("\n")[:-1]] == texts


def _unescaped(line: str) -> str | None:
    """Read a field as PostgreSQL does."""
    if line == "\\N":
        return None
    letters, found = iter(line), []
    for letter in letters:
        found.append(
            {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[next(letters)] if letter == "\\" else letter
        )
    return "".join(found)


def test_any_number_of_rows_over_many_slices(database, monkeypatch):
    monkeypatch.setattr(frames, "SLICE", 7)
    key = uuid4()
    for frame in (pl.DataFrame({"id": range(100)}), pl.DataFrame({"id": []}, schema={"id": pl.Int64})):
        with database.write() as connection:
            insert_frame(connection, things, frame, key=key)
    assert stored(database) == [(key, number, None, None) for number in range(100)]


def test_it_is_part_of_its_transaction(database):
    with pytest.raises(
        sa.exc.IntegrityError if database.is_sqlite else Exception, match="(?i)unique|duplicate"
    ):
        with database.write() as connection:
            insert_frame(connection, things, pl.DataFrame({"id": [1, 2, 1]}), key=uuid4())
    assert stored(database) == []


def test_a_column_that_needs_the_type_of_the_table_is_refused(database):
    with pytest.raises(TypeError, match="id"):
        with database.write() as connection:
            insert_frame(connection, things, pl.DataFrame({"id": [date(2023, 9, 14)]}), key=uuid4())
