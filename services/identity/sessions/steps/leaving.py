"""Sign-ins end because something of their account has changed."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.audit import Act
from services.identity.audit.steps import record
from services.identity.sessions.domain import Candidate
from services.identity.sessions.store import devices, pending, sessions


def end_all(
    uow: UnitOfWork,
    candidate: Candidate,
    *,
    reason: str,
    keep: UUID | None = None,
    keep_certificate: bool = False,
) -> None:
    """End the sign-ins of an account, and those whose second step is awaited."""
    assert candidate.account
    pending.delete_all_pending(uow, candidate.kind, candidate.account)
    count = sessions.end_sessions(
        uow, candidate.kind, candidate.account, keep=keep, keep_certificate=keep_certificate
    )
    if count:
        facts = {"kind": candidate.kind.value, "reason": reason, "sign_ins": str(count)}
        record(uow, Act.SESSION_ENDED, subject=candidate.subject, key=candidate.key, **facts)


def forget_devices(uow: UnitOfWork, candidate: Candidate) -> None:
    """Know none of the account's browsers any more: who had the password may have had one."""
    assert candidate.account
    devices.forget_devices(uow, candidate.kind, candidate.account)
