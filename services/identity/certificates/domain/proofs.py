"""What a verified signature shows, and what becomes of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

Algorithm = Literal["rsa", "p256", "sm2"]
CLOCK_SKEW = timedelta(minutes=5)  # between our clock and those of the authorities


@dataclass(frozen=True, kw_only=True)
class Link:
    """A certificate by who issued it (an authority of ours) and its serial number (hex)."""

    authority_id: UUID
    serial: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text in a certificate, by where it stands: ("extension", OID) or ("subject", attribute)."""

    place: str
    key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a proof shows whose signature and path are good: `links` are all certificates of the path but the
    root, the signer's first. Whether they are revoked is not known yet."""

    links: tuple[Link, ...]
    texts: tuple[Text, ...]
    unit_name: str
    algorithm: Algorithm


@dataclass(frozen=True, kw_only=True)
class Certified:
    """The employer that has proven itself, and the certificate with which it did (`serial` in hex)."""

    credit_code: str
    unit_name: str
    authority_id: UUID
    serial: str
    algorithm: str
