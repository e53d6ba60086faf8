"""The object identifiers of the Chinese standards (GM/T 0006, 0010, 0015), made known to asn1crypto.

Import it before anything is parsed: certificates, lists and signatures with SM2 then read like all others.
"""

from collections.abc import Callable
from typing import Any

from asn1crypto import algos, cms, core, keys
from cryptography.hazmat.primitives import hashes

SM2_CURVE = "1.2.156.10197.1.301"
SM2_SIGNATURES = frozenset({"sm2_sm3", "sm2_sign", "sm2"})  # names below of what stands for SM2 with SM3

_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sm3": hashes.SM3,
}


def digest(name: str, content: bytes) -> bytes:
    """Return a digest by its name in asn1crypto: sha256, sha384, sha512 or sm3; KeyError for any other."""
    state = hashes.Hash(_DIGESTS[name]())
    state.update(content)
    return state.finalize()


def register() -> None:
    """Add the identifiers; done once, when this module is imported."""
    _add(
        algos.SignedDigestAlgorithmId,
        {"1.2.156.10197.1.501": "sm2_sm3", "1.2.156.10197.1.301.1": "sm2_sign", SM2_CURVE: "sm2"},
    )
    _add(algos.DigestAlgorithmId, {"1.2.156.10197.1.401": "sm3", "1.2.156.10197.1.401.1": "sm3_unkeyed"})
    _add(
        cms.ContentType,
        {"1.2.156.10197.6.1.4.2.1": "gm_data", "1.2.156.10197.6.1.4.2.2": "gm_signed_data"},
    )
    cms.ContentInfo._oid_specs |= {"gm_data": core.OctetString, "gm_signed_data": cms.SignedData}
    if SM2_CURVE not in keys.NamedCurve._map:
        keys.NamedCurve.register("sm2p256v1", SM2_CURVE, 32)


def _add(identifiers: Any, names: dict[str, str]) -> None:
    identifiers._map = {**identifiers._map, **names}
    identifiers._reverse_map = None  # asn1crypto makes it anew


register()
