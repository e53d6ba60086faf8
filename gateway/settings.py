"""Settings of the gateway and of its push process."""

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import Settings


class GatewaySettings(Settings):
    """Read from the environment; a missing value fails at start with its name."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    # The gateway has no database and opens no sealed field.
    database_url: str = Field(default="", repr=False)
    field_keys: SecretStr = Field(default=SecretStr(""), alias="FIELD_KEYS")

    secret_key: SecretStr = Field(min_length=32, description="signs forms and hints, not sessions")
    url: str = Field(
        default="", pattern=r"^(https?://[^/]+)?$", description="its own origin, as browsers see it"
    )
    push_url: str = Field(
        default="", alias="PUSH_URL", pattern=r"^(https?://[^/]+)?$", description="origin of push"
    )
    uk_agent_url: str = Field(
        default="http://127.0.0.1:18999",
        pattern=r"^(https?://[^/]+)?$",
        description="origin of the UK middleware on the visitor's own machine",
    )
    agency: str = Field(default="社会保障网上服务平台", description="the name in the masthead")
    hotline: str = "12333"
    upload_limit: int = Field(default=2 * 1024**3, description="bytes of one import file")
    trusted_proxies: int = Field(default=0, description="how many proxies set X-Forwarded-… in front of us")
    rpc_timeout: float = Field(default=10, gt=0, description="seconds until a page says: try again")

    @model_validator(mode="after")
    def _know_our_address(self) -> "GatewaySettings":
        if self.environment == "production" and not self.url.startswith("https://"):
            raise ValueError("GATEWAY_URL must be the https:// origin of the gateway in production")
        return self

    @property
    def development(self) -> bool:
        """Is this a machine of developers? Then codes and messages may be shown."""
        return self.environment == "development"
