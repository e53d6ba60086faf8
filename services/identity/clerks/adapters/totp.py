"""One-time codes of an authenticator (RFC 6238: SHA-1, six digits, 30 s, what every authenticator does)."""

import secrets
from collections.abc import Iterable

import pyotp

ISSUER = "稳岗返还"


def make_secret() -> str:
    """Return a new secret: 160 bits as base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, account: str) -> str:
    """Return what an authenticator scans: otpauth://totp/…"""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def code_of(secret: str, step: int) -> str:
    """Return the code of a step of 30 s."""
    return str(pyotp.TOTP(secret).generate_otp(step))


def find_step(secret: str, code: str, steps: Iterable[int]) -> int | None:
    """Return the step to which a code belongs; None: to none of these."""
    right = [step for step in steps if secrets.compare_digest(code_of(secret, step), code)]
    return right[0] if right else None
