"""Migrations: once, forward, in order, and they lead to the tables in the code."""

import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from services.__main__ import SERVICES, chain_of
from services.chassis import schema
from services.chassis.database import Database, UtcDateTime
from services.chassis.migrations import Chain
from services.chassis.sealing import SealedText

FIRST = sa.MetaData()
sa.Table(
    "units",
    FIRST,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("at", UtcDateTime),
)
sa.Table(
    "months", FIRST, sa.Column("unit_id", sa.ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
)

SECOND = sa.MetaData()
sa.Table(
    "units",
    SECOND,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("at", UtcDateTime),
    sa.Column("phone", SealedText, unique=True),
)
sa.Table(
    "months", SECOND, sa.Column("unit_id", sa.ForeignKey("units.id", ondelete="CASCADE"), primary_key=True)
)


def chain(folder, tables) -> Chain:
    return Chain("trial", folder, [schema.metadata, tables])


@pytest.fixture
def two_steps(tmp_path):
    """A chain of two steps, written as `make-migration` writes them, against a database of their own."""
    scratch = Database(f"sqlite:///{tmp_path}/scratch.db")
    (tmp_path / "migrations/versions").mkdir(parents=True)
    for number, tables in enumerate((FIRST, SECOND), 1):
        chain(tmp_path / "migrations", tables).upgrade(scratch)
        path = chain(tmp_path / "migrations", tables).write_step(scratch, f"step_{number}")
        assert path.name == f"000{number}_step_{number}.py"
    chain(tmp_path / "migrations", SECOND).upgrade(scratch)
    assert chain(tmp_path / "migrations", SECOND).write_step(scratch, "nothing") is None
    scratch.close()
    return tmp_path / "migrations"


def test_steps_are_taken_in_order_and_once_and_lead_to_the_tables(two_steps, database):
    steps = chain(two_steps, SECOND)
    assert steps.upgrade(database) == ["0001 Step 1.", "0002 Step 2."]
    assert chain(two_steps, SECOND).upgrade(database) == []
    assert steps.differences(database) == []
    assert chain(two_steps, FIRST).differences(database) != [], "the comparison does compare"


def test_rows_survive_a_step_that_rebuilds_their_table(two_steps, database):
    later = next((two_steps / "versions").glob("0002*"))
    kept = later.read_text()
    later.unlink()
    chain(two_steps, FIRST).upgrade(database)
    with database.write() as connection:
        connection.execute(sa.text("insert into units (id, name) values (1, 'a')"))
        connection.execute(sa.text("insert into months values (1)"))
    later.write_text(kept)
    chain(two_steps, SECOND).upgrade(database)
    with database.read() as connection:
        assert connection.execute(sa.text("select name from units")).all() == [("a",)]
        assert connection.execute(sa.text("select unit_id from months")).all() == [(1,)]
    with pytest.raises(sa.exc.IntegrityError):
        with database.write() as connection:  # foreign keys are watched again
            connection.execute(sa.text("insert into months values (99)"))


def test_a_step_that_fails_leaves_nothing_behind(two_steps, database):
    later = next((two_steps / "versions").glob("0002*"))
    later.write_text(later.read_text() + "    raise ZeroDivisionError\n")
    with pytest.raises(ZeroDivisionError):
        chain(two_steps, SECOND).upgrade(database)
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_two_processes_at_once_take_each_step_once(two_steps, database_url):
    taken, databases = [], [Database(database_url) for _ in range(4)]
    start = threading.Barrier(4)

    def migrate(database: Database) -> None:
        steps = chain(two_steps, SECOND)
        start.wait()
        taken.append(steps.upgrade(database))

    threads = [threading.Thread(target=migrate, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert sorted(taken) == [[], [], [], ["0001 Step 1.", "0002 Step 2."]]


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_match_its_tables(service, database):
    steps = chain_of(service)
    assert steps.upgrade(database)
    assert steps.differences(database) == []


def test_operations_explain_themselves_and_name_what_is_missing(tmp_path):
    def operate(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "ignore", "-m", "services", *words]
        return subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True)

    shown = operate("--help").stdout
    for word in "run migrate make-migration topology dead-letters replay seed contracts".split():
        assert f"\n    {word}" in shown
    missing = operate("migrate", "subsidy")
    assert missing.returncode == 1 and "Traceback" not in missing.stderr
    assert "SUBSIDY_DATABASE_URL: Field required" in missing.stderr
    assert operate("dead-letters").stderr == "not configured: 'BROKER_URL'\n"
