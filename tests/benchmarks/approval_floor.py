"""The floor of an approval: the rows that it made, by one bare COPY into an empty twin with its indexes."""

import tempfile
import time

import psycopg2
import sqlalchemy as sa

from services.chassis.database import Database


def bare_copy(database: Database, table: sa.Table) -> float:
    """Return the seconds that the rows of a table take into an empty twin of it, with its indexes."""
    twin = f"{table.name}_twin"
    return _copy_sqlite(database, table, twin) if database.is_sqlite else _copy(database, table, twin)


def _copy(database: Database, table: sa.Table, twin: str) -> float:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor, tempfile.TemporaryFile() as rows:
        cursor.execute(f"CREATE TABLE {twin} (LIKE {table.name} INCLUDING ALL)")
        cursor.copy_expert(f"COPY (SELECT * FROM {table.name} ORDER BY {_order(table)}) TO STDOUT", rows)
        rows.seek(0)
        began = time.monotonic()
        cursor.copy_expert(f"COPY {twin} FROM STDIN", rows)
    connection.close()
    return time.monotonic() - began


def _copy_sqlite(database: Database, table: sa.Table, twin: str) -> float:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY {_order(table)}").all()
    metadata = sa.MetaData()
    copy = table.to_metadata(metadata, name=twin)
    for index in copy.indexes:
        index.name = f"{index.name}_twin"
    for constraint in list(copy.foreign_key_constraints):
        copy.constraints.discard(constraint)
    with database.write() as connection:
        copy.create(connection)
        marks = ", ".join("?" * len(table.c))
        began = time.monotonic()
        connection.exec_driver_sql(f"INSERT INTO {twin} VALUES ({marks})", [tuple(row) for row in rows])
    return time.monotonic() - began


def _order(table: sa.Table) -> str:
    return "number" if "number" in table.c else "id"
