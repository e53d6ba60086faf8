"""A line of the trail, and the days an auditor asks for. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.contracts.identity.audit import Act
from services.contracts.values import SHANGHAI


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was done. `subject` is shown as it is (id numbers come masked); `facts` hold no secrets."""

    at: datetime
    act: Act
    actor: str
    actor_name: str
    subject: str
    address: str
    agent: str
    message_id: str
    trace: str
    facts: dict[str, str]


def first_moment(day: date) -> datetime:
    """Return when a Shanghai day begins, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def last_moment(day: date) -> datetime:
    """Return when a Shanghai day is over, in UTC; the moment itself belongs to the next day."""
    return first_moment(day + timedelta(days=1))
