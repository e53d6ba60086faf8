"""Session tokens: JWT, EdDSA, as services.chassis.sessions checks them in every service."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.chassis.sessions import AUDIENCE
from services.contracts.errors import Forbidden
from services.contracts.values import Actor
from services.identity.settings import Settings

# A token that has run out can be renewed: the session decides, by the house's clock.
_OPTIONS: Any = {
    "require": ["sid", "iat"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


def sign_token(
    settings: Settings, *, session_id: UUID, actor: Actor, issued_at: datetime, expires_at: datetime
) -> str:
    """Return a token that says who acts, until when, and to which sign-in it belongs."""
    claims = {
        "aud": AUDIENCE,
        "sub": actor.id,
        "sid": str(session_id),
        "iat": issued_at.timestamp(),
        "exp": expires_at.timestamp(),
        "actor": actor.model_dump(mode="json", exclude={"id", "session"}),
    }
    return jwt.encode(claims, _key(settings.session_private_key.get_secret_value()), algorithm="EdDSA")


def read_token(settings: Settings, token: str) -> tuple[UUID, datetime]:
    """Return (session id, issued at) of a token that we signed, however old. Forbidden: anything else."""
    public_key = _key(settings.session_private_key.get_secret_value()).public_key()
    try:
        claims = jwt.decode(token, public_key, algorithms=["EdDSA"], audience=AUDIENCE, options=_OPTIONS)
        return UUID(claims["sid"]), datetime.fromtimestamp(claims["iat"], UTC)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
        raise Forbidden("session_invalid", str(error)) from error


@lru_cache(maxsize=4)
def _key(pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey)  # the settings have checked it
    return key
