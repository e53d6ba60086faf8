"""Settings of the identity service: IDENTITY_DATABASE_URL, IDENTITY_MAX_WORKERS."""

from pydantic_settings import SettingsConfigDict

from services.chassis.settings import Settings as BaseSettings


class Settings(BaseSettings):
    """Nothing of its own yet."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_")
