"""Certificates: roots, intermediates, those of employers; and wrong ones, for tests of who must refuse."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import core, pem, x509

from deploy.local.uk.pki_keys import Algorithm, Key, dump_key, generate_key, load_key

AUTHORITY_USAGE = frozenset({"key_cert_sign", "crl_sign"})
SIGNING_USAGE = frozenset({"digital_signature", "non_repudiation"})
ENCRYPTION_USAGE = frozenset({"key_encipherment", "data_encipherment"})
CREDIT_CODE = "1.2.156.10260.4.1.4"  # extension of GB/T 20518's family in which many CAs write the code
LAST_UTC_TIME = datetime(2050, 1, 1, tzinfo=UTC)  # RFC 5280, 4.1.2.5: GeneralizedTime from here on


@dataclass(frozen=True)
class Holder:
    """A certificate with its key: an authority that issues, or somebody who signs."""

    certificate: Any  # asn1crypto.x509.Certificate
    key: Key = field(repr=False)

    @property
    def der(self) -> bytes:
        """Return the certificate as DER."""
        content: bytes = self.certificate.dump()
        return content

    @property
    def pem(self) -> str:
        """Return the certificate as PEM."""
        armored: bytes = pem.armor("CERTIFICATE", self.der)
        return armored.decode()

    @property
    def serial(self) -> int:
        """Return the serial number of the certificate."""
        number: int = self.certificate.serial_number
        return number


@dataclass(frozen=True)
class Validity:
    """From when to when, both included."""

    not_before: datetime
    not_after: datetime


def validity(at: datetime, *, days: int = 365) -> Validity:
    """Return a validity that began an hour before `at`."""
    return Validity(at - timedelta(hours=1), at + timedelta(days=days))


def name(**attributes: str | Sequence[str]) -> Any:
    """Return a name in China: name(common_name="…", organization_name="…"). Lists repeat an attribute."""
    return x509.Name.build({"country_name": "CN", **attributes})


def extension(oid: str, content: bytes, *, critical: bool = False) -> Any:
    """Return an extension with any content (DER), of a certificate, a list, or an entry of a list."""
    return {"extn_id": oid, "critical": critical, "extn_value": core.ParsableOctetString(content)}


def credit_code_extension(code: str, *, oid: str = CREDIT_CODE) -> Any:
    """Return the extension in which CAs write an employer's credit code."""
    return extension(oid, core.PrintableString(code).dump())


def make_root(algorithm: Algorithm, common_name: str, valid: Validity, **options: Any) -> Holder:
    """Make a self-signed authority; `options` as in `make_certificate`."""
    key = options.pop("key", None) or generate_key(algorithm)
    options = {"is_authority": True, **options}
    return Holder(make_certificate(name(common_name=common_name), key, None, valid, **options), key)


def make_intermediate(issuer: Holder, common_name: str, valid: Validity, **options: Any) -> Holder:
    """Make an authority under another, with a key of the same kind; `options` as in `make_certificate`."""
    return make_end(issuer, name(common_name=common_name), valid, is_authority=True, **options)


def make_end(issuer: Holder, subject: Any, valid: Validity, **options: Any) -> Holder:
    """Make a certificate of somebody, with a key of the kind of its issuer's; `options` as in
    `make_certificate`, and `key`."""
    key = options.pop("key", None) or generate_key(issuer.key.algorithm)
    return Holder(make_certificate(subject, key, issuer, valid, **options), key)


def make_employer(issuer: Holder, code: str, unit_name: str, valid: Validity, **options: Any) -> Holder:
    """Make the signing certificate of an employer, its credit code in the extension that is usual for it."""
    subject = name(organization_name=unit_name, common_name=unit_name)
    extensions = (credit_code_extension(code), *options.pop("extensions", ()))
    return make_end(issuer, subject, valid, extensions=extensions, **options)


def make_certificate(
    subject: Any,
    key: Key,
    issuer: Holder | None,
    valid: Validity,
    *,
    is_authority: bool = False,
    path_length: int | None = None,
    key_usage: Iterable[str] | None = None,
    extended_key_usage: Iterable[str] = (),
    extensions: Iterable[Any] = (),
    serial: int | None = None,
    inner_algorithm: dict[str, str] | None = None,
    outer_algorithm: dict[str, str] | None = None,
) -> Any:
    """Return a certificate for asn1crypto; without an issuer it is self-signed.

    `key_usage`: None is what fits, an empty one leaves the extension out. `inner_algorithm` and
    `outer_algorithm` say something else about the signature than is true.
    """
    signer = issuer.key if issuer else key
    if key_usage is None:
        key_usage = AUTHORITY_USAGE if is_authority else SIGNING_USAGE
    to_be_signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(120) | 1 << 120 if serial is None else serial,
            "signature": inner_algorithm or signer.signature_algorithm,
            "issuer": issuer.certificate.subject if issuer else subject,
            "validity": {"not_before": time_of(valid.not_before), "not_after": time_of(valid.not_after)},
            "subject": subject,
            "subject_public_key_info": key.public_info(),
            "extensions": [
                *_standard_extensions(key, signer, is_authority, path_length),
                *_usage_extensions(set(key_usage), set(extended_key_usage)),
                *extensions,
            ],
        }
    )
    return x509.Certificate(
        {
            "tbs_certificate": to_be_signed,
            "signature_algorithm": outer_algorithm or signer.signature_algorithm,
            "signature_value": signer.sign(to_be_signed.dump()),
        }
    )


def dump_holder(holder: Holder) -> dict[str, str]:
    """Return a certificate and its key as PEM, ready for JSON."""
    return {"certificate": holder.pem, "key": dump_key(holder.key)}


def load_holder(texts: dict[str, str]) -> Holder:
    """Return what `dump_holder` wrote."""
    _, _, content = pem.unarmor(texts["certificate"].encode())
    return Holder(x509.Certificate.load(content), load_key(texts["key"]))


def time_of(moment: datetime) -> Any:
    """Return a time as X.509 writes it."""
    kind = "utc_time" if moment < LAST_UTC_TIME else "general_time"
    return x509.Time(kind, moment.astimezone(UTC).replace(microsecond=0))


def key_identifier(key: Key) -> bytes:
    """Return the identifier of a public key (RFC 5280, 4.2.1.2, method 1: SHA-1 of its bits)."""
    return hashlib.sha1(key.public_info()["public_key"].contents[1:], usedforsecurity=False).digest()


def _standard_extensions(key: Key, signer: Key, is_authority: bool, path_length: int | None) -> list[Any]:
    constraints = {"ca": is_authority} | ({} if path_length is None else {"path_len_constraint": path_length})
    authority = {"key_identifier": key_identifier(signer)}
    return [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": constraints},
        {"extn_id": "key_identifier", "extn_value": key_identifier(key)},
        {"extn_id": "authority_key_identifier", "extn_value": authority},
    ]


def _usage_extensions(key_usage: set[str], extended: set[str]) -> list[Any]:
    usages: list[Any] = []
    if key_usage:
        usages.append({"extn_id": "key_usage", "critical": True, "extn_value": key_usage})
    if extended:
        usages.append({"extn_id": "extended_key_usage", "extn_value": sorted(extended)})
    return usages
