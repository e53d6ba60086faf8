"""The authorities of this process, parsed: each edition of them once, however many sign in.

What is shared among threads is read only: asn1crypto parses lazily, in place, so all of it is touched first.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager

from services.contracts.errors import Refused
from services.identity.certificates.adapters.certificates import (
    has_one_algorithm,
    read_certificate,
    serial_of,
)
from services.identity.certificates.adapters.signatures import ALLOWED, VALIDATOR
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import CLOCK_SKEW, Link


class Trust:
    """Roots and intermediates that an administrator has named; nothing else makes a path."""

    def __init__(self, authorities: Iterable[Authority]) -> None:
        self._by_digest: dict[bytes, Authority] = {}
        roots: list[Any] = []
        others: list[Any] = []
        for authority in authorities:
            certificate = _touched(read_certificate(authority.certificate))
            self._by_digest[certificate.sha256] = authority
            (roots if authority.printed.is_root else others).append(certificate)
        self._registry = CertificateRegistry.build([*roots, *others])
        self._manager = SimpleTrustManager.build(trust_roots=roots)

    def path_of(self, certificate: Any, *, at: datetime) -> tuple[Authority, tuple[Link, ...]]:
        """Return who issued a certificate, and the links of its path but the root's; Refused without one.

        Revocation is not asked about here: lists and answers are looked up by the links.
        """
        path = self._validated(certificate, at)
        certificates = list(path.iter_certs(include_root=True))
        if not self._by_digest[certificates[0].sha256].printed.is_valid(at=at):  # an anchor's is not checked
            raise _untrusted(certificate)
        if not all(has_one_algorithm(link) for link in certificates[1:]):
            raise Refused("certificate_forged", "its algorithm inside is not the one outside")
        issuers = [self._by_digest[link.sha256] for link in certificates[:-1]]
        links = [
            Link(authority_id=issuer.id, serial=serial_of(link))
            for issuer, link in zip(issuers, certificates[1:], strict=True)
        ]
        if not links:
            raise Refused("certificate_wrong_use", "this is the certificate of an authority")
        return issuers[-1], tuple(reversed(links))

    def _validated(self, certificate: Any, at: datetime) -> ValidationPath:
        context = ValidationContext(
            trust_manager=self._manager,
            certificate_registry=self._registry,
            moment=at,
            time_tolerance=CLOCK_SKEW,
            revocation_mode="soft-fail",
            signature_validator=VALIDATOR,
            algorithm_usage_policy=ALLOWED,
        )
        validator = CertificateValidator(certificate, validation_context=context)
        try:
            path: ValidationPath = _finished(validator.async_validate_path())
            return path
        except (PathBuildingError, ValidationError) as error:
            raise _refusal(certificate, error) from error


def trust_of(editions: tuple[Any, ...], load: Callable[[], Sequence[Authority]]) -> Trust:
    """Return the authorities of these editions; `load` reads them if this process has not parsed them."""
    global _current
    if _current is None or _current[0] != editions:
        _current = (editions, Trust(load()))
    return _current[1]


def _finished(coroutine: Any) -> Any:
    """Run a coroutine that waits for nothing: nothing is fetched, so that no event loop is needed."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
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


def _refusal(certificate: Any, error: Exception) -> Refused:
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
