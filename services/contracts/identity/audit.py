"""The audit trail: every sign-in, failure, lock and change, for the auditor."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.contracts.base import Query, View


class Act(StrEnum):
    """What was done, or tried."""

    SIGNED_IN = "signed_in"
    SECOND_STEP_ASKED = "second_step_asked"
    SIGN_IN_FAILED = "sign_in_failed"
    PICTURE_CODE_WRONG = "picture_code_wrong"
    CERTIFICATE_REFUSED = "certificate_refused"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    CODE_SENT = "code_sent"
    PERSON_REGISTERED = "person_registered"
    PERSON_REGISTRATION_FAILED = "person_registration_failed"
    REGISTRATION_REPEATED = "registration_repeated"
    PASSWORD_RESET = "password_reset"
    PASSWORD_RESET_FAILED = "password_reset_failed"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_CHANGE_FAILED = "password_change_failed"
    PHONE_CHANGED = "phone_changed"
    PHONE_CHANGE_FAILED = "phone_change_failed"
    MAINTENANCE_DECLARED = "maintenance_declared"
    MAINTENANCE_ENTERED = "maintenance_entered"
    MAINTENANCE_ACCEPTED = "maintenance_accepted"
    MAINTENANCE_REFUSED = "maintenance_refused"
    EMPLOYER_REGISTERED = "employer_registered"
    EMPLOYER_REGISTRATION_FAILED = "employer_registration_failed"
    ADMINISTRATOR_REGISTERED = "administrator_registered"
    HANDLER_CHANGED = "handler_changed"
    HANDLER_CHANGE_FAILED = "handler_change_failed"
    CERTIFICATE_BOUND = "certificate_bound"
    CERTIFICATE_RELEASED = "certificate_released"
    AUTHORITY_ADDED = "authority_added"
    AUTHORITY_RETIRED = "authority_retired"
    CLERK_ADDED = "clerk_added"
    CLERK_CHANGED = "clerk_changed"
    CLERK_DISABLED = "clerk_disabled"
    CLERK_ENABLED = "clerk_enabled"
    CLERK_RESET = "clerk_reset"
    CLERK_ENROLLED = "clerk_enrolled"


class AuditEntryView(View):
    """A line of the trail. `actor` is who did it ("" for somebody at the door), `subject` whose account it is
    about (id numbers masked), `facts` what changed (no secrets, phones masked)."""

    seq: int
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


class AuditEntriesView(View):
    """A page of the trail, the latest first; `next_after` is None on the last page."""

    entries: tuple[AuditEntryView, ...]
    next_after: int | None


class ListAuditEntries(Query[AuditEntriesView]):
    """Read the trail (auditor). `actor` and `subject` are looked for exactly; an id number is found as well.
    `since` and `until` are Shanghai days, both included."""

    act: Act | None = None
    actor: Annotated[str, Field(max_length=100)] = ""
    subject: Annotated[str, Field(max_length=100)] = ""
    since: date | None = None
    until: date | None = None
    after: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
