"""Credit-code maintenance: at most three a unit in all and two a Shanghai day, none once registered. Pure."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.errors import Refused
from services.identity.verification.domain import shanghai_day

IN_ALL = 3
A_DAY = 2


@dataclass(frozen=True, kw_only=True)
class MaintainedUnit:
    """An insured unit, the credit code tied to it, and the moments of its accepted maintenances."""

    unit_no: str
    credit_code: str
    accepted: tuple[datetime, ...] = ()
    registered_at: datetime | None = None

    def require_another(self, *, at: datetime) -> None:
        """Refuse a maintenance when the unit is registered or has had its share."""
        if self.registered_at is not None:
            raise Refused("unit_registered", "the unit has registered on the employer portal")
        if len(self.accepted) >= IN_ALL:
            raise Refused("maintenance_limit_total", "no more maintenance for this unit", limit=IN_ALL)
        if sum(shanghai_day(moment) == shanghai_day(at) for moment in self.accepted) >= A_DAY:
            raise Refused("maintenance_limit_day", "no more for this unit today", limit=A_DAY)


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """An accepted maintenance; the latest of a credit code is what a registration must equal."""

    credit_code: str
    unit_no: str
    unit_name: str
    handler_name: str
    handler_phone: str
    accepted_at: datetime
    accepted_by: str

    def matches(self, *, unit_name: str, phone: str) -> bool:
        """Are these the name and the phone of this maintenance?"""
        return plain_name(unit_name) == plain_name(self.unit_name) and phone == self.handler_phone


def plain_name(name: str) -> str:
    """Return a name as it is compared: brackets are typed in two widths, blanks mean nothing."""
    return "".join(name.split()).replace("（", "(").replace("）", ")")
