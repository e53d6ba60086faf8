"""A detached SignedData (RFC 5652, or with the names of GM/T 0010): one signer, signed attributes, no text.

Of the certificates in it only the signer's is used: the path is made of authorities that we know.
"""

from typing import Any

from asn1crypto import cms, core

from services.chassis.gm_asn1 import digest
from services.contracts.errors import Refused
from services.identity.certificates.adapters.certificates import parse_certificate
from services.identity.certificates.adapters.der import require_shape
from services.identity.certificates.adapters.signatures import SHA2, algorithm_of

KINDS = {"signed_data": "data", "gm_signed_data": "gm_data"}  # of the whole → of what is signed
BARE_RSA, BARE_ECDSA = "rsassa_pkcs1v15", "ecdsa"  # the digest is named beside them
MOST_CERTIFICATES = 10


def read_signed_data(content: bytes, text: bytes) -> tuple[Any, Any, bytes, bytes]:
    """Return (certificate, signature algorithm, what was signed, signature) of a signature over `text`.

    Refused with the reason if it is another form; ValueError and its kin if it cannot be read.
    """
    require_shape(content)
    outer = cms.ContentInfo.load(content, strict=True)
    kind = KINDS.get(outer["content_type"].native)
    _require(kind is not None, "not_signed_data")
    data = outer["content"]
    _require(data["encap_content_info"]["content_type"].native == kind, "content_type")
    _require(isinstance(data["encap_content_info"]["content"], core.Void), "attached")
    _require(len(data["signer_infos"]) == 1, "signers")
    signer = data["signer_infos"][0]
    certificate = _certificate_of(signer["sid"], data["certificates"])
    hash_name = _digest_of(signer, certificate)
    attributes = _attributes_of(signer)
    _require(attributes["content_type"].native == kind, "content_type")
    if attributes["message_digest"].native != digest(hash_name, text):
        raise Refused("signature_invalid", "something else was signed")
    signed = signer["signed_attrs"].untag().dump()
    return certificate, _algorithm_of(signer, hash_name), signed, signer["signature"].native


def _certificate_of(sid: Any, certificates: Any) -> Any:
    """Return the one certificate that the signer names."""
    _require(
        not isinstance(certificates, core.Void) and len(certificates) <= MOST_CERTIFICATES, "certificates"
    )
    candidates = {choice.chosen.dump() for choice in certificates if choice.name == "certificate"}
    named = [each for each in map(parse_certificate, candidates) if _is_named(sid, each)]
    _require(len(named) == 1, "certificates")
    return named[0]


def _is_named(sid: Any, certificate: Any) -> bool:
    if sid.name == "subject_key_identifier":
        return bool(sid.chosen.native == certificate.key_identifier)
    named = sid.chosen
    same_issuer = named["issuer"].dump() == certificate.issuer.dump()
    return same_issuer and bool(named["serial_number"].native == certificate.serial_number)


def _digest_of(signer: Any, certificate: Any) -> str:
    """Return the digest, if it is one that goes with the key."""
    name: str = signer["digest_algorithm"]["algorithm"].native
    is_sm2 = algorithm_of(certificate.public_key) == "sm2"
    _require(name == "sm3" if is_sm2 else name in SHA2, "digest")
    return name


def _attributes_of(signer: Any) -> dict[str, Any]:
    """Return the signed attributes by name, each with its one value."""
    _require(not isinstance(signer["signed_attrs"], core.Void), "no_signed_attributes")
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        _require(name not in found and len(attribute["values"]) == 1, "signed_attributes")
        found[name] = attribute["values"][0]
    _require({"content_type", "message_digest"} <= set(found), "signed_attributes")
    return found


def _algorithm_of(signer: Any, hash_name: str) -> Any:
    """Return the signature algorithm with its digest in it, as certificates name it."""
    algorithm = signer["signature_algorithm"]
    name = algorithm["algorithm"].native
    if name in (BARE_RSA, BARE_ECDSA):
        whole = f"{hash_name}_{'rsa' if name == BARE_RSA else 'ecdsa'}"
        return algorithm.__class__({"algorithm": whole})
    _require(not name.startswith("sha") or name.startswith(f"{hash_name}_"), "digest")
    return algorithm


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise Refused("signature_form", "not a form of signature that counts", reason=reason)
