"""What a slip says, without a database or a PDF."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.archive.slips.domain import (
    LARGEST_AMOUNT,
    capital_numerals,
    chinese_date,
    compose,
    percent,
    require_may_see,
    yuan,
)
from services.contracts.archive import CheckSlip
from services.contracts.errors import Forbidden
from services.contracts.values import Choice, Post, UnitType
from tests.people import CODE, EMPLOYER, STRANGER, clerk
from tests.slips import FACTS

VALUES = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8, "兆": 10**12}


def read_capitals(words: str) -> int:
    """Read capital numerals back to fen, by another way than they were written."""
    whole, _, rest = words.removesuffix("整").rpartition("元")
    fen = read_integer(whole.replace("万亿", "兆")) * 100
    for digit, unit in zip(rest.replace("零", "")[::2], rest.replace("零", "")[1::2], strict=True):
        fen += VALUES[digit] * {"角": 10, "分": 1}[unit]
    return fen


def read_integer(words: str) -> int:
    total = group = digit = 0
    for word in words:
        if word in GROUPS:
            total, group, digit = total + (group + digit) * GROUPS[word], 0, 0
        elif word in UNITS:
            group, digit = group + digit * UNITS[word], 0
        else:
            digit = VALUES[word]
    return total + group + digit


@settings(deadline=None, max_examples=1000)
@given(
    st.integers(0, LARGEST_AMOUNT) | st.integers(0, 10**7) | st.integers(0, 10**12).map(lambda n: n * 1000)
)
def test_capital_numerals_read_back_to_the_same_amount(fen):
    words = capital_numerals(fen)
    assert read_capitals(words) == fen
    assert "零零" not in words and not words.startswith("零" if fen else "元")
    assert words.endswith("分") or words.endswith("整")


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (23713715, "贰拾叁万柒仟壹佰叁拾柒元壹角伍分"),
        (0, "零元整"),
        (5, "伍分"),
        (1000, "壹拾元整"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (100000000000, "壹拾亿元整"),
        (10010010000, "壹亿零壹拾万零壹佰元整"),
        (100000001, "壹佰万元零壹分"),
    ],
)
def test_capital_numerals_follow_the_rules_for_bank_notes(fen, words):
    assert capital_numerals(fen) == words


@pytest.mark.parametrize("fen", [-1, LARGEST_AMOUNT + 1])
def test_what_cannot_be_written_in_capitals_is_an_error(fen):
    with pytest.raises(ValueError, match="no capital numerals"):
        capital_numerals(fen)


def test_numbers_and_days_as_the_form_prints_them():
    assert [percent(value) for value in (0, 3000, 6000, 125, 550, 5)] == [
        "0%",
        "30%",
        "60%",
        "1.25%",
        "5.5%",
        "0.05%",
    ]
    assert (yuan(23713715), yuan(5)) == ("237,137.15", "0.05")
    assert chinese_date(date(2023, 9, 4)) == "2023年9月4日"


def test_the_day_of_a_slip_is_the_day_in_shanghai():
    late = replace(FACTS, answered_at=datetime(2023, 9, 14, 16, 30, tzinfo=UTC))
    assert ("日期", "2023年9月15日") in compose(late, verify_url="u").signature


@pytest.mark.parametrize(
    "other",
    [
        {"amount": FACTS.amount + 1},
        {"account": "263707101047"},
        {"choice": Choice.WAIVED},
        {"revision": 2},
        {"unit_name": "巩义市恒远精密制造有限公司 "},
        {"refund_id": "018a91b2-7c40-7000-8000-000000000099"},
        {"unit_type": UnitType.LAW_FIRM},
        {"documents": FACTS.documents[:-1]},
        {"answered_at": FACTS.answered_at + timedelta(microseconds=1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_fact_has_another_check_code(other):
    assert replace(FACTS, **other).check_code() != FACTS.check_code()


def test_no_value_can_pose_as_two():
    """A name with a line break in it must not look like the next line of the record."""
    honest = replace(FACTS, account_name="甲", account="1")
    forged = replace(FACTS, account_name="甲'\naccount='1", account="1")
    assert len(honest.record().splitlines()) == len(forged.record().splitlines())
    assert replace(FACTS, documents=("甲", "乙")).record() != replace(FACTS, documents=("甲,乙",)).record()


def test_the_check_code_does_not_depend_on_the_zone_a_time_came_in():
    elsewhere = FACTS.answered_at.astimezone(timezone(timedelta(hours=-5)))
    code = replace(FACTS, answered_at=elsewhere).check_code()
    assert code == FACTS.check_code() and len(code) == 16 and int(code, 16) and code == code.upper()


def test_both_choices_share_one_form_and_exactly_the_chosen_one_is_ticked():
    confirmed = compose(FACTS, verify_url="u")
    waived = compose(replace(FACTS, choice=Choice.WAIVED), verify_url="u")
    assert confirmed.choices == (("确认享受", True), ("放弃享受", False))
    assert waived.choices == (("确认享受", False), ("放弃享受", True))
    assert (confirmed.rows, confirmed.sections, confirmed.title) == (
        waived.rows,
        waived.sections,
        waived.title,
    )


def test_a_slip_is_for_its_employer_and_the_clerks_of_its_region():
    def may_see(actor):
        require_may_see(actor=actor, employer=CODE, unit_no="410181000327")

    may_see(EMPLOYER)
    may_see(clerk(Post.AUDITOR, region="410100"))
    with pytest.raises(Forbidden, match="not_your_refund"):
        may_see(STRANGER)
    with pytest.raises(Forbidden, match="not_your_region"):
        may_see(clerk(Post.RECEPTION, region="411000"))
    with pytest.raises(Forbidden, match="post_required"):
        may_see(clerk())


def test_the_address_on_the_slip_asks_what_the_check_asks_for():
    """The page passes its parameters on by these names: whoever scans the slip has nothing to type."""
    address = compose(FACTS, verify_url="https://example.org/verify").check_address
    asked = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
    assert CheckSlip(**asked) == CheckSlip(number=FACTS.number, check_code=FACTS.check_code())
