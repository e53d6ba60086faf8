"""The time of the house: agent and CA live in the same one as the services, rehearsals included."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.chassis.clock import Clock, clock_from


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    environment: str = Field(default="development", alias="ENVIRONMENT")
    clock: str = Field(default="", alias="CLOCK")
    clock_origin: float | None = Field(default=None, alias="CLOCK_ORIGIN")


def house_clock() -> Clock:
    """Return the clock that CLOCK and CLOCK_ORIGIN set, or the machine's."""
    return clock_from(_Settings())
