"""工信部联企业〔2011〕300号: each threshold just below, at and above it, by a table written anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.values import SizeClass
from services.subsidy.size_classes.adapters.standard import STANDARD

ORDER = [SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE]
WAN = 10_000 * 100  # 万元 in fen
# Industry: X persons, Y revenue, Z assets; each as small, medium, large ≥
TABLE = """
农林牧渔业            Y 50 500 20000
工业                  X 20 300 1000      Y 300 2000 40000
建筑业                Y 300 6000 80000   Z 300 5000 80000
批发业                X 5 20 200         Y 1000 5000 40000
零售业                X 10 50 300        Y 100 500 20000
交通运输业            X 20 300 1000      Y 200 3000 30000
仓储业                X 20 100 200       Y 100 1000 30000
邮政业                X 20 300 1000      Y 100 2000 30000
住宿业                X 10 100 300       Y 100 2000 10000
餐饮业                X 10 100 300       Y 100 2000 10000
信息传输业            X 10 100 2000      Y 100 1000 100000
软件和信息技术服务业  X 10 100 300       Y 50 1000 10000
房地产开发经营        Y 100 1000 200000  Z 2000 5000 10000
物业管理              X 100 300 1000     Y 500 1000 5000
租赁和商务服务业      X 10 100 300       Z 100 8000 120000
其他未列明行业        X 10 100 300
"""
LIMITS = {}
for line in TABLE.strip().splitlines():
    name, *rest = line.split()
    LIMITS[name] = {rest[i]: [int(each) for each in rest[i + 1 : i + 4]] for i in range(0, len(rest), 4)}
CASES = [(name, letter, place) for name, limits in LIMITS.items() for letter in limits for place in range(3)]
UNIT = {"X": 1, "Y": WAN, "Z": WAN}


def judge(industry, **values):
    return STANDARD.size_class_of(industry, values.get("X"), values.get("Y"), values.get("Z"))


def test_there_are_sixteen_industries():
    assert set(STANDARD.industries) == set(LIMITS) and len(LIMITS) == 16


@pytest.mark.parametrize(("industry", "letter", "place"), CASES)
def test_a_class_begins_exactly_at_each_of_its_limits(industry, letter, place):
    limit = LIMITS[industry][letter][place] * UNIT[letter]
    plenty = {other: 10**14 for other in LIMITS[industry]}
    assert judge(industry, **{**plenty, letter: limit - 1}) is ORDER[place]
    assert judge(industry, **{**plenty, letter: limit}) is ORDER[place + 1]
    assert judge(industry, **{**plenty, letter: limit + 1}) is ORDER[place + 1]


@pytest.mark.parametrize("industry", LIMITS)
def test_large_medium_and_small_need_all_minima_and_micro_only_one_below(industry):
    limits = LIMITS[industry]
    for letter in limits:
        rich = {other: 10**14 for other in limits}
        assert judge(industry, **{**rich, letter: 0}) is SizeClass.MICRO
        others = {other: None for other in limits if other != letter}
        assert judge(industry, **{**others, letter: 0}) is SizeClass.MICRO  # nothing could lift it
        if others:
            assert judge(industry, **{**others, letter: 10**14}) is None


@given(
    st.sampled_from(sorted(LIMITS)),
    st.lists(st.integers(0, 2 * 10**9), min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(0, 10**9),
)
def test_more_of_an_indicator_never_makes_a_smaller_class(industry, values, which, more):
    def judged(numbers):
        people, revenue, assets = numbers
        return ORDER.index(STANDARD.size_class_of(industry, people % 3000, revenue * 1000, assets * 1000))

    people, revenue, assets = values
    larger = [people % 3000, revenue, assets]
    larger[which] += more if which else more % (3000 - larger[0])
    assert judged(larger) >= judged([people % 3000, revenue, assets])


@given(
    st.sampled_from(sorted(LIMITS)),
    st.tuples(*[st.one_of(st.none(), st.integers(0, 10**12))] * 3),
    st.tuples(*[st.integers(0, 10**12)] * 3),
)
def test_a_class_known_with_something_missing_stays_whatever_is_missing(industry, known, missing):
    judged = STANDARD.size_class_of(industry, *known)
    complete = [there if value is None else value for value, there in zip(known, missing, strict=True)]
    assert judged in (None, STANDARD.size_class_of(industry, *complete))
    assert STANDARD.size_class_of(industry, *complete) is not None


@pytest.mark.parametrize(
    ("text", "industry"),
    [
        ("制造业", "工业"),
        ("C26", "工业"),
        ("c2611", "工业"),
        ("06", "工业"),
        ("46", "工业"),
        ("47", "建筑业"),
        ("0511", "农林牧渔业"),
        ("51", "批发业"),
        ("5299", "零售业"),
        ("53", None),  # railways are not in the standard
        ("54", "交通运输业"),
        ("5910", "交通运输业"),
        ("5920", "仓储业"),
        ("60", "邮政业"),
        ("61", "住宿业"),
        ("62", "餐饮业"),
        ("I63", "信息传输业"),
        ("64", "信息传输业"),
        ("65", "软件和信息技术服务业"),
        ("66", None),
        ("7010", "房地产开发经营"),
        ("7020", "物业管理"),
        ("7030", "其他未列明行业"),
        ("7040", None),
        ("70", None),
        ("71", "租赁和商务服务业"),
        ("7272", "租赁和商务服务业"),
        ("83", None),
        ("84", None),
        ("90", "其他未列明行业"),
        ("E", "建筑业"),
        ("F", None),
        ("批发业", "批发业"),
        ("房地产业", None),
        ("不知道", None),
        ("", None),
        (None, None),
    ],
)
def test_words_and_codes_lead_to_an_industry_of_the_standard(text, industry):
    assert STANDARD.industry_of(text) == industry


def test_without_a_standard_there_is_no_class():
    assert STANDARD.size_class_of(None, 10**6, 10**14, 10**14) is None
