"""Asking a responder about one certificate (OCSP, RFC 6960), and reading its answer. Off the hub."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import core, ocsp

from services.identity.certificates.adapters.certificates import (
    UNREADABLE,
    is_issued_by,
    parse_certificate,
    read_certificate,
)
from services.identity.certificates.adapters.der import require_shape
from services.identity.certificates.adapters.http import Unusable
from services.identity.certificates.adapters.signatures import is_signature
from services.identity.certificates.domain.proofs import CLOCK_SKEW
from services.identity.certificates.domain.revocation import Said, Verdict, require_in_time

WITHOUT_END = timedelta(hours=1)  # an answer that says not until when: newer ones are always to be had


def make_request(authority: bytes, serial: str) -> bytes:
    """Return the request (DER) about a certificate of the authority (its own certificate, DER)."""
    asked = ocsp.Request({"req_cert": _identifier(read_certificate(authority), serial)})
    der: bytes = ocsp.OCSPRequest({"tbs_request": {"request_list": [asked]}}).dump()
    return der


def read_answer(content: bytes, authority: bytes, serial: str, at: datetime) -> Said:
    """Return what is said about the certificate, if the authority says it; Unusable if not."""
    try:
        require_shape(content)
        response = ocsp.OCSPResponse.load(content, strict=True)
        if response["response_status"].native != "successful":
            raise Unusable(problem="revocation_unreachable")
        basic = response.basic_ocsp_response
        issuer = read_certificate(authority)
        if not any(_has_signed(key, basic) for key in _keys(issuer, basic, at)):
            raise Unusable(problem="revocation_forged")
        return _said(_single(basic, issuer, serial), at)
    except UNREADABLE as error:
        raise Unusable(problem="revocation_unreadable") from error


def _identifier(authority: Any, serial: str) -> Any:
    key = authority.public_key["public_key"].contents[1:]  # after the number of unused bits
    return ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": "sha1"},  # what RFC 5019 asks for; nothing rests on it
            "issuer_name_hash": hashlib.sha1(authority.subject.dump(), usedforsecurity=False).digest(),
            "issuer_key_hash": hashlib.sha1(key, usedforsecurity=False).digest(),
            "serial_number": int(serial, 16),
        }
    )


def _keys(authority: Any, basic: Any, at: datetime) -> Iterator[Any]:
    """Yield whose keys count: the authority's, and those of responders that it has certified for this."""
    yield authority.public_key
    for choice in basic["certs"]:
        responder = parse_certificate(choice.dump())
        extended = responder.extended_key_usage_value
        is_for_this = extended is not None and "ocsp_signing" in extended.native
        since, until = responder.not_valid_before - CLOCK_SKEW, responder.not_valid_after + CLOCK_SKEW
        same_name = responder.issuer.dump() == authority.subject.dump()
        if (
            is_for_this
            and same_name
            and since <= at <= until
            and is_issued_by(responder, authority.public_key)
        ):
            yield responder.public_key


def _has_signed(public_key: Any, basic: Any) -> bool:
    data = basic["tbs_response_data"].dump()
    return is_signature(public_key, basic["signature_algorithm"], data, basic["signature"].native)


def _single(basic: Any, authority: Any, serial: str) -> Any:
    """Return what is said about our certificate; other answers may stand beside it."""
    wanted = _identifier(authority, serial).native
    wanted.pop("hash_algorithm")  # with NULL as its parameter, or without: both are written
    for single in basic["tbs_response_data"]["responses"]:
        named = single["cert_id"].native
        if named.pop("hash_algorithm")["algorithm"] == "sha1" and named == wanted:
            return single
    raise Unusable(problem="revocation_unreadable")


def _said(single: Any, at: datetime) -> Said:
    for extension in single["single_extensions"]:
        if extension["critical"].native:
            raise Unusable(problem="revocation_partial")
    this_update, next_update = single["this_update"].native, single["next_update"]
    if problem := require_in_time(this_update=this_update, at=at):
        raise Unusable(problem=problem)
    until = this_update + WITHOUT_END if isinstance(next_update, core.Void) else next_update.native
    if until + CLOCK_SKEW < at:
        raise Unusable(problem="revocation_outdated")
    verdict: Verdict = single["cert_status"].name
    return Said(verdict=verdict, this_update=this_update, next_update=until)
