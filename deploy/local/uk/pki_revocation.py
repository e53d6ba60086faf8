"""What an authority says about what it has revoked: lists (CRL) and answers (OCSP)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from asn1crypto import core, crl, ocsp

from deploy.local.uk.pki_certificates import Holder, key_identifier, time_of

Status = Literal["good", "revoked", "unknown"]


def make_crl(
    authority: Holder,
    revoked: Iterable[int],
    at: datetime,
    *,
    number: int | None = 1,
    next_update: datetime | None = None,
    extensions: Iterable[Any] = (),
    entry_extensions: Iterable[Any] = (),
    issuer: Any = None,
) -> bytes:
    """Return a list (DER) of these serial numbers, issued at `at`, good for a day.

    `number` None leaves the CRL number out; `issuer` puts another name in the place of the authority's.
    """
    numbered = [] if number is None else [{"extn_id": "crl_number", "extn_value": number}]
    identifier = {"key_identifier": key_identifier(authority.key)}
    content: dict[str, Any] = {
        "version": "v2",
        "signature": authority.key.signature_algorithm,
        "issuer": issuer or authority.certificate.subject,
        "this_update": time_of(at),
        "next_update": time_of(next_update or at + timedelta(days=1)),
        "crl_extensions": [
            *numbered,
            {"extn_id": "authority_key_identifier", "extn_value": identifier},
            *extensions,
        ],
    }
    entries = [_entry(serial, at, list(entry_extensions)) for serial in revoked]
    if entries:
        content["revoked_certificates"] = entries
    to_be_signed = crl.TbsCertList(content)
    der: bytes = crl.CertificateList(
        {
            "tbs_cert_list": to_be_signed,
            "signature_algorithm": authority.key.signature_algorithm,
            "signature": authority.key.sign(to_be_signed.dump()),
        }
    ).dump()
    return der


def make_ocsp(
    authority: Holder,
    serial: int,
    at: datetime,
    *,
    status: Status = "good",
    next_update: datetime | None = None,
    responder: Holder | None = None,
) -> bytes:
    """Return an answer (DER) about one certificate of the authority, good for an hour, signed by the
    authority or by a responder whose certificate then comes with it."""
    signer, at = responder or authority, at.replace(microsecond=0)  # DER writes no fractions here
    single = {
        "cert_id": certificate_id(authority, serial),
        "cert_status": _status(status, at),
        "this_update": at,
        "next_update": next_update or at + timedelta(hours=1),
    }
    identifier = ocsp.ResponderId("by_key", key_identifier(signer.key))
    data = ocsp.ResponseData({"responder_id": identifier, "produced_at": at, "responses": [single]})
    content = {
        "tbs_response_data": data,
        "signature_algorithm": signer.key.signature_algorithm,
        "signature": signer.key.sign(data.dump()),
    }
    if responder:
        content["certs"] = [responder.certificate]
    basic = ocsp.BasicOCSPResponse(content)
    body = {"response_type": "basic_ocsp_response", "response": basic}
    der: bytes = ocsp.OCSPResponse({"response_status": "successful", "response_bytes": body}).dump()
    return der


def certificate_id(authority: Holder, serial: int) -> Any:
    """Return how OCSP names a certificate (RFC 6960, 4.1.1)."""
    subject = authority.certificate.subject.dump()
    return ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": hashlib.sha1(subject, usedforsecurity=False).digest(),
            "issuer_key_hash": key_identifier(authority.key),
            "serial_number": serial,
        }
    )


def asked_serial(request: bytes) -> int:
    """Return the serial number that an OCSP request (DER) asks about."""
    asked = ocsp.OCSPRequest.load(request)["tbs_request"]["request_list"][0]["req_cert"]
    serial: int = asked["serial_number"].native
    return serial


def _entry(serial: int, at: datetime, extensions: list[Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"user_certificate": serial, "revocation_date": time_of(at)}
    return {**entry, "crl_entry_extensions": extensions} if extensions else entry


def _status(status: Status, at: datetime) -> Any:
    if status == "revoked":
        return ocsp.CertStatus("revoked", {"revocation_time": at, "revocation_reason": "key_compromise"})
    return ocsp.CertStatus(status, core.Null())
