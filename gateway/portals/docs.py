"""The API's description: OpenAPI 3.1, and Swagger UI from the package on this machine."""

from pathlib import Path

import flask_openapi3_swagger
from flask import Blueprint, Response, current_app, jsonify, render_template

SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates/swagger"

pages = Blueprint("docs", __name__, url_prefix="/api", static_folder=str(SWAGGER), static_url_path="/swagger")


@pages.get("/openapi.json")
def openapi() -> Response:
    """Return the description of the API."""
    return jsonify(current_app.api_doc)  # type: ignore[attr-defined]


@pages.get("/docs")
def swagger() -> str:
    """Show the API to try it out."""
    return render_template("docs.html")
