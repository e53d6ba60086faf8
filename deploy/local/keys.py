"""The secrets of a house on one machine: made once, kept in its folder, readable by its owner only."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def keys_of(folder: Path) -> dict[str, str]:
    """Return the secrets as environment variables; made at the first call."""
    path = folder / "keys.json"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(_make(), file, indent=1)
        part.rename(path)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _make() -> dict[str, str]:
    session = Ed25519PrivateKey.generate()
    private = session.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = session.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "SESSION_PUBLIC_KEY": public.decode(),
        "IDENTITY_SESSION_PRIVATE_KEY": private.decode(),
        "FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "GATEWAY_SECRET_KEY": secrets.token_hex(32),
    }
