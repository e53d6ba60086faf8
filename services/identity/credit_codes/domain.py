"""Credit-code maintenance: at most three a unit in all and two a Shanghai day, none once registered. Pure.

declared → accepted | refused. Only what is accepted counts and ties: otherwise a stranger could use up a
unit's three.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts.errors import Refused
from services.contracts.identity.credit_codes import (
    DeclareMaintenance,
    EnterMaintenance,
    MaintenanceState,
)
from services.contracts.values import Actor
from services.identity.verification.domain import shanghai_day

IN_ALL = 3
A_DAY = 2


@dataclass(frozen=True, kw_only=True)
class MaintainedUnit:
    """An insured unit, the credit code tied to it, the maintenance that counts, and the moments of all that
    were accepted."""

    unit_no: str
    credit_code: str
    maintenance_id: UUID
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
    """A maintenance; the latest accepted one of a unit is what a registration must equal."""

    id: UUID
    state: MaintenanceState
    credit_code: str
    unit_no: str
    unit_name: str
    handler_name: str
    handler_phone: str = field(repr=False)
    declared_by: str
    declared_by_name: str
    declared_at: datetime
    decided_by: str | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    @classmethod
    def declare(
        cls, command: DeclareMaintenance | EnterMaintenance, *, id: UUID, by: Actor, at: datetime
    ) -> "Maintenance":
        """Return what somebody wants to be maintained; nobody has decided yet."""
        return cls(
            id=id,
            state=MaintenanceState.DECLARED,
            **command.model_dump(exclude={"id"}),
            declared_by=by.id,
            declared_by_name=by.name,
            declared_at=at,
        )

    def accept(self, *, by: Actor, at: datetime) -> "Maintenance":
        """Return it accepted; what is decided cannot be decided again."""
        return self._decide(MaintenanceState.ACCEPTED, by=by, at=at)

    def refuse(self, *, reason: str, by: Actor, at: datetime) -> "Maintenance":
        """Return it refused; what is decided cannot be decided again."""
        return self._decide(MaintenanceState.REFUSED, by=by, at=at, reason=reason)

    def matches(self, *, unit_name: str, phone: str) -> bool:
        """Are these the name and the phone of this maintenance?"""
        return plain_name(unit_name) == plain_name(self.unit_name) and phone == self.handler_phone

    def _decide(
        self, state: MaintenanceState, *, by: Actor, at: datetime, reason: str | None = None
    ) -> "Maintenance":
        if self.state is not MaintenanceState.DECLARED:
            raise Refused("maintenance_decided", "this is decided already", state=self.state.value)
        return replace(
            self, state=state, decided_by=by.id, decided_by_name=by.name, decided_at=at, reason=reason
        )


def plain_name(name: str) -> str:
    """Return a name as it is compared: brackets are typed in two widths, blanks mean nothing."""
    return "".join(name.split()).replace("（", "(").replace("）", ")")
