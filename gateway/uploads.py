"""Large bodies are let in at two doors only, and only from clerks who are signed in."""

from flask import Flask, current_app, g, request

from services.contracts.values import ActorKind

UPLOADS = {"registry.receive_import", "clerk.upload"}


def register(app: Flask) -> None:
    """Raise the limit before anything reads the body."""

    @app.before_request
    def admit_large_files() -> None:
        actor = g.get("actor")
        if request.endpoint in UPLOADS and actor and actor.kind is ActorKind.CLERK:
            request.max_content_length = current_app.extensions["settings"].upload_limit
