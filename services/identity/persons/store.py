"""Persons in the database; id number and phone sealed, found by the id number's keyed hash."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.sealing import SealedText, fingerprint
from services.chassis.unit_of_work import UnitOfWork
from services.identity.persons.domain import Person
from services.identity.schema import metadata

KEYED = "id number"

persons = sa.Table(
    "persons",
    metadata,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("id_number", SealedText, nullable=False),
    sa.Column("full_name", sa.String(200), nullable=False),
    sa.Column("phone", SealedText, nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("agreement", sa.String(40), nullable=False, comment="version that was agreed to, at agreed_at"),
    sa.Column("agreed_at", UtcDateTime, nullable=False),
    sa.Column("registered_at", UtcDateTime, nullable=False),
    sa.Column("password_changed_at", UtcDateTime, nullable=False),
    sa.Column("disabled_at", UtcDateTime),
    sa.Column(
        "id_number_key", sa.String(64), nullable=False, unique=True, info={"keyed": (KEYED, "id_number")}
    ),
)


def add_person(uow: UnitOfWork, person: Person) -> bool:
    """Add a person unless the id number has an account; say whether it was new."""
    return insert_if_new(uow.connection, persons, **_row(person))


def save_person(uow: UnitOfWork, person: Person) -> None:
    """Save a person."""
    row = persons.c.person_id == person.person_id
    uow.connection.execute(persons.update().where(row).values(_row(person)))


def find_person(uow: UnitOfWork, person_id: UUID) -> Person | None:
    """Return a person to look at."""
    return _find(uow, sa.select(persons).where(persons.c.person_id == person_id))


def find_person_alone(uow: UnitOfWork, person_id: UUID) -> Person | None:
    """Return a person that only we can change until we commit."""
    return _find(uow, sa.select(persons).where(persons.c.person_id == person_id).with_for_update())


def find_by_id_number(uow: UnitOfWork, id_number: str) -> Person | None:
    """Return the person with this id number to look at."""
    return _find(uow, sa.select(persons).where(persons.c.id_number_key == _key(id_number)))


def find_by_id_number_alone(uow: UnitOfWork, id_number: str) -> Person | None:
    """Return the person with this id number, whom only we can change until we commit."""
    return _find(uow, sa.select(persons).where(persons.c.id_number_key == _key(id_number)).with_for_update())


def _find(uow: UnitOfWork, query: sa.Select[Any]) -> Person | None:
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Person(**{key: value for key, value in row._mapping.items() if key != "id_number_key"})


def _row(person: Person) -> dict[str, Any]:
    return {**vars(person), "id_number_key": _key(person.id_number)}


def _key(id_number: str) -> str:
    return fingerprint(f"{KEYED}:{id_number}")
