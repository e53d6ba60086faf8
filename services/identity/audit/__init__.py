"""The audit trail: every sign-in, failure, lock and change, with actor, time, address and message id."""
