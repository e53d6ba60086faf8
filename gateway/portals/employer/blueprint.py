"""The blueprint of the employer portal (单位网厅)."""

from flask import Blueprint

pages = Blueprint("employer", __name__, url_prefix="/employer")
