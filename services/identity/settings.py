"""Settings of the identity service: IDENTITY_DATABASE_URL, IDENTITY_SESSION_PRIVATE_KEY and so on."""

from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import Settings as BaseSettings


class Settings(BaseSettings):
    """What identity needs beside the common values."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_")

    # More than are signing in at once, who wait for argon2id: the others are not kept waiting behind them.
    max_workers: int = Field(default=40, description="messages at a time in a service process")
    session_private_key: SecretStr = Field(description="Ed25519, PEM; its public half is SESSION_PUBLIC_KEY")
    password_memory_kib: int = Field(default=19_456, ge=19_456, description="argon2id: OWASP's minimum")
    password_passes: int = Field(default=2, ge=2, description="argon2id: passes over the memory")
    failures_per_address: int = Field(
        default=50, ge=5, description="failed sign-ins from an address within an hour that lock it for 10 min"
    )
    sms_per_address_a_day: int = Field(
        default=100, ge=1, description="codes by SMS that an address may ask for on a Shanghai day"
    )
    revocation_grace_hours: int = Field(
        default=24, ge=0, description="how long a CA's last word on revocation counts after its time"
    )
    development_password: SecretStr = Field(
        default=SecretStr("Wengang-2023"), description="of the clerks that only a development seed makes"
    )

    @model_validator(mode="after")
    def check_key_pair(self) -> Self:
        """A session that nobody can verify would lock everybody out: fail at start instead."""
        private = load_pem_private_key(self.session_private_key.get_secret_value().encode(), password=None)
        public = load_pem_public_key(self.session_public_key.encode())
        if not isinstance(private, Ed25519PrivateKey) or private.public_key() != public:
            raise ValueError("IDENTITY_SESSION_PRIVATE_KEY is not the Ed25519 key of SESSION_PUBLIC_KEY")
        return self
