"""The blueprint of the personal portal (个人网厅)."""

from flask import Blueprint

pages = Blueprint("personal", __name__, url_prefix="/personal")
