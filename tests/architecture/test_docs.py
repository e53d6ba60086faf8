"""The documents name what is there: files, commands, settings."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "deploy/README.md")
TOP_LEVEL = r"(?:services|gateway|deploy|tests)/[\w./-]+"


def words_of(pattern: str) -> set[tuple[str, str]]:
    return {
        (document, word)
        for document in DOCUMENTS
        for word in re.findall(pattern, Path(document).read_text("utf-8"))
    }


@pytest.mark.parametrize(("document", "path"), sorted(words_of(rf"`({TOP_LEVEL})`")))
def test_the_files_that_documents_name_are_there(document, path):
    assert Path(path).exists(), f"{document} sends its reader to {path}"


@pytest.mark.parametrize(("document", "target"), sorted(words_of(r"(?m)(?:`|^    )make ([a-z]+)")))
def test_the_targets_that_documents_name_are_there(document, target):
    assert re.search(rf"^{target}:", Path("Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_operations_that_documents_name_are_there():
    named = {word for _, word in words_of(r"python -m services ([a-z][a-z-]+)")}
    help = subprocess.run(
        [sys.executable, "-m", "services", "--help"], capture_output=True, text=True, check=True
    )
    known = set(re.findall(r"(?m)^    ([a-z-]+)", help.stdout))
    assert named and named <= known


def test_the_settings_of_the_runbook_are_read_somewhere():
    runbook = Path("deploy/README.md").read_text("utf-8")
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})[`:]", runbook))
    code = "\n".join(
        path.read_text("utf-8") for path in [*Path("services").rglob("*.py"), *Path("gateway").rglob("*.py")]
    )
    fields = {name.upper() for name in re.findall(r"(?m)^    (\w+): ", code)}
    prefixes = {f"{prefix}_" for prefix in ("IDENTITY", "SUBSIDY", "NOTIFY", "ARCHIVE", "GATEWAY")}
    read = {name for name in named if f'"{name}"' in code}
    read |= {name for name in named for prefix in prefixes if name.removeprefix(prefix) in fields}
    assert named and not named - read
