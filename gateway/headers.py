"""What every answer says about itself: a trace to quote, and what browsers may do with it."""

import logging
import re
import time

from flask import Flask, Response, g, request

from services.chassis.ids import new_id
from services.chassis.logs import speak_of

log = logging.getLogger(__name__)

_TRACE = re.compile(r"[0-9A-Za-z-]{8,64}")

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask, *, push_url: str, uk_agent_url: str, secure: bool) -> None:
    """Trace each request, set the headers of each answer."""
    policy = content_security_policy(push_url, uk_agent_url)

    @app.before_request
    def begin_trace() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.trace = given if _TRACE.fullmatch(given) else new_id().hex
        g.begun = time.monotonic()
        speak_of(trace=g.trace)

    @app.after_request
    def describe(response: Response) -> Response:
        response.headers.update({**SECURITY, "Content-Security-Policy": policy})
        response.headers["X-Request-Id"] = g.get("trace", "")
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint not in ("static", "bootstrap.static", "docs.static"):
            response.headers.setdefault("Cache-Control", "no-store")
            _log(response)
        return response


def content_security_policy(push_url: str, uk_agent_url: str) -> str:
    """Nothing inline, nothing from elsewhere. Scripts may talk to the push process as well, and to the UK
    middleware on the visitor's own machine."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": " ".join(filter(None, ("'self'", push_url, uk_agent_url))),
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{rule} {sources}" for rule, sources in rules.items())


def _log(response: Response) -> None:
    if request.endpoint in ("public.healthz", "public.readyz"):
        return
    milliseconds = round((time.monotonic() - g.get("begun", time.monotonic())) * 1000)
    log.info("%s %s %s %s ms", request.method, request.path, response.status_code, milliseconds)
