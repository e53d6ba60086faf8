"""The outside: one-time codes of authenticators, by pyotp."""
