"""Employers on the portal: opened once, with one handler (经办人) and one administrator at a time. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind
from services.identity.certificates.domain import Certified
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance

REGISTER_ADMINISTRATOR = "register_administrator"
RESET = "reset_employer_password"
CHANGE_HANDLER = "change_handler"


@dataclass(frozen=True, kw_only=True)
class Employer:
    """An employer whose online service is open; without an administrator nobody can sign in by password.

    Opened by its certificate it has no handler until it names one, and a unit number only when the hall has
    tied one.
    """

    credit_code: str
    unit_no: str | None
    unit_name: str
    handler_name: str | None = None
    handler_phone: str | None = field(default=None, repr=False)
    agreement: str
    opened_at: datetime
    password_hash: str | None = field(default=None, repr=False)
    administrator_since: datetime | None = None
    password_changed_at: datetime | None = None
    disabled_at: datetime | None = None

    def with_administrator(self, *, password_hash: str, at: datetime) -> "Employer":
        """Return the employer with its administrator, who signs in with this password."""
        return replace(self.with_password(password_hash=password_hash, at=at), administrator_since=at)

    def with_password(self, *, password_hash: str, at: datetime) -> "Employer":
        """Return the employer with another password."""
        return replace(self, password_hash=password_hash, password_changed_at=at)

    def with_handler(self, *, name: str, phone: str) -> "Employer":
        """Return the employer with another handler. With another phone the former one's password lets nobody
        in any more: the new one registers as administrator."""
        named = replace(self, handler_name=name, handler_phone=phone)
        if phone == self.handler_phone:
            return named
        return replace(named, password_hash=None, administrator_since=None)

    def with_unit(self, unit: MaintainedUnit | None) -> "Employer":
        """Return the employer with the unit that the hall has tied to its credit code, if there is one."""
        return replace(self, unit_no=unit.unit_no) if unit and self.unit_no is None else self

    def usable_password_hash(self) -> str | None:
        """Return what a password is checked against, None when nobody may come in."""
        return None if self.disabled_at else self.password_hash

    def usable_phone(self) -> str | None:
        """Return the handler's phone, None when nobody may come in."""
        return None if self.disabled_at else self.handler_phone

    def may_register_administrator(self, *, phone: str) -> bool:
        """Is the place of the administrator vacant, and is this the phone of the handler?"""
        return self.administrator_since is None and self.usable_phone() == phone

    def may_reset_password(self, *, phone: str) -> bool:
        """Is there an administrator, and is this the phone of the handler?"""
        return self.administrator_since is not None and self.usable_phone() == phone

    def actor(self, *, certificate: bool = False) -> Actor:
        """Return who acts for this employer: its handler by name, as long as there is one."""
        return Actor(
            id=f"employer:{self.credit_code}",
            kind=ActorKind.EMPLOYER,
            name=self.handler_name or self.unit_name,
            employer=self.credit_code,
            certificate=certificate,
        )


def open_account(
    *,
    unit: MaintainedUnit | None,
    latest: Maintenance | None,
    is_open: bool,
    unit_name: str,
    phone: str,
    agreement: str,
    at: datetime,
) -> Employer | Refused:
    """Return the new account if name and phone equal the latest accepted maintenance.

    One refusal for all that may differ: it must not tell which. Who knows both may know that it is open
    (`is_open`: by its certificate, before the hall tied the code).
    """
    if unit is None or latest is None or not latest.matches(unit_name=unit_name, phone=phone):
        return Refused("registration_mismatch", "this is not what the hall has entered")
    if is_open or unit.registered_at is not None:
        return Refused("already_registered", "the online service is open already")
    return Employer(
        credit_code=unit.credit_code,
        unit_no=unit.unit_no,
        unit_name=latest.unit_name,
        handler_name=latest.handler_name,
        handler_phone=latest.handler_phone,
        agreement=agreement,
        opened_at=at,
    )


def open_by_certificate(certified: Certified, *, agreement: str | None, at: datetime) -> Employer:
    """Return the new account of an employer that came with its certificate; refused without agreement."""
    if agreement is None:
        raise Refused("agreement_missing", "the first certificate login needs the agreement")
    return Employer(
        credit_code=certified.credit_code,
        unit_no=None,
        unit_name=certified.unit_name,
        agreement=agreement,
        opened_at=at,
    )
