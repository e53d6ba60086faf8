"""`python -m tests.contracts.write`: write what a new or changed message needs, then read the diff.

Schemas come from the classes, examples from the story (story.py).
"""

import json
from pathlib import Path
from typing import Any

from tests.contracts.messages import HERE, all_messages, example_file, schema_file
from tests.contracts.story import tell


def main() -> None:
    """Write schemas and examples, remove those of messages that are gone, print what changed."""
    written = set()
    for kind in all_messages():
        _write(schema_file(kind), kind.model_json_schema())
        _write(example_file(kind), tell(kind))
        written |= {schema_file(kind), example_file(kind)}
    for stale in {*HERE.glob("*/*/*.json")} - written:
        print("removed", stale.relative_to(HERE))
        stale.unlink()


def _write(path: Path, data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if path.exists() and path.read_text("utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print("written", path.relative_to(HERE))


if __name__ == "__main__":
    main()
