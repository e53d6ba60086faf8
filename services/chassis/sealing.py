"""Citizen ids, phones and bank accounts at rest: AES-GCM with keys that can be changed.

FIELD_KEYS = "k1:base64,k0:base64": the first key seals, all of them unseal. Put a new key in front to change;
a key may go when nothing is sealed with it any more. Fingerprints come from the last key in the list, so that
unique columns keep their meaning while keys are added: the last key stays until they are computed anew.
Both is done by `python -m services reseal`, see resealing.py.
"""

import base64
import hashlib
import hmac
import os
import re
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
# `key id.base64` of a nonce, a text that may be empty, and a tag of 16 bytes
_FORM = r"([^.\s\"\\]{1,32})\.([A-Za-z0-9_-]{38,}={0,2})"
TOKEN, QUOTED_TOKEN = re.compile(_FORM), re.compile(f'"({_FORM})"')


class Unsealable(ValueError):
    """A token that none of our keys has sealed, or that somebody has changed."""


class Sealer:
    """The keys of one process."""

    def __init__(self, field_keys: str) -> None:
        secrets = dict(_parse_key(part) for part in field_keys.split(","))
        self._ciphers = {name: AESGCM(secret) for name, secret in secrets.items()}
        self.current = next(iter(secrets))
        derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"wengang field fingerprint")
        self._fingerprint_key = derive.derive(list(secrets.values())[-1])

    def seal(self, text: str) -> str:
        """Return `key id.base64`: the same text gives another token each time."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), self.current.encode())
        return f"{self.current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, token: str) -> str:
        """Return the text; Unsealable when the token is not ours or was changed."""
        name, _, content = token.partition(".")
        try:
            sealed = base64.urlsafe_b64decode(content)
            return self._ciphers[name].decrypt(sealed[:NONCE], sealed[NONCE:], name.encode()).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise Unsealable(f"not sealed with a key we have: {key_of(token) or 'no token'}") from error

    def fingerprint(self, text: str) -> str:
        """Return 64 hex digits, the same for the same text: for columns that are searched or unique."""
        return hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).hexdigest()


def key_of(token: str) -> str | None:
    """Return the id of the key that a token names; None for what is no token."""
    match = TOKEN.fullmatch(token)
    return match[1] if match and len(match[2]) % 4 == 0 else None


def _parse_key(part: str) -> tuple[str, bytes]:
    name, _, encoded = part.strip().partition(":")
    secret = base64.b64decode(encoded, validate=True)
    if not name or "." in name or len(secret) != 32:
        raise ValueError("FIELD_KEYS must be id:base64 of 32 bytes, separated by commas")
    return name, secret


_sealer: Sealer | None = None


def configure(field_keys: str) -> None:
    """Give this process its keys; Runtime.start does."""
    global _sealer
    _sealer = Sealer(field_keys)


def current_key() -> str:
    """Return the id of the key that seals in this process."""
    return _configured().current


def seal(text: str) -> str:
    """Seal with the keys of this process."""
    return _configured().seal(text)


def unseal(token: str) -> str:
    """Unseal with the keys of this process."""
    return _configured().unseal(token)


def fingerprint(text: str) -> str:
    """Fingerprint with the key of this process."""
    return _configured().fingerprint(text)


def _configured() -> Sealer:
    if _sealer is None:
        raise RuntimeError("sealing.configure(FIELD_KEYS) comes first")
    return _sealer


class SealedText(sa.TypeDecorator[str]):
    """A text column that holds tokens and hands out texts. Not comparable: search by a fingerprint column."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else unseal(value)


class Token(SealedText):
    """A sealed column that hands out its tokens: from here they go on, sealed, into other rows and events."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> None:
        """Nothing is done to it, a hundred thousand times."""

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        """Nor here."""
