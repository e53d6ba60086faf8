"""Key pairs of the three kinds: RSA-2048, P-256, SM2. Made, kept as PKCS#8 (PEM), signing."""

import functools
from dataclasses import dataclass, field
from typing import Any, Literal

from asn1crypto import keys, pem
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from services.chassis import gm_asn1, sm2

Algorithm = Literal["rsa", "p256", "sm2"]
ALGORITHMS: tuple[Algorithm, ...] = ("rsa", "p256", "sm2")
SIGNATURE_NAMES = {"rsa": "sha256_rsa", "p256": "sha256_ecdsa", "sm2": "sm2_sm3"}


@dataclass(frozen=True)
class Key:
    """A key pair: `private` is PKCS#8, `public` SubjectPublicKeyInfo, both DER. `user_id` matters to SM2."""

    algorithm: Algorithm
    private: bytes = field(repr=False)
    public: bytes = field(repr=False)
    user_id: bytes = sm2.DEFAULT_USER_ID

    @property
    def digest(self) -> str:
        """Return the digest that goes with the key, by its name in asn1crypto."""
        return "sm3" if self.algorithm == "sm2" else "sha256"

    @property
    def signature_algorithm(self) -> dict[str, str]:
        """Return the algorithm identifier of what `sign` makes."""
        return {"algorithm": SIGNATURE_NAMES[self.algorithm]}

    def public_info(self) -> Any:
        """Return the public half for asn1crypto."""
        return keys.PublicKeyInfo.load(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the signature: PKCS#1 v1.5 for RSA, DER for the curves."""
        if self.algorithm == "sm2":
            private = keys.PrivateKeyInfo.load(self.private)["private_key"].parsed["private_key"].native
            point: bytes = self.public_info()["public_key"].native
            return sm2.sign(private.to_bytes(32, "big"), point, message, self.user_id)
        private_key = _loaded(self.private)
        if isinstance(private_key, rsa.RSAPrivateKey):
            return private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        assert isinstance(private_key, ec.EllipticCurvePrivateKey)
        return private_key.sign(message, ec.ECDSA(hashes.SHA256()))


def generate_key(algorithm: Algorithm, *, bits: int = 2048) -> Key:
    """Make a key pair; `bits` is for RSA."""
    if algorithm == "sm2":
        return _sm2_key(*sm2.generate())
    made = (
        rsa.generate_private_key(65537, bits)
        if algorithm == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    return _key(algorithm, made)


def dump_key(key: Key) -> str:
    """Return the private key as PEM (PKCS#8, not encrypted)."""
    armored: bytes = pem.armor("PRIVATE KEY", key.private)
    return armored.decode()


def load_key(text: str) -> Key:
    """Return the key pair of a PEM that `dump_key` or OpenSSL wrote."""
    _, _, content = pem.unarmor(text.encode())
    info = keys.PrivateKeyInfo.load(content)
    if (
        info.algorithm == "ec"
        and info["private_key_algorithm"]["parameters"].chosen.dotted == gm_asn1.SM2_CURVE
    ):
        inner = info["private_key"].parsed
        return _sm2_key(inner["private_key"].native.to_bytes(32, "big"), inner["public_key"].native)
    return _key("rsa" if info.algorithm == "rsa" else "p256", _loaded(content))


def _key(algorithm: Algorithm, private: Any) -> Key:
    der, plain = serialization.Encoding.DER, serialization.NoEncryption()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    return Key(
        algorithm,
        private.private_bytes(der, serialization.PrivateFormat.PKCS8, plain),
        private.public_key().public_bytes(der, info),
    )


def _sm2_key(private: bytes, public: bytes) -> Key:
    identifier = {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "sm2p256v1")}
    inner = keys.ECPrivateKey({"version": 1, "private_key": int.from_bytes(private), "public_key": public})
    info = keys.PrivateKeyInfo({"version": 0, "private_key_algorithm": identifier, "private_key": inner})
    public_info = keys.PublicKeyInfo({"algorithm": identifier, "public_key": keys.ECPointBitString(public)})
    return Key("sm2", info.dump(), public_info.dump())


@functools.lru_cache(maxsize=64)
def _loaded(private: bytes) -> Any:
    """Loading an RSA key checks its numbers, which takes longer than a signature."""
    return serialization.load_der_private_key(private, password=None)
