"""A UK (USB key): certificates, private keys that a PIN opens, and a count of the tries that are left.

The software token is a folder. Whoever has its files can try PINs at leisure: it is for development only.

    token.json           label, serial number
    tries_left           a number
    <name>.crt.pem       certificate
    <name>.key.json      private key (PEM), sealed with the PIN: scrypt, AES-256-GCM
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import pem, x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from deploy.local.uk.pki import Holder, dump_key, load_key

TRIES = 10
PIN_LENGTHS = range(6, 17)  # characters
SCRYPT = {"n": 2**15, "r": 8, "p": 1}


class WrongPin(Exception):
    """One try less."""


class Locked(Exception):
    """No tries are left; the issuer unlocks it."""


class PinTries:
    """How many tries are left, in a file, whoever asks: the same for all processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def left(self) -> int:
        """Return the number."""
        return int(self._path.read_text())

    @contextmanager
    def one(self) -> Iterator[None]:
        """A try: counted before it is made, forgiven when it ends well; Locked when there is none.

        What raises something else than WrongPin was no try.
        """
        with open(self._path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            left = self.left()
            if left <= 0:
                raise Locked
            write_whole(self._path, str(left - 1))
            try:
                yield
            except WrongPin:
                raise
            except BaseException:
                write_whole(self._path, str(left))
                raise
            write_whole(self._path, str(TRIES))


class Token(Protocol):
    """What all tokens can do. Certificates have a name each within their token."""

    @property
    def serial_number(self) -> str:
        """The manufacturer's number, unique among tokens."""
        ...

    @property
    def tries(self) -> PinTries:
        """How often the PIN may be wrong yet."""
        ...

    def certificates(self) -> Mapping[str, Any]:
        """Return the certificates (asn1crypto) by their names."""
        ...

    def unlock(self, name: str, pin: str) -> Holder:
        """Return certificate and key, ready to sign; raises WrongPin, Locked, KeyError (no such name)."""
        ...

    def change_pin(self, old: str, new: str) -> None:
        """Raises WrongPin, Locked, ValueError when the new one cannot be a PIN."""
        ...


@dataclass(frozen=True)
class SoftwareToken:
    """A token in a folder."""

    folder: Path
    label: str
    serial_number: str

    @property
    def tries(self) -> PinTries:
        """Return how often the PIN may be wrong yet."""
        return PinTries(self.folder / "tries_left")

    @classmethod
    def make(
        cls, folder: Path, *, label: str, serial_number: str, pin: str, holders: Mapping[str, Holder]
    ) -> "SoftwareToken":
        """Make a token with these certificates and keys; a folder that exists already is an error."""
        check_pin(pin)
        folder.mkdir(parents=True, mode=0o700)
        for name, holder in holders.items():
            (folder / f"{name}.crt.pem").write_text(holder.pem)
            write_whole(_key_file(folder, name), _seal(dump_key(holder.key).encode(), pin))
        write_whole(folder / "tries_left", str(TRIES))
        identity = {"label": label, "serial_number": serial_number}
        write_whole(folder / "token.json", json.dumps(identity, ensure_ascii=False))
        return cls(folder, label, serial_number)

    @classmethod
    def load(cls, folder: Path) -> "SoftwareToken":
        """Return the token in a folder."""
        identity = json.loads((folder / "token.json").read_text())
        return cls(folder, identity["label"], identity["serial_number"])

    def certificates(self) -> Mapping[str, Any]:
        """Return the certificates by their names."""
        files = sorted(self.folder.glob("*.crt.pem"))
        return {path.name.removesuffix(".crt.pem"): read_certificate(path) for path in files}

    def unlock(self, name: str, pin: str) -> Holder:
        """Return certificate and key."""
        certificate = self.certificates()[name]
        with self.tries.one():
            key = _open(_key_file(self.folder, name).read_text(), pin)
        return Holder(certificate, load_key(key.decode()))

    def change_pin(self, old: str, new: str) -> None:
        """Seal all keys with another PIN."""
        check_pin(new)
        files = [_key_file(self.folder, name) for name in self.certificates()]
        with self.tries.one():
            keys = [_open(path.read_text(), old) for path in files]
            for path, key in zip(files, keys, strict=True):
                write_whole(path, _seal(key, new))


def check_pin(pin: str) -> None:
    """Raise ValueError for what no keyboard of a token could enter."""
    if len(pin) not in PIN_LENGTHS or not (pin.isascii() and pin.isprintable()):
        raise ValueError(f"a PIN has {PIN_LENGTHS.start} to {PIN_LENGTHS.stop - 1} ASCII characters")


def read_certificate(path: Path) -> Any:
    """Return a certificate from a PEM file."""
    return x509.Certificate.load(pem.unarmor(path.read_bytes())[2])


def write_whole(path: Path, text: str) -> None:
    """Write a file that only its owner reads: all of it or nothing."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _key_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.key.json"


def _seal(content: bytes, pin: str) -> str:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretch(pin, salt)).encrypt(nonce, content, None)
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()})


def _open(text: str, pin: str) -> bytes:
    parts = {name: base64.b64decode(part) for name, part in json.loads(text).items()}
    try:
        return AESGCM(_stretch(pin, parts["salt"])).decrypt(parts["nonce"], parts["sealed"], None)
    except InvalidTag:
        raise WrongPin from None


def _stretch(pin: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, **SCRYPT).derive(pin.encode())
