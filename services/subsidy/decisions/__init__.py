"""Who decided what: the audit trail of all rooms."""
