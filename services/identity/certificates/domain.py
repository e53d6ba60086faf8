"""Who a certificate says to be. Pure."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Certified:
    """The employer that a proof has shown, and the certificate it came with (`serial` in hex)."""

    credit_code: str
    unit_name: str
    authority_id: UUID
    serial: str
    algorithm: str
