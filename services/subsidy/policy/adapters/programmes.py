"""Reads the programmes that lie beside the code as JSON.

henan_2025 has the ratios of 国办发〔2025〕25号; what the province laid down for that year is taken over from
2023 and has to be checked against its official texts, as its clauses say, before money is paid by it.
"""

import json
from pathlib import Path

from services.subsidy.policy.domain import Policy
from services.subsidy.policy.store import parse_policy

PROGRAMMES = Path(__file__).parent.parent / "programmes"


def read_programme(name: str) -> Policy:
    """Return a programme by the name of its file; what is wrong in it is an error here, not later."""
    return parse_policy(json.loads((PROGRAMMES / f"{name}.json").read_text("utf-8")))
