"""What a browser is to us before anybody has signed in with it, and whether it was here before."""

import hashlib
import secrets

from flask import Flask, Response, current_app, g, request, session

DEVICE_COOKIE = "wengang_device"
DEVICE_SECONDS = 180 * 86_400
DEVICE_LENGTHS = range(20, 101)


def register(app: Flask, *, secure: bool) -> None:
    """Give a browser that identity wants to know again what it has to keep."""

    @app.after_request
    def keep(response: Response) -> Response:
        if device := g.get("new_device"):
            response.set_cookie(
                DEVICE_COOKIE, device, max_age=DEVICE_SECONDS, httponly=True, samesite="Lax", secure=secure
            )
        return response


def remember(device: str | None) -> None:
    """From this answer on the browser keeps this, if there is anything to keep."""
    if device:
        g.new_device = device


def known_device() -> str | None:
    """Return what this browser has kept from an earlier sign-in; what cannot be that is nothing."""
    kept = request.cookies.get(DEVICE_COOKIE, "")
    return kept if len(kept) in DEVICE_LENGTHS else None


def binding() -> str:
    """Return the digest of a random value of this browser's form session: a challenge that was made here can
    be answered from here only. A sign-in begins a new form session, so the next one gets another value."""
    kept = session.setdefault("browser", secrets.token_urlsafe(32))
    return hashlib.sha256(kept.encode()).hexdigest()


def own_origin() -> str:
    """Return the origin of this site as the browser sees it."""
    return str(current_app.extensions["settings"].url or f"{request.scheme}://{request.host}")
