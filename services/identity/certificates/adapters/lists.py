"""Reading a list (CRL): complete, by the authority itself, in time. Computing, off the hub."""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Any

from asn1crypto import crl
from cryptography import x509

from services.identity.certificates.adapters.certificates import UNREADABLE, read_certificate
from services.identity.certificates.adapters.http import Unusable
from services.identity.certificates.adapters.signatures import is_signature
from services.identity.certificates.domain.revocation import RevocationList, require_in_time

KNOWN_CRITICAL = frozenset({"authority_key_identifier", "crl_number"})  # not: delta, indirect, partial lists
PEM = b"-----BEGIN X509 CRL-----"


def read_list(content: bytes, authority: bytes, at: datetime) -> RevocationList:
    """Return a list if the authority (its certificate, DER) has signed it; Unusable if not."""
    der = _der_of(content)
    try:
        parsed = crl.CertificateList.load(der, strict=True)
        head = parsed["tbs_cert_list"]
        _require_signed(parsed, read_certificate(authority))
        number = _number_of(head)
        this_update, next_update = head["this_update"].native, head["next_update"].native
        if problem := require_in_time(this_update=this_update, at=at):
            raise Unusable(problem=problem)
        if next_update is None:
            raise Unusable(problem="revocation_without_end")
        serials = _serials_of(der)
    except UNREADABLE as error:
        raise Unusable(problem="revocation_unreadable") from error
    return RevocationList(
        sha256=hashlib.sha256(der).hexdigest(),
        number=number,
        this_update=this_update,
        next_update=next_update,
        serials=serials,
    )


def _der_of(content: bytes) -> bytes:
    """Some authorities publish PEM."""
    if not content.lstrip().startswith(PEM):
        return content
    body = content.partition(PEM)[2].partition(b"-----END")[0]
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise Unusable(problem="revocation_unreadable") from error


def _require_signed(parsed: Any, authority: Any) -> None:
    """By the authority, under its name, with its key that is for lists, one algorithm in and out."""
    head, algorithm = parsed["tbs_cert_list"], parsed["signature_algorithm"]
    usage = authority.key_usage_value
    right = (
        head["issuer"].dump() == authority.subject.dump() or head["issuer"] == authority.subject
    ) and head["signature"].dump() == algorithm.dump()
    if not right or (usage is not None and "crl_sign" not in usage.native):
        raise Unusable(problem="revocation_other_issuer")
    if not is_signature(authority.public_key, algorithm, head.dump(), parsed["signature"].native):
        raise Unusable(problem="revocation_forged")


def _number_of(head: Any) -> int | None:
    """Return the number of the list; Unusable if an extension says that it is not all there is."""
    number = None
    for extension in head["crl_extensions"]:
        name = extension["extn_id"].native
        if extension["critical"].native and name not in KNOWN_CRITICAL:
            raise Unusable(problem="revocation_partial")
        if name == "delta_crl_indicator":
            raise Unusable(problem="revocation_partial")
        if name == "crl_number":
            number = int(extension["extn_value"].native)
    return number


def _serials_of(der: bytes) -> frozenset[str]:
    """Return the serial numbers by `cryptography`, which reads a hundred thousand entries in a second."""
    entries = x509.load_der_x509_crl(der)
    found = set()
    for entry in entries:
        for extension in entry.extensions:
            known = isinstance(extension.value, x509.CRLReason | x509.InvalidityDate)
            if extension.critical and not known:
                raise Unusable(problem="revocation_partial")
        found.add(f"{entry.serial_number:x}")
    return frozenset(found)
