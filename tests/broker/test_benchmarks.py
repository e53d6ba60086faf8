"""The benchmark runs, small: run and floor write the same rows.

What it measures here means nothing. A digest or a count that differs ends it with an error.
"""

import os

import pytest

from tests.benchmarks.__main__ import PARTS, main

pytestmark = pytest.mark.skipif(
    not os.environ.get("TEST_POSTGRES_SERVER"), reason="it starts a broker and PostgreSQL of its own"
)


def test_floors_and_peers_agree_with_what_they_are_held_against(tmp_path):
    results = tmp_path / "RESULTS.md"
    sizes = ["--units", "2000", "--lines", "24000", "--approvals", "300", "--rounds", "1"]
    sizes += ["--results", str(results)]
    parts = ("screening", "import", "what-if", "approval")
    assert set(parts) < set(PARTS) and main([*sizes, "--only", ",".join(parts)]) == 0
    page = results.read_text("utf-8")
    assert all(f"## {part}: " in page for part in parts)
    assert page.count("| floor |") == 5  # both databases, an import small and large, and what-if
