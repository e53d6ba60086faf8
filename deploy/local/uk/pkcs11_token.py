"""A UK behind PKCS#11: hardware, or SoftHSM2. RSA and P-256; PKCS#11 has no SM2 that all vendors share."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asn1crypto import x509

from deploy.local.uk.pki import Algorithm, Holder, Key
from deploy.local.uk.token import TRIES, PinTries, WrongPin, check_pin, write_whole

_ONE_AT_A_TIME = threading.Lock()  # whoever logs in to a token does so for the whole process


@dataclass(frozen=True)
class Pkcs11Token:
    """A token in a slot. Its certificates are named by their CKA_ID (hex), which their private keys share.

    `folder` keeps the count of tries: SoftHSM2 never locks. Who must ask for certificates needs no PIN.
    """

    module: str
    label: str
    serial_number: str
    folder: Path

    @classmethod
    def find_all(cls, module: str, folder: Path) -> "list[Pkcs11Token]":
        """Return the initialised tokens that a module (.so) shows."""
        import pkcs11

        with _ONE_AT_A_TIME:
            flag = pkcs11.TokenFlag.TOKEN_INITIALIZED
            slots = pkcs11.lib(module).get_slots(token_present=True)
            tokens = [token for slot in slots if flag in (token := slot.get_token()).flags]
        return [cls(module, token.label.strip(), token.serial.decode().strip(), folder) for token in tokens]

    @property
    def tries(self) -> PinTries:
        """Return how often the PIN may be wrong yet."""
        path = self.folder / f"{self.serial_number}.tries_left"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, str(TRIES))
        return PinTries(path)

    def certificates(self) -> Mapping[str, Any]:
        """Return the certificates by their names."""
        from pkcs11 import Attribute, ObjectClass

        with self._session() as session:
            found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            return {item[Attribute.ID].hex(): x509.Certificate.load(item[Attribute.VALUE]) for item in found}

    def unlock(self, name: str, pin: str) -> Holder:
        """Return certificate and a key that stays in the token."""
        certificate = self.certificates()[name]
        with self.tries.one(), self._session(pin):
            public = certificate.public_key
        algorithm: Algorithm = "rsa" if public.algorithm == "rsa" else "p256"
        return Holder(certificate, _KeyInToken(algorithm, b"", public.dump(), token=self, name=name, pin=pin))

    def change_pin(self, old: str, new: str) -> None:
        """Give the token another PIN."""
        check_pin(new)
        with self.tries.one(), self._session(old, rw=True) as session:
            session.set_pin(old, new)

    def sign(self, name: str, pin: str, message: bytes) -> bytes:
        """Return the signature: PKCS#1 v1.5 for RSA, DER for P-256."""
        from pkcs11 import KeyType, Mechanism, ObjectClass
        from pkcs11.util.ec import encode_ecdsa_signature

        with self.tries.one(), self._session(pin) as session:
            key = session.get_key(ObjectClass.PRIVATE_KEY, id=bytes.fromhex(name))
            if key.key_type == KeyType.RSA:
                return bytes(key.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS))
            digest = hashlib.sha256(message).digest()
            return bytes(encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA)))

    @contextmanager
    def _session(self, pin: str | None = None, *, rw: bool = False) -> Iterator[Any]:
        """A session, logged in when there is a PIN; WrongPin when that is not the right one."""
        import pkcs11

        with _ONE_AT_A_TIME:
            token = pkcs11.lib(self.module).get_token(token_serial=self.serial_number.encode())
            try:
                session = token.open(user_pin=pin, rw=rw)
            except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
                raise WrongPin from None
            with session:
                yield session


@dataclass(frozen=True)
class _KeyInToken(Key):
    """A key that never leaves its token."""

    token: Pkcs11Token = field(kw_only=True)
    name: str = field(kw_only=True)
    pin: str = field(kw_only=True, repr=False)

    def sign(self, message: bytes) -> bytes:
        """Return what the token signs."""
        return self.token.sign(self.name, self.pin, message)
