"""Verification codes: pictures to read, codes by SMS."""

from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, View
from services.contracts.values import PictureId, Sealed


class PictureCodeView(View):
    """A picture to read. `answer` is filled in development only, for scripts that cannot see."""

    picture_id: PictureId
    png_base64: str
    answer: str | None = None


class IssuePictureCode(Command[PictureCodeView]):
    """Make a picture code: good once, for five minutes."""


class SmsCodeView(View):
    """A code is on its way if, and only if, account and phone belong together; the answer never tells."""

    resend_after_seconds: int


class SmsCodeIssued(Event):
    """A verification code has to reach a phone. `purpose` names the template."""

    version: Literal[1] = 1
    phone: Sealed
    code: Sealed
    purpose: str
    valid_minutes: int


class SecurityNoticeDue(Event):
    """Somebody should know by SMS what was done with the account: `template` names the words, `facts` fill
    them (no personal data among them)."""

    version: Literal[1] = 1
    phone: Sealed
    template: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    facts: dict[str, str]
