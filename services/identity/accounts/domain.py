"""Employers on the portal: opened once, with one administrator. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance

REGISTER_ADMINISTRATOR = "register_administrator"


@dataclass(frozen=True, kw_only=True)
class Employer:
    """An employer whose online service is open; without an administrator nobody can sign in by password."""

    credit_code: str
    unit_no: str
    unit_name: str
    agreement: str
    opened_at: datetime
    password_hash: str | None = None
    administrator_since: datetime | None = None
    disabled_at: datetime | None = None

    def with_administrator(self, *, password_hash: str, at: datetime) -> "Employer":
        """Return the employer with its administrator, who signs in with this password."""
        return replace(self, password_hash=password_hash, administrator_since=at)

    def usable_password_hash(self) -> str | None:
        """Return what a password is checked against, None when nobody may come in."""
        return None if self.disabled_at else self.password_hash

    def actor(self, *, handler_name: str) -> Actor:
        """Return who acts for this employer after a certificate-free login."""
        return Actor(
            id=f"employer:{self.credit_code}",
            kind=ActorKind.EMPLOYER,
            name=handler_name,
            employer=self.credit_code,
        )


def open_account(
    *,
    unit: MaintainedUnit | None,
    latest: Maintenance | None,
    unit_name: str,
    phone: str,
    agreement: str,
    at: datetime,
) -> Employer | Refused:
    """Return the new account if name and phone equal the latest maintenance.

    One refusal for all that may differ: it must not tell which. Who knows both may know that it is open.
    """
    if unit is None or latest is None or not latest.matches(unit_name=unit_name, phone=phone):
        return Refused("registration_mismatch", "this is not what the hall has entered")
    if unit.registered_at is not None:
        return Refused("already_registered", "the online service is open already")
    return Employer(
        credit_code=unit.credit_code,
        unit_no=unit.unit_no,
        unit_name=latest.unit_name,
        agreement=agreement,
        opened_at=at,
    )


def may_register_administrator(employer: Employer | None, latest: Maintenance | None, *, phone: str) -> bool:
    """Is there an open account without an administrator, and is this the phone of its handler?"""
    if employer is None or latest is None:
        return False
    vacant = employer.administrator_since is None and employer.disabled_at is None
    return vacant and latest.handler_phone == phone
