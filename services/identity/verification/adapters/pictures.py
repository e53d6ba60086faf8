"""Pictures by the `captcha` library."""

import base64
from functools import cache

from captcha.image import ImageCaptcha

from services.chassis.off_hub import off_the_hub


def draw_png_base64(text: str) -> str:
    """Return a PNG of 160 × 60 that people can read, as base64."""
    return off_the_hub(_draw, text)


def _draw(text: str) -> str:
    return base64.b64encode(_painter().generate(text).getvalue()).decode()


@cache
def _painter() -> ImageCaptcha:
    return ImageCaptcha(width=160, height=60)
