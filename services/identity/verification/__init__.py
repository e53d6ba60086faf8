"""Verification codes: pictures to read, codes by SMS."""
