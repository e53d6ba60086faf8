"""The outside: signed tokens (JWT)."""
