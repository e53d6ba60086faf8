"""Reading certificates: those of authorities, carefully and once; those of signers, at each sign-in."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from asn1crypto import core, pem, x509

from services.chassis import gm_asn1
from services.contracts.errors import Refused
from services.contracts.identity.certificates import ExtractorView
from services.identity.certificates.adapters.der import require_shape
from services.identity.certificates.adapters.signatures import algorithm_of, is_signature
from services.identity.certificates.domain.authorities import Authority, Printed
from services.identity.certificates.domain.proofs import Text

assert gm_asn1  # registers the names of the Chinese standards

LARGEST = 16 * 1024  # bytes; real ones have one or two thousand
LONGEST_SERIAL = 20  # bytes, RFC 5280, 4.1.2.2
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)  # asn1crypto's


def read_certificate(content: bytes) -> Any:
    """Return a certificate; ValueError if it is none, or larger than any that is needed."""
    require_shape(content)
    return parse_certificate(content)


def parse_certificate(content: bytes) -> Any:
    """Return a certificate out of something whose shape has been looked at."""
    if len(content) > LARGEST:
        raise ValueError("too large for a certificate")
    return x509.Certificate.load(content, strict=True)


def read_pem_or_base64(text: str) -> bytes:
    """Return the DER of one certificate; ValueError if it is something else."""
    try:
        if "-----BEGIN" in text:
            blocks = list(pem.unarmor(text.strip().encode(), multiple=True))
            if len(blocks) != 1:
                raise ValueError("more than one certificate")
            return bytes(blocks[0][2])
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def print_authority(content: bytes) -> Printed:
    """Return what stands in the certificate of an authority; Refused if it may not be one."""
    try:
        certificate = read_certificate(content)
        return _printed(certificate)
    except UNREADABLE as error:
        raise Refused("authority_unreadable", "this is not one certificate, PEM or DER as base64") from error


def serial_of(certificate: Any) -> str:
    """Return a serial number as hex; ValueError if it is none that RFC 5280 allows."""
    number: int = certificate.serial_number
    if number < 0 or number.bit_length() > 8 * LONGEST_SERIAL:
        raise ValueError("a serial number that cannot be")
    return f"{number:x}"


def has_one_algorithm(certificate: Any) -> bool:
    """Is the signature algorithm the same inside and outside of what is signed?"""
    inner = certificate["tbs_certificate"]["signature"].dump()
    return bool(inner == certificate["signature_algorithm"].dump())


def is_issued_by(certificate: Any, public_key: Any) -> bool:
    """Has the holder of this key signed the certificate?"""
    return has_one_algorithm(certificate) and is_signature(
        public_key,
        certificate["signature_algorithm"],
        certificate["tbs_certificate"].dump(),
        certificate["signature_value"].native,
    )


def texts_of(certificate: Any, places: Iterable[ExtractorView]) -> tuple[Text, ...]:
    """Return the texts of a certificate in which a name or a credit code may stand: those of its subject, and
    of the extensions among these places."""
    oids = {place.key for place in places if place.place == "extension"}
    texts = [
        Text(place="subject", key=part["type"].native, text=str(part["value"].native))
        for names in certificate.subject.chosen
        for part in names
    ]
    for extension in certificate["tbs_certificate"]["extensions"]:
        oid = extension["extn_id"].dotted
        if oid in oids:
            strings = _strings_in(extension["extn_value"].contents)
            texts += [Text(place="extension", key=oid, text=text) for text in strings]
    return tuple(texts)


def unit_name_of(texts: tuple[Text, ...]) -> str:
    """Return how the employer is called: its organisation name, or what in its common name is a name and no
    number (`041@N91…@巩义市…@1`); "" if there is neither."""
    subject = {text.key: text.text for text in texts if text.place == "subject"}
    common = subject.get("common_name", "").split("@")
    names = [piece for piece in common if not piece.isascii()] or common[:1]
    return (subject.get("organization_name") or max(names, key=len)).strip()[:200]


def _strings_in(content: bytes, depth: int = 3) -> list[str]:
    """Return the strings of an extension: a string of any kind, alone or in sequences; or bare characters."""
    try:
        value = core.load(content, strict=True)
    except UNREADABLE:
        return [content.decode("ascii", "replace")]
    if isinstance(value, core.AbstractString):
        return [str(value.native)]
    if isinstance(value, core.OctetString):
        return [value.native.decode("ascii", "replace")]
    if isinstance(value, core.Sequence | core.Set) and depth:
        return [text for part in value for text in _strings_in(part.dump(), depth - 1)]
    return []


def _printed(certificate: Any) -> Printed:
    algorithm = algorithm_of(certificate.public_key)
    if algorithm is None:
        raise Refused("authority_algorithm", "RSA of 2048 bits or more, P-256 and SM2 count")
    is_root = certificate.issuer == certificate.subject
    if is_root and not is_issued_by(certificate, certificate.public_key):
        raise Refused("authority_forged", "it says that it signed itself, and did not")
    usage = certificate.key_usage_value
    if not certificate.ca or usage is None or "key_cert_sign" not in usage.native:
        raise Refused("authority_wrong_use", "this certificate may not issue others")
    return Printed(
        subject=certificate.subject.human_friendly[:300],
        issuer=certificate.issuer.human_friendly[:300],
        name_key=certificate.subject.sha256.hex(),
        serial=serial_of(certificate),
        algorithm=algorithm,
        sha256=certificate.sha256.hex(),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        is_root=is_root,
    )


def find_issuer(content: bytes, candidates: Iterable[Authority]) -> Authority | None:
    """Return the authority that has signed this certificate."""
    certificate = read_certificate(content)
    for candidate in candidates:
        key = read_certificate(candidate.certificate).public_key
        if candidate.printed.name_key == certificate.issuer.sha256.hex() and is_issued_by(certificate, key):
            return candidate
    return None
