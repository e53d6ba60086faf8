"""Judges of what UKs and the development CA sign, other than the code that signed it; and small servers."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gmalg
from asn1crypto import cms, core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from deploy.local.uk.loopback import Loopback
from services.chassis.gm_asn1 import SM2_CURVE


def is_signed_by(certificate, content: bytes, signature: bytes) -> bool:
    """Did the holder of the certificate (asn1crypto) sign this?"""
    public = certificate.public_key
    if public.algorithm == "ec" and public["algorithm"]["parameters"].chosen.dotted == SM2_CURVE:
        numbers = core.SequenceOf.load(signature, spec=core.Integer).native
        r, s = (number.to_bytes(32, "big") for number in numbers)
        return gmalg.SM2(uid=b"1234567812345678", pk=public["public_key"].native).verify(content, r, s)
    key = load_der_public_key(public.dump())
    try:
        if public.algorithm == "rsa":
            key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def is_detached_signature(der: bytes, content: bytes, certificate) -> bool:
    """Is this SignedData without its content, of one signer, whose attributes hold the content's digest?"""
    data = cms.ContentInfo.load(der)["content"]
    (signer,) = data["signer_infos"]
    attributes = {item["type"].native: item["values"][0].native for item in signer["signed_attrs"]}
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    signed = signer["signed_attrs"].untag().dump()
    return (
        data["encap_content_info"]["content"].native is None
        and attributes["message_digest"] == digest
        and attributes["content_type"] == data["encap_content_info"]["content_type"].native
        and is_signed_by(certificate, signed, signer["signature"].native)
    )


@contextmanager
def serving(server: Loopback) -> Iterator[Loopback]:
    """Let a server answer for a while."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
