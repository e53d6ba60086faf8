"""What a browser is to us before anybody has signed in with it, and whether it was here before."""

import hashlib
import secrets

from flask import Flask, Response, current_app, g, request, session

from services.contracts.values import ActorKind

DEVICE_COOKIE = "wengang_device_"  # and who comes in
DEVICE_SECONDS = 180 * 86_400
DEVICE_LENGTHS = range(20, 101)


def register(app: Flask, *, secure: bool) -> None:
    """Give a browser that identity wants to know again what it has to keep."""

    @app.after_request
    def keep(response: Response) -> Response:
        if "new_device" in g:
            name, device = g.new_device
            response.set_cookie(
                name, device, max_age=DEVICE_SECONDS, httponly=True, samesite="Lax", secure=secure
            )
        return response


def remember(kind: ActorKind, device: str | None) -> None:
    """From this answer on the browser keeps this, if there is anything to keep. A handler comes in by two
    doors, as a person and for an employer: the one does not make the other forgotten."""
    if device:
        g.new_device = (DEVICE_COOKIE + kind, device)


def known_device(kind: ActorKind) -> str | None:
    """Return what this browser has kept from an earlier sign-in; what cannot be that is nothing."""
    kept = request.cookies.get(DEVICE_COOKIE + kind, "")
    return kept if len(kept) in DEVICE_LENGTHS else None


def binding() -> str:
    """Return the digest of a random value of this browser's form session: a challenge that was made here can
    be answered from here only. A sign-in begins a new form session, so the next one gets another value."""
    kept = session.setdefault("browser", secrets.token_urlsafe(32))
    return hashlib.sha256(kept.encode()).hexdigest()


def renew_binding() -> None:
    """From now on challenges are bound to another value."""
    if "browser" in session:
        del session["browser"]


def own_origin() -> str:
    """Return the origin of this site as the browser sees it."""
    return str(current_app.extensions["settings"].url or f"{request.scheme}://{request.host}")
