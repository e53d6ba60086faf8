"""The tables of a service through time: numbered steps, forward only, each taken once.

`services/<service>/migrations/versions/0001_initial.py` and so on. A chain runs in one transaction, and one
process at a time: a second one waits and finds nothing left to do.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render, render_python_code
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from services.chassis.database import Database

PATIENCE_MS = 120_000

# As PostgreSQL itself names what nobody has named; a rebuild of a table on SQLite needs names as well.
NAMES = {
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

TEMPLATE = '''"""{sentence}"""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {previous}


def upgrade() -> None:
{body}
'''


class Chain:
    """The migrations of one service: its folder, and the tables that they lead to."""

    def __init__(self, service: str, folder: Path, tables: Sequence[sa.MetaData]) -> None:
        self._service, self._versions, self._tables = service, folder / "versions", list(tables)
        self._script = ScriptDirectory(str(folder), version_locations=[str(self._versions)])

    def upgrade(self, database: Database, upto: str = "head") -> list[str]:
        """Take the steps not taken yet; return their names. `upto`: the last one to take."""
        taken: list[str] = []

        def steps(current: Any, _: MigrationContext) -> list[Any]:
            found = self._script._upgrade_revs(upto, current)
            taken.extend(f"{step.revision.revision} {step.doc}" for step in found)
            return list(found)

        if not self._script.get_heads():
            return taken
        with _alone(database, self._service) as connection:
            with EnvironmentContext(Config(), self._script, fn=steps, destination_rev=upto) as environment:
                names = sa.MetaData(naming_convention=NAMES)
                environment.configure(connection=connection, target_metadata=names, **self._options())
                environment.run_migrations()
        return taken

    def differences(self, database: Database) -> list[Any]:
        """Return what the migrated database lacks, or has too much, against the tables in the code."""
        with database.read() as connection:
            return list(compare_metadata(self._context(connection), self._tables))  # type: ignore[arg-type]

    def write_step(self, database: Database, slug: str) -> Path | None:
        """Write the step from a migrated database to the tables in the code; None: nothing to do."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
            raise ValueError("a slug is lower case with underscores: add_slip_number")
        imports: set[str] = set()
        with database.read() as connection:
            operations = produce_migrations(self._context(connection), self._tables).upgrade_ops  # type: ignore[arg-type]
        if operations is None or operations.is_empty():
            return None
        body = render_python_code(operations, render_as_batch=True, imports=list(imports), render_item=_plain)
        head = self._script.get_current_head()
        revision = f"{int(head or 0) + 1:04}"
        text = TEMPLATE.format(
            sentence=slug.replace("_", " ").capitalize() + ".",
            imports="\n".join(sorted(imports)),
            revision=revision,
            previous=f'"{head}"' if head else None,
            body=body,
        )
        self._versions.mkdir(parents=True, exist_ok=True)
        path = self._versions / f"{revision}_{slug}.py"
        path.write_text(text)
        return path

    def _context(self, connection: sa.Connection) -> MigrationContext:
        return MigrationContext.configure(connection, opts=self._options())

    def _options(self) -> dict[str, Any]:
        return {
            "version_table": f"migrations_{self._service}",
            "compare_type": True,
            "render_as_batch": True,
        }


@contextmanager
def _alone(database: Database, service: str) -> Iterator[sa.Connection]:
    """A write transaction that no second migration shares.

    SQLite would follow foreign keys while it rebuilds a table, and can be told not to before BEGIN only.
    """
    with database.engine.connect().execution_options(write=True) as connection:
        raw: Any = connection.connection.dbapi_connection
        if database.is_sqlite:
            raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            raw.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not database.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(service))))
            yield connection
        connection.invalidate()  # its settings go with it


def _plain(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Our own column types as what they are in the database: a step must not change when our code does."""
    if kind == "type" and isinstance(item, sa.TypeDecorator):
        return str(render._repr_type(item.impl_instance, context))
    return False
