"""Settings of the notify service: NOTIFY_DATABASE_URL, NOTIFY_SMS_PROVIDER and so on."""

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import Settings as BaseSettings

DEVELOPMENT_OUTBOX = "development_outbox"
PROVIDERS = (DEVELOPMENT_OUTBOX,)


class Settings(BaseSettings):
    """What notify needs beside the common values."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_")

    max_jobs: int = Field(default=2, description="jobs at a time in notify-worker: one copies, one is read")
    sms_provider: str = Field(
        default=DEVELOPMENT_OUTBOX, validate_default=True, description="who carries the SMS"
    )

    @field_validator("sms_provider")
    @classmethod
    def check_sms_provider(cls, provider: str, info: ValidationInfo) -> str:
        """Outside development an outbox that nobody reads would look like success: fail at start instead."""
        if provider not in PROVIDERS:
            raise ValueError(f"there is no SMS provider {provider!r}; there are: {', '.join(PROVIDERS)}")
        if provider == DEVELOPMENT_OUTBOX and info.data.get("environment") != "development":
            raise ValueError(f"{DEVELOPMENT_OUTBOX!r} reaches no phone: name a real one (none is built yet)")
        return provider
