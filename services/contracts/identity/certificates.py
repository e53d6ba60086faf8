"""Certificates on UKs (数字证书): challenges, and the authorities (CA) that are trusted."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Query, View
from services.contracts.identity.fields import DoneView
from services.contracts.values import AuthorityId, ChallengeId, CheckedCreditCode

MAX_SIGNATURE = 1024 * 1024  # characters of base64; what is longer is refused unread
Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]{1,253}$")]
Binding = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", repr=False, description="of the browser's pre-session")
]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/\s]*={0,2}\s*$")]
PublicUrl = Annotated[str, Field(pattern=r"^http://[^\s]{1,300}$|^https://[^\s]{1,300}$")]


class ChallengeView(View):
    """A text to be signed, exactly as it is (UTF-8): good once, for 120 s, in this browser only."""

    challenge_id: ChallengeId
    text: str
    expires_at: datetime


class IssueChallenge(Command[ChallengeView]):
    """Make a challenge for the page at `origin`."""

    origin: Origin
    binding: Binding


class CertificateProof(View):
    """A challenge, signed: `cms` is a detached SignedData with signed attributes (RFC 5652, GM/T 0010), `p1`
    a bare signature with the certificate beside it (older middleware). DER as base64."""

    challenge_id: ChallengeId
    binding: Binding
    form: Literal["cms", "p1"] = "cms"
    signature: Annotated[Base64, Field(min_length=1, max_length=MAX_SIGNATURE, repr=False)]
    certificate: Annotated[Base64, Field(max_length=MAX_SIGNATURE)] | None = None


class ExtractorView(View):
    """Where a CA writes the credit code: in an extension (`key` is its OID) or an attribute of the subject
    (`key` is common_name, organization_name, organizational_unit_name, serial_number …)."""

    place: Literal["extension", "subject"]
    key: Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,80}$")]


class Freshness(StrEnum):
    """How much is known about what an authority has revoked."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


class AuthorityView(View):
    """A CA certificate that is trusted, and how fresh its word on revocation is."""

    authority_id: AuthorityId
    subject: str
    issuer: str
    algorithm: Literal["rsa", "p256", "sm2"]
    sha256: str
    not_before: datetime
    not_after: datetime
    is_root: bool
    crl_urls: tuple[str, ...]
    ocsp_url: str | None
    extractors: tuple[ExtractorView, ...]
    freshness: Freshness
    list_until: datetime | None
    fetched_at: datetime | None
    problem: str | None
    added_by: str
    added_at: datetime
    retired_at: datetime | None


class AuthoritiesView(View):
    """The authorities, those that count first."""

    authorities: tuple[AuthorityView, ...]


class AddAuthority(Command[AuthorityView]):
    """An administrator trusts a root (self-signed), or an intermediate of a root that is trusted already.

    `certificate`: PEM, or DER as base64. At least one place where revocations are told is needed.
    """

    certificate: Annotated[str, Field(min_length=1, max_length=20_000)]
    crl_urls: Annotated[tuple[PublicUrl, ...], Field(max_length=5)] = ()
    ocsp_url: PublicUrl | None = None
    extractors: Annotated[tuple[ExtractorView, ...], Field(max_length=10)] = ()


class RetireAuthority(Command[AuthorityView]):
    """Trust an authority no more, at once; its sign-ins end. What it signed stays on record."""

    authority_id: AuthorityId


class ListAuthorities(Query[AuthoritiesView]):
    """Show the authorities to an administrator or auditor."""


class ReleaseCertificate(Command[DoneView]):
    """At the counter: the employer may come with a certificate of another CA next time."""

    credit_code: CheckedCreditCode
