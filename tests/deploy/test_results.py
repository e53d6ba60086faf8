"""The page of the benchmark: a part that runs again replaces its section alone."""

import pytest

from tests.benchmarks.report import Findings, Row, write_section


def found(*rows: Row, **more) -> Findings:
    return Findings(title="of something", sizes="12 units", rows=list(rows), **more)


def write(path, name: str, *rows: Row, **more) -> str:
    write_section(name, found(*rows, **more), ("0.1/0.2", "0.3/0.4"), path)
    return path.read_text("utf-8")


def test_a_part_replaces_its_section_and_no_other(tmp_path):
    path = tmp_path / "RESULTS.md"
    write(path, "one", Row(what="first"))
    before = write(path, "two", Row(what="second"))
    assert before.startswith("# Results") and before.index("## one") < before.index("## two")
    after = write(path, "one", Row(what="first again"))
    assert after == before.replace("| first |", "| first again |")
    assert write(path, "one", Row(what="first")) == before


def test_a_part_replaces_its_section_under_another_title_too(tmp_path):
    path = tmp_path / "RESULTS.md"
    write(path, "one", Row(what="first"))
    write_section("one", Findings(title="of more", sizes="", rows=[]), ("0", "0"), path)
    assert path.read_text("utf-8").count("## one: ") == 1 and "## one: of more" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("figure", "goal", "says"),
    [(1.5, 1.5, "met"), (1.2, 1.5, "met"), (1.8, 1.5, "**missed by 20%**"), (9.0, None, "")],
)
def test_a_goal_is_met_or_missed_by_so_much(figure, goal, says):
    assert Row(what="", figure=figure, unit="×", goal=goal).verdict == says


def test_of_some_things_more_is_better():
    few, enough = (
        Row(what="", figure=figure, unit="a second", goal=45_000.0, at_least=True)
        for figure in (36_000.0, 45_000.0)
    )
    assert (few.verdict, enough.verdict) == ("**missed by 20%**", "met")
    assert few.cells()[-2] == "≥ 45,000 a second"


def test_steps_are_told_with_their_share(tmp_path):
    page = write(tmp_path / "RESULTS.md", "one", steps={"decode": 1.0, "write": 3.0}, notes=["A note."])
    assert "decode 1.00 s (25%); write 3.00 s (75%)." in page and "- A note." in page
