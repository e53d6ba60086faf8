"""Reads the standard that lies beside the code as JSON."""

from pathlib import Path

from pydantic import TypeAdapter

from services.subsidy.size_classes.domain import Standard

FILE = Path(__file__).parent.parent / "size_classes.json"
STANDARD = TypeAdapter(Standard).validate_json(FILE.read_bytes())
