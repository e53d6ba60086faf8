"""The rules of a policy as people read and type them: parameters, expressions, differences."""

from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway import differences, expressions, parameters
from gateway.forms import InvalidForm
from gateway.portals.clerk.draft_form import body_of, fields_of, rows_of
from services.contracts.subsidy.policy import DifferenceView
from tests.gateway.policies import RULES, body

VALUES = RULES["parameters"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def request_context(app: OpenAPI) -> Any:
    """Let words be chosen as in a request: Chinese."""
    with app.test_request_context():
        yield


def test_every_parameter_of_the_programme_has_words() -> None:
    assert set(VALUES) <= set(parameters.PARAMETERS)


@quick
@given(value=st.integers(0, parameters.LARGEST), name=st.sampled_from([*parameters.PARAMETERS, "other"]))
def test_what_is_shown_for_typing_is_read_as_the_same_value(value: int, name: str) -> None:
    assert parameters.read(name, parameters.plain(name, value), "p") == value


@pytest.mark.parametrize("typed", ["", "x", "-1", "5.555", "1e3", "５", "21474836.48", "99999999999"])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(InvalidForm):
        parameters.read("max_layoff_rate", typed, "p")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("new_rate", 550, "5.5%"),
        ("ratio_x", 3000, "30%"),
        ("generation", 7, "7"),
        ("min_months", 1, "1 个月"),
    ],
)
def test_an_unknown_rate_is_a_percentage_and_anything_else_a_number(
    name: str, value: int, shown: str
) -> None:
    assert parameters.shown(name, value) == shown


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            ["*", ["-", ["-", "headcount_start", "headcount_end"], "exempt"], 10000],
            "（年初参保人数 − 年末参保人数 − 免责减员人数） × 10000",
        ),
        (["-", "base", ["-", "exempt", 1]], "上年度缴费（元） − （免责减员人数 − 1）"),
        (["<=", "layoff_rate", "$max_layoff_rate"], "裁员率 ≤ 裁员率上限〔5.5%〕"),
        (["in", "size_class", "'large", "'micro"], "企业规模 属于（大型、微型）"),
        (["if", [">", "base", 0], "$unknown", 0], "若 上年度缴费（元） > 0，则 其他参数 unknown，否则 0"),
        (["min", "base", 5], "上年度缴费（元） 与 5 中较小的"),
        (["weird", 1], '["weird", 1]'),
    ],
)
def test_an_expression_is_said_with_as_few_brackets_as_it_needs(expression: Any, said: str) -> None:
    assert expressions.in_words(expression, VALUES) == said


@quick
@given(expression=anything)
def test_whatever_stands_there_has_some_words(expression: Any) -> None:
    assert isinstance(expressions.in_words(expression, VALUES), str)


@quick
@example(path=".", before=None, after=0)
@given(path=st.text(min_size=1, max_size=20), before=anything, after=anything)
def test_whatever_differs_has_some_words(path: str, before: Any, after: Any) -> None:
    line = differences.read(DifferenceView(path=path, before=before, after=after), VALUES, VALUES)
    assert all(isinstance(text, str) for text in line)


@pytest.mark.parametrize(
    ("path", "before", "where", "said"),
    [
        ("region_overrides.410100.few_people", 20, "地区参数 › 410100 › 小规模单位的参保人数上限", "20 人"),
        (
            "region_overrides.410100",
            {"few_people": 20},
            "地区参数 › 410100",
            "小规模单位的参保人数上限：20 人",
        ),
        ("criteria", ["zombie", "base"], "条件的顺序", "僵尸企业\n上年度缴费"),
        ("criteria.base.expression", [">", "base", 0], "条件 › 上年度缴费 › 判断式", "上年度缴费（元） > 0"),
        ("statement_sections.0.paragraphs.1", "文字", "政策说明 › 第 1 项 › 段落 › 第 2 项", "文字"),
        ("documents", ["甲", "乙"], "依据文件", "甲\n乙"),
        ("amount", ["*", "base", "ratio"], "返还金额算法", "上年度缴费（元） × 返还比例"),
        ("deadline", None, "确认期限", "—"),
    ],
)
def test_a_difference_says_where_and_what(path: str, before: Any, where: str, said: str) -> None:
    line = differences.read(DifferenceView(path=path, before=before, after=None), VALUES, VALUES)
    assert (line.where, line.before, line.after) == (where, said, "—")


@quick
@given(
    overrides=st.dictionaries(
        st.from_regex(r"[0-9]{6}", fullmatch=True),
        st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 2**31 - 1), min_size=1),
        max_size=4,
    ),
    deadline=st.dates(),
)
def test_a_form_says_all_that_its_draft_says(overrides: Any, deadline: Any) -> None:
    told = body(region_overrides=overrides, deadline=deadline)
    assert body_of(fields_of(told)) == told


def test_a_row_is_shown_as_long_as_it_says_something_and_one_more_for_the_next() -> None:
    fields = {"r.0.code": "410100", "r.1.code": "", "r.2.few_people": "30", "c.0.bit": "3"}
    assert rows_of("r", fields) == [0, 2, 3]
    assert rows_of("c", fields) == [1] and rows_of("s", fields) == [0]


def test_a_region_comes_once_and_a_row_needs_its_key() -> None:
    fields = {**fields_of(body()), "r.0.code": "410100", "r.1.code": "410100", "r.2.few_people": "30"}
    with pytest.raises(InvalidForm) as caught:
        body_of(fields)
    assert caught.value.fields == ("r.1.code", "r.2.code")
