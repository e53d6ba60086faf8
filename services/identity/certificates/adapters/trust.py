"""The authorities of this process, parsed: each edition of them once, however many sign in.

What is shared among threads is read only: asn1crypto parses lazily, in place, so all of it is touched first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.errors import ExpiredError, NotYetValidError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager
from pyhanko_certvalidator.validate import async_validate_path

from services.contracts.errors import Refused
from services.identity.certificates.adapters.certificates import (
    has_one_algorithm,
    read_certificate,
    serial_of,
)
from services.identity.certificates.adapters.signatures import ALLOWED, Validator
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import CLOCK_SKEW, Link

NOTHING_ELSE = CertificateRegistry.build([])  # that the validator could use: it gets whole paths
NOBODY_ELSE = SimpleTrustManager.build(trust_roots=[])


@dataclass(frozen=True)
class Chain:
    """An authority with those above it up to its root: the root first, itself last."""

    authorities: tuple[Authority, ...]
    certificates: tuple[Any, ...]

    def reaches(self, certificate: Any) -> bool:
        """May the last of this chain have issued the certificate, by the keys that they name?"""
        wanted, key = certificate.authority_key_identifier, self.certificates[-1].key_identifier
        return wanted is None or key is None or bool(wanted == key)

    def path_to(self, certificate: Any) -> ValidationPath:
        """Return the path to a certificate under the last of this chain."""
        root, *between = self.certificates
        return ValidationPath(CertTrustAnchor(root), between, certificate)

    def links_to(self, certificate: Any) -> tuple[Link, ...]:
        """Return the links of that path but the root's, the certificate's first."""
        issued = (*self.certificates[1:], certificate)
        links = [
            Link(authority_id=issuer.id, serial=serial_of(each))
            for issuer, each in zip(self.authorities, issued, strict=True)
        ]
        return tuple(reversed(links))


class Trust:
    """Roots and intermediates that an administrator has named; nothing else makes a path."""

    def __init__(self, authorities: Iterable[Authority]) -> None:
        known = {authority.id: authority for authority in authorities}
        parsed = {id: _touched(read_certificate(each.certificate)) for id, each in known.items()}
        self._chains: dict[str, list[Chain]] = {}  # by the name of the last of each, as it is compared
        self._validator = Remembering()
        for chain in filter(None, (_chain_of(id, known, parsed) for id in known)):
            self._chains.setdefault(chain.certificates[-1].subject.hashable, []).append(chain)
            self._validator.remember(chain.certificates)

    def path_of(self, certificate: Any, *, at: datetime) -> tuple[Authority, tuple[Link, ...]]:
        """Return who issued a certificate, and the links of its path but the root's; Refused without one.

        Revocation is not asked about here: lists and answers are looked up by the links.
        """
        if not has_one_algorithm(certificate):
            raise Refused("certificate_forged", "its algorithm inside is not the one outside")
        refusal: Refused | None = None
        for chain in self._chains.get(certificate.issuer.hashable, []):
            if chain.reaches(certificate) and chain.authorities[0].printed.is_valid(at=at):
                try:
                    self._validate(chain.path_to(certificate), at)
                except ValidationError as error:
                    refusal = _refusal(certificate, error)
                else:
                    return chain.authorities[-1], chain.links_to(certificate)
        raise refusal or _untrusted(certificate)

    def _validate(self, path: ValidationPath, at: datetime) -> None:
        """Raise ValidationError unless each certificate of the path is right (RFC 5280, 6.1)."""
        context = ValidationContext(
            trust_manager=NOBODY_ELSE,
            certificate_registry=NOTHING_ELSE,
            moment=at,
            time_tolerance=CLOCK_SKEW,
            revocation_mode="soft-fail",
            signature_validator=self._validator,
            algorithm_usage_policy=ALLOWED,
        )
        _finish(async_validate_path(context, path))


class Remembering(Validator):
    """Knows the signatures of the authorities' own certificates, which are the same at each sign-in."""

    def __init__(self) -> None:
        self._right: frozenset[tuple[bytes, bytes, bytes]] = frozenset()

    def remember(self, certificates: Sequence[Any]) -> None:
        """Verify each certificate by the one before it, and remember those that are right."""
        for issuer, each in zip(certificates, certificates[1:], strict=False):
            signature, content = each["signature_value"].native, each["tbs_certificate"].dump()
            super().validate_signature(signature, content, issuer.public_key, each["signature_algorithm"])
            self._right |= {(signature, content, issuer.public_key.dump())}

    def validate_signature(
        self, signature: bytes, signed_data: bytes, public_key_info: Any, *others: Any, **named: Any
    ) -> None:
        """Raise InvalidSignature unless it is remembered, or right."""
        if (signature, signed_data, public_key_info.dump()) not in self._right:
            super().validate_signature(signature, signed_data, public_key_info, *others, **named)


def trust_of(editions: tuple[Any, ...], load: Callable[[], Sequence[Authority]]) -> Trust:
    """Return the authorities of these editions; `load` reads them if this process has not parsed them."""
    global _current
    if _current is None or _current[0] != editions:
        _current = (editions, Trust(load()))
    return _current[1]


def _chain_of(id: UUID, known: dict[UUID, Authority], parsed: dict[UUID, Any]) -> Chain | None:
    """Return the chain down to an authority; None: one above it counts no more."""
    authorities: list[Authority] = []
    above: UUID | None = id
    while above is not None:
        if above not in known:
            return None
        authorities.insert(0, known[above])
        above = known[above].issuer_id
    certificates = tuple(parsed[authority.id] for authority in authorities)
    return Chain(tuple(authorities), certificates) if authorities[0].printed.is_root else None


def _finish(coroutine: Any) -> None:
    """Run a coroutine that waits for nothing: nothing is fetched, so that no event loop is needed."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the validator of paths wants to wait")


def _touched(certificate: Any) -> Any:
    """Have asn1crypto parse every part of a certificate and keep what it derives from them."""
    certificate.native  # noqa: B018
    for derived in ("critical_extensions", "public_key", "sha256", "issuer_serial", "key_identifier", "ca"):
        getattr(certificate, derived)
    for name in (certificate.subject, certificate.issuer):
        name.hashable, name.human_friendly, name.sha256  # noqa: B018
    certificate.public_key.sha256, certificate.public_key.bit_size  # noqa: B018
    return certificate


def _refusal(certificate: Any, error: ValidationError) -> Refused:
    """Say why there is no path, as far as it helps the person."""
    is_own = getattr(error, "is_ee_cert", False)
    if isinstance(error, ExpiredError) and is_own:
        until = certificate.not_valid_after.isoformat()
        return Refused("certificate_expired", "the certificate has expired", not_after=until)
    if isinstance(error, NotYetValidError) and is_own:
        since = certificate.not_valid_before.isoformat()
        return Refused("certificate_not_yet_valid", "the certificate counts from later on", not_before=since)
    return _untrusted(certificate)


def _untrusted(certificate: Any) -> Refused:
    issuer = certificate.issuer.human_friendly[:200]
    return Refused("certificate_untrusted", "no CA that counts stands behind this certificate", issuer=issuer)


_current: tuple[tuple[Any, ...], Trust] | None = None
