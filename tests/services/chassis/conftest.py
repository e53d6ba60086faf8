"""Databases of each kind, empty; PostgreSQL where TEST_POSTGRES_SERVER names one."""

import os
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.chassis import sealing
from services.chassis.database import Database
from tests.people import FIELD_KEYS

POSTGRES = os.environ.get("TEST_POSTGRES_SERVER", "")


@pytest.fixture(autouse=True)
def keys():
    """The keys of this process, as Runtime.start gives them."""
    sealing.configure(FIELD_KEYS)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgresql", marks=pytest.mark.skipif(not POSTGRES, reason="TEST_POSTGRES_SERVER is not set")
        ),
    ]
)
def database_url(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/chassis.db"
        return
    name = f"chassis_{uuid4().hex[:8]}"
    _on_server(f"CREATE DATABASE {name}")
    yield f"{POSTGRES}/{name}"
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    engine = sa.create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def database(database_url):
    """An empty database."""
    database = Database(database_url)
    yield database
    database.close()
