"""How values look on a screen: yuan, percent, Shanghai days. Registered as filters of the templates."""

import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup

SHANGHAI = ZoneInfo("Asia/Shanghai")


def money(fen: int | None) -> str:
    """23713715 → 237,137.15"""
    return "—" if fen is None else f"{fen // 100:,}.{fen % 100:02}"


def change(fen: int) -> str:
    """3000050 → +30,000.50, −3000050 → −30,000.50"""
    return ("+" if fen > 0 else "−" if fen < 0 else "") + money(abs(fen))


def percent(basis_points: int) -> str:
    """3000 → 30%, 550 → 5.5%"""
    return f"{basis_points // 100}.{basis_points % 100:02}".rstrip("0").rstrip(".") + "%"


def count(number: int) -> str:
    """1234567 → 1,234,567"""
    return f"{number:,}"


def day(value: date | datetime | None) -> str:
    """The calendar day in Shanghai: 2023-09-14."""
    if value is None:
        return "—"
    return (value.astimezone(SHANGHAI) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def moment(value: datetime | None) -> str:
    """Day and time in Shanghai: 2023-09-14 09:30:00."""
    return "—" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def size(octets: int) -> str:
    """1536 → 1.5 KB"""
    for unit in ("B", "KB", "MB"):
        if octets < 1024:
            return f"{octets} {unit}"
        octets = round(octets / 1024)
    return f"{octets} GB"


def in_language(zh: str, en: str) -> str:
    """Choose between two texts that a service gave."""
    return en if str(get_locale()) == "en" and en else zh


@cache
def _icons() -> dict[str, tuple[str, str]]:
    sprite = (
        files("flask_bootstrap").joinpath("static/bootstrap5/icons/bootstrap-icons.svg").read_text("utf-8")
    )
    symbol = re.compile(r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.S)
    return {found[2]: (found[1], found[3]) for found in symbol.finditer(sprite)}


def icon(name: str, points: int = 16) -> Markup:
    """Return one symbol of the bundled sprite as inline SVG: no further request, no icon font."""
    box, body = _icons()[name]
    return Markup(
        f'<svg class="icon" viewBox="{box}" width="{points}" height="{points}" fill="currentColor"'
        f' aria-hidden="true" focusable="false">{body}</svg>'
    )


def register(app: Flask) -> None:
    """Give the templates these words."""
    for form in (money, change, percent, count, day, moment, size):
        app.jinja_env.filters[form.__name__] = form
    app.jinja_env.globals.update(icon=icon, in_language=in_language)
