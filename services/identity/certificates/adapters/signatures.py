"""Which algorithms count, and whether a signature is right: RSA ≥ 2048 with SHA-2, P-256 with SHA-2, SM2 with
SM3. The same for certificates, lists, answers and challenges."""

from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from services.chassis import sm2
from services.chassis.gm_asn1 import SM2_CURVE, SM2_SIGNATURES
from services.identity.certificates.domain.proofs import Algorithm

P256_CURVE = "1.2.840.10045.3.1.7"
SMALLEST_RSA, LARGEST_RSA = 2048, 8192  # bits
SHA2 = frozenset({"sha256", "sha384", "sha512"})
SIGNATURES: dict[Algorithm, frozenset[str]] = {
    "rsa": frozenset({"sha256_rsa", "sha384_rsa", "sha512_rsa"}),
    "p256": frozenset({"sha256_ecdsa", "sha384_ecdsa", "sha512_ecdsa"}),
    "sm2": SM2_SIGNATURES,
}


def algorithm_of(public_key: Any) -> Algorithm | None:
    """Return the kind of a public key (SubjectPublicKeyInfo); None: it does not count."""
    if public_key.algorithm == "rsa":
        return "rsa" if SMALLEST_RSA <= public_key.bit_size <= LARGEST_RSA else None
    if public_key.algorithm != "ec" or public_key["algorithm"]["parameters"].name != "named":
        return None
    curve = public_key["algorithm"]["parameters"].chosen.dotted
    return {P256_CURVE: "p256", SM2_CURVE: "sm2"}.get(curve)  # type: ignore[return-value]


def is_allowed(public_key: Any, signature_algorithm: Any) -> bool:
    """Does this signature algorithm count, and go with the key?"""
    kind = algorithm_of(public_key)
    return kind is not None and signature_algorithm["algorithm"].native in SIGNATURES[kind]


def is_signature(public_key: Any, signature_algorithm: Any, content: bytes, signature: bytes) -> bool:
    """Is this the signature of the holder of the key over the content?"""
    if not is_allowed(public_key, signature_algorithm):
        return False
    try:
        VALIDATOR.validate_signature(signature, content, public_key, signature_algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


class Validator(DefaultSignatureValidator):
    """The one primitive: SM2 by libcrypto, all else by `cryptography`."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: Any,
        signature_algorithm: Any,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raise InvalidSignature unless it is right and the algorithm goes with the key."""
        if not is_allowed(public_key_info, signature_algorithm):
            raise InvalidSignature("the algorithm does not go with the key")
        if algorithm_of(public_key_info) == "sm2":
            if not sm2.verify(public_key_info["public_key"].native, signed_data, signature):
                raise InvalidSignature("SM2")
            return
        super().validate_signature(signature, signed_data, public_key_info, signature_algorithm, context)


class Allowed(AlgorithmUsagePolicy):
    """The same list for the validator of paths."""

    def digest_algorithm_allowed(self, algo: Any, moment: datetime | None) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=algo["algorithm"].native in SHA2 | {"sm3"})

    def signature_algorithm_allowed(
        self, algo: Any, moment: datetime | None, public_key: Any
    ) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=public_key is not None and is_allowed(public_key, algo))


VALIDATOR = Validator()
ALLOWED = Allowed()
