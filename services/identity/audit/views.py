"""What the auditor sees."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.audit import AuditEntriesView, AuditEntryView, ListAuditEntries
from services.contracts.values import Post
from services.identity.audit import store
from services.identity.audit.domain import first_moment, last_moment


def list_audit_entries(uow: UnitOfWork, query: ListAuditEntries) -> AuditEntriesView:
    """Read a page of the trail; the auditor's alone, and not bound to a region: it is about the system."""
    uow.actor.require_post(Post.AUDITOR)
    subject = query.subject.strip()
    found = store.list_entries(
        uow,
        act=query.act,
        actor=query.actor.strip(),
        subject=subject.upper() if subject[:1].isdigit() else subject,
        begin=query.since and first_moment(query.since),
        end=query.until and last_moment(query.until),
        before=query.after,
        limit=query.limit + 1,
    )
    page = found[: query.limit]
    return AuditEntriesView(
        entries=tuple(AuditEntryView(seq=seq, **vars(entry)) for seq, entry in page),
        next_after=page[-1][0] if len(found) > query.limit else None,
    )
