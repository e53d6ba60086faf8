"""Fields that messages of several rooms have in common. Secrets never show in a repr."""

from typing import Annotated

from pydantic import Field

from services.contracts.base import View
from services.contracts.values import CitizenId

IdNumber = Annotated[CitizenId, Field(repr=False)]
Password = Annotated[str, Field(min_length=1, max_length=128, repr=False)]
SmsCode = Annotated[str, Field(pattern=r"^\d{6}$", repr=False)]
PictureCode = Annotated[str, Field(min_length=1, max_length=12)]
Device = Annotated[str, Field(min_length=20, max_length=100, description="what a known browser keeps")]
Hidden = Field(repr=False)
Token = Annotated[str, Field(max_length=4096, repr=False)]
Agreement = Annotated[str, Field(min_length=1, max_length=40, description="version that was agreed to")]
ClerkAccount = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(min_length=1, max_length=200)]


class DoneView(View):
    """It is done; there is nothing more to say."""

    done: bool
