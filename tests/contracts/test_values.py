"""Numbers with check digits: each good one passes, each slip of one character is found."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from stdnum.cn import uscc

from services.contracts.values import (
    CheckedCreditCode,
    CitizenId,
    Phone,
    mask_citizen_id,
    mask_phone,
)

CITIZEN_ID, CREDIT_CODE = TypeAdapter(CitizenId), TypeAdapter(CheckedCreditCode)
PHONE = TypeAdapter(Phone)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of GB 32100: no I, O, S, V, Z

digits = st.characters(codec="ascii", categories=["Nd"])
regions = st.text(digits, min_size=6, max_size=6)  # whatever: some codes exist no more, people do
birthdays = st.dates(date(1900, 1, 1), date(2099, 12, 31))
serials = st.integers(0, 999).map(lambda number: f"{number:03}")


def is_valid(kind: TypeAdapter, text: str) -> bool:
    try:
        return kind.validate_python(text) == text
    except ValidationError:
        return False


def with_check_digit(body: str) -> str:
    """Return an id number; the check digit computed as ISO 7064 MOD 11-2 says, digit by digit."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]


id_numbers = st.builds(
    lambda region, day, serial: with_check_digit(f"{region}{day:%Y%m%d}{serial}"),
    regions,
    birthdays,
    serials,
)


# ---- citizen id numbers


@given(id_numbers)
def test_every_id_number_with_a_day_and_its_check_digit_is_good_whatever_its_region(number):
    assert is_valid(CITIZEN_ID, number)


def test_the_example_of_the_standard_and_retired_regions_are_good():
    assert with_check_digit("11010519491231002") == "11010519491231002X"
    for number in ("11010519491231002X", with_check_digit("51020219800101001")):  # 510202: no more since 1997
        assert is_valid(CITIZEN_ID, number)


@given(id_numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_changed_digit_is_found(number, place, other):
    assume(other != number[place])
    assert not is_valid(CITIZEN_ID, number[:place] + other + number[place + 1 :])


@given(id_numbers, st.integers(0, 15))
def test_two_neighbours_in_the_wrong_order_are_found(number, place):
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not is_valid(CITIZEN_ID, swapped)


@given(regions, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), serials)
def test_a_day_that_never_was_is_refused_though_the_check_digit_is_right(region, year, month, day, serial):
    try:
        date(year, month, day)
    except ValueError:
        number = with_check_digit(f"{region}{year:04}{month:02}{day:02}{serial}")
        assert not is_valid(CITIZEN_ID, number)


@pytest.mark.parametrize("day", ["19000229", "20230229", "19990431", "19990100", "19991301", "00000101"])
def test_some_days_that_never_were(day):
    assert not is_valid(CITIZEN_ID, with_check_digit(f"410181{day}001"))


@given(st.text(max_size=24))
def test_anything_else_is_refused_and_raises_nothing_else(text):
    assume(len(text) != 18)
    assert not is_valid(CITIZEN_ID, text)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",  # a small x
        "１１０１０５１９４９１２３１００２Ｘ",
        "٠١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002X\n",
        " 11010519491231002X",
        "110105491231002",  # of fifteen digits, given up in 2013
    ],
)
def test_other_digits_and_blanks_are_no_id_number(text):
    assert not is_valid(CITIZEN_ID, text)


@given(id_numbers)
def test_masked_an_id_number_shows_neither_birthday_nor_place(number):
    masked = mask_citizen_id(number)
    assert len(masked) == 18 and masked[3:14] == "*" * 11


# ---- credit codes


def organisation_check_digit(body: str) -> str:
    """GB 11714, by the table of the standard: C9 = 11 - MOD(sum, 11); 10 is X, 11 is 0."""
    weights = [3, 7, 9, 10, 5, 8, 4, 2]
    rest = (
        11
        - sum("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(c) * w for c, w in zip(body, weights, strict=True))
        % 11
    )
    return {10: "X", 11: "0"}.get(rest, str(rest))


credit_codes = st.builds(
    lambda kind, region, body: (
        f"{kind}{region}{body}{organisation_check_digit(body)}"
        + uscc.calc_check_digit(f"{kind}{region}{body}{organisation_check_digit(body)}")
    ),
    st.sampled_from(["91", "92", "11", "52"]),
    regions,
    st.text(st.sampled_from(ALPHABET), min_size=8, max_size=8),
)


@given(credit_codes)
def test_every_credit_code_with_both_check_digits_is_good(code):
    assert is_valid(CREDIT_CODE, code)


@given(credit_codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_of_a_credit_code_is_found(code, place, other):
    assume(other != code[place])
    assert not is_valid(CREDIT_CODE, code[:place] + other + code[place + 1 :])


@given(credit_codes, st.sampled_from("0123456789X"))
def test_the_inner_organisation_code_is_checked_too(code, other):
    assume(other != code[16])
    body = code[:16] + other
    assert not is_valid(CREDIT_CODE, body + uscc.calc_check_digit(body))


@pytest.mark.parametrize(
    "code", ["91410181170508042w", "91410181170508042W ", "91410181170508042", "914l0181170508042W"]
)
def test_small_letters_blanks_and_look_alikes_are_refused(code):
    assert is_valid(CREDIT_CODE, "91410181170508042W")
    assert not is_valid(CREDIT_CODE, code)


# ---- phones


@given(st.integers(3, 9), st.integers(0, 999_999_999))
def test_a_mobile_number_of_the_mainland_is_good(second, rest):
    phone = f"1{second}{rest:09}"
    assert is_valid(PHONE, phone)
    assert mask_phone(phone) == f"{phone[:3]}****{phone[-4:]}"


@pytest.mark.parametrize(
    "phone",
    [
        "12912345678",
        "1391234567",
        "139123456789",
        "+8613912345678",
        "139 1234 5678",
        "１３９１２３４５６７８",
        "13912345678\n",
    ],
)
def test_what_is_no_mobile_number_is_refused(phone):
    assert not is_valid(PHONE, phone)
