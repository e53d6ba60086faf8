"""/healthz: this process answers. /readyz: it reaches the broker."""

from flask import Response, current_app

from gateway.portals.public.blueprint import pages

PATIENCE_SECONDS = 1


@pages.get("/healthz")
def healthz() -> Response:
    """Say that the process turns."""
    return Response("ok", content_type="text/plain")


@pages.get("/readyz")
def readyz() -> Response:
    """Say whether requests can reach the services."""
    if current_app.extensions["bus"].is_connected(PATIENCE_SECONDS):
        return Response("ok", content_type="text/plain")
    return Response("broker", 503, content_type="text/plain")
