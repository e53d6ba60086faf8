"""Authorities (CA) that an administrator trusts, and which of them an employer came with first."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.contracts.errors import Refused
from services.contracts.identity.certificates import ExtractorView
from services.identity.certificates.domain.credit_codes import DEFAULT_EXTRACTORS
from services.identity.certificates.domain.proofs import CLOCK_SKEW, Algorithm


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What stands in the certificate of an authority. `name_key`: SHA-256 of its subject, to compare."""

    subject: str
    issuer: str
    name_key: str
    serial: str
    algorithm: Algorithm
    sha256: str
    not_before: datetime
    not_after: datetime
    is_root: bool

    def is_valid(self, *, at: datetime) -> bool:
        """Is this within its time, give or take the difference of clocks?"""
        return self.not_before - CLOCK_SKEW <= at <= self.not_after + CLOCK_SKEW


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A CA certificate (DER) that is trusted: a root, or under another one of ours (`issuer_id`)."""

    id: UUID
    certificate: bytes
    issuer_id: UUID | None
    printed: Printed
    crl_urls: tuple[str, ...]
    ocsp_url: str | None
    extractors: tuple[ExtractorView, ...]
    added_by: str
    added_at: datetime
    revision: int = 1
    retired_at: datetime | None = None

    @property
    def places(self) -> tuple[ExtractorView, ...]:
        """Return where the credit code is looked for in the certificates that it issues."""
        return self.extractors or DEFAULT_EXTRACTORS

    @property
    def has_list(self) -> bool:
        """Does it tell what it has revoked by lists? Else it answers for each certificate (OCSP)."""
        return bool(self.crl_urls)

    def retire(self, *, at: datetime) -> "Authority":
        """Return the authority as one that counts no more."""
        if self.retired_at is not None:
            raise Refused("authority_retired", "this authority counts no more already")
        return replace(self, retired_at=at, revision=self.revision + 1)


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The authority whose certificate an employer came with first: another one's is refused."""

    credit_code: str
    authority_id: UUID
    name_key: str
    authority_name: str
    serial: str
    bound_at: datetime

    def judge(self, authority: Authority) -> Refused | None:
        """Say why a certificate of this authority does not count for the employer; None: it does.

        An authority that renews its own certificate under the same name stays the same.
        """
        if authority.id == self.authority_id or authority.printed.name_key == self.name_key:
            return None
        return Refused(
            "certificate_other_issuer", "the employer is tied to another CA", issuer=self.authority_name
        )


def trust_anew(known: Authority | None, wanted: Authority) -> Authority:
    """Return an authority with what an administrator wants now; the same object if nothing changes."""
    if known is None:
        return wanted
    same = replace(wanted, id=known.id, revision=known.revision)
    if known.retired_at is None:
        same = replace(same, added_by=known.added_by, added_at=known.added_at)
    return known if same == known else replace(same, revision=known.revision + 1)


def require_place(*, crl_urls: tuple[str, ...], ocsp_url: str | None) -> None:
    """Refuse an authority of which nobody can know what it has revoked."""
    if not crl_urls and not ocsp_url:
        raise Refused("authority_without_revocation", "name a CRL or an OCSP responder")
