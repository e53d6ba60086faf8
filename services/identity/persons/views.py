"""What a person sees, and what sessions need. `account` is the person's id as text."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.identity.persons import GetPerson, PersonView
from services.contracts.values import Actor, PersonId, mask_phone
from services.identity.persons import store
from services.identity.persons.domain import Person


def get_person(uow: UnitOfWork, query: GetPerson) -> PersonView:
    """Show the own account."""
    person = store.find_person(uow, uow.actor.require_person())
    if person is None:
        raise Missing("person_missing", "there is no such account")
    return person_view(person)


def find_account(uow: UnitOfWork, id_number: str) -> str | None:
    """Return the account of an id number; None: there is none."""
    person = store.find_by_id_number(uow, id_number)
    return str(person.person_id) if person else None


def find_password_hash(uow: UnitOfWork, account: str) -> str | None:
    """Return what a password is checked against; None: no such account, or nobody may come in."""
    person = _find_usable(uow, account)
    return person.password_hash if person else None


def find_actor(uow: UnitOfWork, account: str) -> Actor | None:
    """Return who acts now; None: nobody may."""
    person = _find_usable(uow, account)
    return person.actor() if person else None


def find_phone(uow: UnitOfWork, account: str) -> str | None:
    """Return where the code of the second step goes; None: nobody may come in."""
    person = _find_usable(uow, account)
    return person.phone if person else None


def person_view(person: Person) -> PersonView:
    """Return an account as its owner sees it."""
    return PersonView(
        person_id=PersonId(person.person_id),
        full_name=person.full_name,
        id_number_masked=person.masked(),
        phone_masked=mask_phone(person.phone),
        registered_at=person.registered_at,
    )


def _find_usable(uow: UnitOfWork, account: str) -> Person | None:
    person = store.find_person(uow, UUID(account))
    return None if person is None or person.disabled_at else person
