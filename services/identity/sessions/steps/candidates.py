"""Who somebody says to be, in the words of the room that keeps such accounts."""

from typing import Any
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Actor, ActorKind, mask_citizen_id
from services.identity.accounts import views as account_views
from services.identity.certificates import views as certificates
from services.identity.clerks import store as clerks
from services.identity.clerks import views as clerk_views
from services.identity.clerks.domain import plain_account
from services.identity.persons import store as persons
from services.identity.persons import views as person_views
from services.identity.sessions.domain import Candidate, Session

_VIEWS: dict[ActorKind, Any] = {
    ActorKind.EMPLOYER: account_views,
    ActorKind.PERSON: person_views,
    ActorKind.CLERK: clerk_views,
}


def employer(credit_code: str) -> Candidate:
    """Return an employer, known or not."""
    return Candidate(kind=ActorKind.EMPLOYER, account=credit_code, subject=credit_code)


def clerk(uow: UnitOfWork, account: str) -> Candidate:
    """Return a clerk, known or not. What nobody is called may be anything, typed into the wrong field: the
    trail shows its beginning only."""
    account = plain_account(account)
    subject = account if clerks.find_clerk(uow, account) else f"{account[:2]}***"
    return Candidate(kind=ActorKind.CLERK, account=account, subject=subject, key=account)


def person(uow: UnitOfWork, id_number: str) -> Candidate:
    """Return a person, known or not, by its id number."""
    account = person_views.find_account(uow, id_number)
    subject = mask_citizen_id(id_number)
    return Candidate(kind=ActorKind.PERSON, account=account, subject=subject, key=id_number)


def of_account(uow: UnitOfWork, kind: ActorKind, account: str) -> Candidate:
    """Return whose sign-in it is that was begun for an account."""
    if kind is ActorKind.PERSON:
        found = persons.find_person(uow, UUID(account))
        subject, key = (found.masked(), found.id_number) if found else (account, "")
        return Candidate(kind=kind, account=account, subject=subject, key=key)
    return Candidate(kind=kind, account=account, subject=account)


def find_password_hash(uow: UnitOfWork, candidate: Candidate) -> str | None:
    """Return what the password is checked against; None: nobody may come in."""
    if candidate.account is None:
        return None
    hashed: str | None = _VIEWS[candidate.kind].find_password_hash(uow, candidate.account)
    return hashed


def find_phone(uow: UnitOfWork, kind: ActorKind, account: str) -> str | None:
    """Return where the code of the second step goes; clerks have no phone here."""
    phone: str | None = _VIEWS[kind].find_phone(uow, account)
    return phone


def find_actor(uow: UnitOfWork, session: Session) -> Actor | None:
    """Return who acts now by a sign-in; None: nobody, or not by what it rests on any more."""
    actor: Actor | None = _VIEWS[session.kind].find_actor(uow, session.account)
    if actor is None or not _still_rests(uow, session):
        return None
    return actor.model_copy(update={"certificate": session.certificate, "session": session.id})


def _still_rests(uow: UnitOfWork, session: Session) -> bool:
    """Does the certificate still count, or is there still a password?"""
    if session.authority_id is not None and session.serial is not None:
        return certificates.still_counts(uow, authority_id=session.authority_id, serial=session.serial)
    return _VIEWS[session.kind].find_password_hash(uow, session.account) is not None
