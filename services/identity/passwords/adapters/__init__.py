"""The outside: argon2."""
