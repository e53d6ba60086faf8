"""Verify what the middleware of a UK has signed. Heavy and pure: it belongs off the hub."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos

from services.contracts.errors import Refused
from services.contracts.identity.certificates import CertificateProof
from services.identity.certificates.adapters.certificates import (
    UNREADABLE,
    read_certificate,
    texts_of,
    unit_name_of,
)
from services.identity.certificates.adapters.signatures import algorithm_of, is_signature
from services.identity.certificates.adapters.signed_data import read_signed_data
from services.identity.certificates.adapters.trust import Trust
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import Algorithm, Shown

LARGEST = 1024 * 1024  # bytes, before anything is parsed
BARE = {"rsa": "sha256_rsa", "p256": "sha256_ecdsa", "sm2": "sm2_sm3"}  # what a P1 of each kind is
SIGNING = "digital_signature"
FOREIGN_USES = frozenset({"server_auth", "code_signing", "time_stamping", "ocsp_signing"})


@dataclass(frozen=True)
class Signed:
    """A signature over `content` by the holder of `certificate`, not verified yet."""

    certificate: Any
    algorithm: Any
    content: bytes
    signature: bytes


def verify(
    proof: CertificateProof, text: str, trust: Trust, at: datetime
) -> tuple[Authority, Shown] | Refused:
    """Return who issued the certificate and what it shows, if the text was signed with it."""
    try:
        signed = _read(proof, text.encode())
        algorithm = _require_use(signed.certificate)
        authority, links = trust.path_of(signed.certificate, at=at)
        if not is_signature(
            signed.certificate.public_key, signed.algorithm, signed.content, signed.signature
        ):
            return Refused("signature_invalid", "the signature is not of this challenge by this certificate")
        texts = texts_of(signed.certificate, authority.places)
    except Refused as refusal:
        return refusal
    except UNREADABLE:  # asn1crypto parses late: anywhere above
        return Refused("signature_form", "the signature cannot be read", reason="unreadable")
    shown = Shown(links=links, texts=texts, unit_name=unit_name_of(texts), algorithm=algorithm)
    return authority, shown


def _read(proof: CertificateProof, text: bytes) -> Signed:
    if proof.form == "cms":
        return Signed(*read_signed_data(_bytes(proof.signature), text))
    if proof.certificate is None:
        raise Refused("signature_form", "a bare signature needs its certificate", reason="no_certificate")
    certificate = read_certificate(_bytes(proof.certificate))
    kind = algorithm_of(certificate.public_key)
    if kind is None:
        raise _weak()
    algorithm = algos.SignedDigestAlgorithm({"algorithm": BARE[kind]})
    return Signed(certificate, algorithm, text, _bytes(proof.signature))


def _require_use(certificate: Any) -> Algorithm:
    """Return the kind of the key; Refused unless the certificate is one to sign with."""
    kind = algorithm_of(certificate.public_key)
    if kind is None:
        raise _weak()
    usage = certificate.key_usage_value
    if certificate.ca or usage is None or SIGNING not in usage.native:
        raise Refused("certificate_wrong_use", "this certificate is not for signing")
    extended = certificate.extended_key_usage_value
    if extended is not None and set(extended.native) <= FOREIGN_USES:
        raise Refused("certificate_wrong_use", "this certificate is for something else")
    return kind


def _bytes(text: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(content) > LARGEST:
        raise Refused("signature_form", "larger than any signature", reason="too_large")
    return content


def _weak() -> Refused:
    return Refused("certificate_algorithm", "RSA of 2048 bits or more, P-256 and SM2 count")
