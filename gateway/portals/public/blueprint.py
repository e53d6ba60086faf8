"""The blueprint of the public pages."""

from flask import Blueprint

pages = Blueprint("public", __name__)
