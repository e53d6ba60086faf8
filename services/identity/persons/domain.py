"""Persons on the personal portal. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts.values import Actor, ActorKind, mask_citizen_id

REGISTER, RESET, CHANGE_PHONE = "register_person", "reset_person_password", "change_person_phone"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person with an account, who comes in with id number and password."""

    person_id: UUID
    id_number: str = field(repr=False)
    full_name: str
    phone: str = field(repr=False)
    password_hash: str = field(repr=False)
    agreement: str
    agreed_at: datetime
    registered_at: datetime
    password_changed_at: datetime
    disabled_at: datetime | None = None

    def with_phone(self, phone: str) -> "Person":
        """Return the person with another phone."""
        return replace(self, phone=phone)

    def with_password(self, *, password_hash: str, at: datetime) -> "Person":
        """Return the person with another password."""
        return replace(self, password_hash=password_hash, password_changed_at=at)

    def may_reset_password(self, *, phone: str) -> bool:
        """Is this the phone of an account that may be used?"""
        return self.disabled_at is None and phone == self.phone

    def masked(self) -> str:
        """Return the id number as the trail shows it."""
        return mask_citizen_id(self.id_number)

    def actor(self) -> Actor:
        """Return who acts after this person has signed in."""
        return Actor(id=f"person:{self.person_id}", kind=ActorKind.PERSON, name=self.full_name)
