"""Where the golden example and the schema snapshot of each message of the shared language lie."""

from pathlib import Path

from services.__main__ import all_messages as all_messages
from services.contracts.base import Message

HERE = Path(__file__).parent


def example_file(kind: type[Message]) -> Path:
    """Return where the golden example of a message lies."""
    return HERE / "examples" / kind.owner / f"{kind.name}.json"


def schema_file(kind: type[Message]) -> Path:
    """Return where the snapshot of a message's JSON schema lies."""
    return HERE / "schemas" / kind.owner / f"{kind.name}.json"
