"""zh-CN first, English on demand: the choice is kept in a cookie; API clients may say Accept-Language."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_babel import Babel

COOKIE = "language"
LANGUAGES = {"zh": "中文", "en": "English"}


def current() -> str:
    """Return the language of this request."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(LANGUAGES) or "zh"
    return "zh"


def register(app: Flask, translations: str) -> None:
    """Set up gettext: the source strings are Chinese, English comes from the catalogue."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = translations
    Babel(app, locale_selector=current)
    app.context_processor(lambda: {"language": current(), "languages": LANGUAGES})


def local_path(address: str | None, otherwise: str) -> str:
    """Return an address of this site, never another site's: `next=//evil.example` is not followed."""
    parts = urlsplit(address or "")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and "\\" not in parts.path
    return address if address and is_ours and not parts.path.startswith("//") else otherwise
