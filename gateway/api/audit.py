"""The audit trail, for the auditor."""

from flask import Response

from gateway.api.messages import reply, room
from gateway.bus import ask
from services.contracts.identity.audit import AuditEntriesView, ListAuditEntries

api = room("audit")


@api.get("/audit-entries", responses={200: AuditEntriesView})
def list_audit_entries(query: ListAuditEntries) -> Response:
    """Page through the trail, the latest first: `after` is the last `seq` of the page before."""
    return reply(ask(query))
