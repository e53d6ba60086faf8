"""Credit codes in certificates, bindings, and how long a word on revocation counts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Refused
from services.contracts.identity.certificates import ExtractorView, Freshness
from services.contracts.values import is_credit_code
from services.identity.certificates.domain.challenges import GOOD_FOR, judge_challenge, make_challenge
from services.identity.certificates.domain.credit_codes import DEFAULT_EXTRACTORS, codes_in, find_code
from services.identity.certificates.domain.proofs import Text
from services.identity.certificates.domain.revocation import (
    LAST_RETRY,
    LATEST,
    SOONEST,
    Answer,
    ListWord,
    RevocationList,
    Said,
    worst,
)

CODE, OTHER = "91410181170508042W", "91410100MA9K5T3R8R"
NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
ID = UUID(int=1)
GRACE = timedelta(hours=24)
hours = st.integers(min_value=-200, max_value=200).map(lambda number: timedelta(hours=number))


# ---- credit codes


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f" {CODE}\n",
        f"041@N{CODE}@巩义市恒远精密制造有限公司@00000001",
        f"UK-{CODE}-01",
        f"统一社会信用代码：{CODE}",
        f"{CODE}@{CODE}",
    ],
)
def test_a_code_that_stands_alone_is_found(text):
    assert codes_in(text) == {CODE}


@pytest.mark.parametrize(
    "text", ["", CODE[:-1], CODE + "0", "1" + CODE, CODE.lower(), "X" + CODE, f"NN{CODE}", CODE[:17] + "A"]
)
def test_what_is_part_of_something_longer_or_wrong_is_no_code(text):
    assert codes_in(text) == set()


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY@", max_size=60))
def test_whatever_is_found_is_a_code_that_stands_in_the_text(text):
    found = codes_in(text)
    assert all(is_credit_code(code) and code in text for code in found)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_code_between_marks_is_found_whatever_stands_around(before, after):
    assert CODE in codes_in(f"{before}@{CODE}@{after}")


def text(value, place="subject", key="common_name"):
    return Text(place=place, key=key, text=value)


def test_only_the_named_places_count():
    serial = ExtractorView(place="subject", key="serial_number")
    texts = [text(CODE), text(OTHER, key="serial_number"), text(OTHER, place="extension", key="1.2.3")]
    assert find_code(texts, [serial]) == OTHER
    assert find_code(texts[:1], DEFAULT_EXTRACTORS) == CODE
    assert find_code(texts[2:], DEFAULT_EXTRACTORS).code == "certificate_without_code"
    assert find_code([], DEFAULT_EXTRACTORS).code == "certificate_without_code"


def test_one_code_in_several_places_is_one_and_two_are_a_conflict():
    places = [text(CODE), text(CODE, key="organizational_unit_name")]
    assert find_code(places, DEFAULT_EXTRACTORS) == CODE
    assert find_code([*places, text(OTHER, key="serial_number")], DEFAULT_EXTRACTORS).code == (
        "certificate_code_conflict"
    )


# ---- challenges


@given(hours)
def test_a_challenge_counts_until_its_time_is_over(offset):
    made = make_challenge(id=ID, origin="http://a", binding="b", nonce=bytes(32), at=NOW)
    refused = judge_challenge(made, binding="b", at=NOW + offset)
    assert (refused is None) == (offset < GOOD_FOR)
    assert judge_challenge(made, binding="c", at=NOW).code == "challenge_elsewhere"
    assert judge_challenge(None, binding="b", at=NOW).code == "challenge_expired"


# ---- revocation


@given(hours, st.booleans(), st.integers(min_value=0, max_value=3))
def test_a_word_counts_until_the_grace_period_after_its_time_is_over(offset, is_revoked, failures):
    word = ListWord(authority_id=ID, due_at=NOW, next_update=NOW, failures=failures)
    refusal = word.judge(is_revoked=is_revoked, at=NOW + offset, grace=GRACE)
    if is_revoked:
        assert refusal.code == "certificate_revoked"
    elif offset <= GRACE:
        assert refusal is None
    else:
        assert refusal.code == ("revocation_unknown" if failures else "certificate_status_pending")
    fresh = word.freshness(at=NOW + offset, grace=GRACE)
    expected = (Freshness.FRESH, Freshness.STALE, Freshness.UNKNOWN)
    assert fresh is expected[(offset > timedelta(0)) + (offset > GRACE)]


@given(st.integers(min_value=1, max_value=60))
def test_who_fails_is_asked_again_later_each_time_but_not_too_late(failures):
    word = ListWord(authority_id=ID, due_at=NOW)
    waits = []
    for _ in range(failures):
        word = word.fail("revocation_unreachable", at=NOW)
        waits.append(word.due_at - NOW)
    assert waits == sorted(waits) and waits[-1] <= LAST_RETRY
    assert word.failures == failures


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_who_answers_is_asked_again_before_the_answer_runs_out_and_within_the_hour(good_for):
    found = RevocationList(
        sha256="0", number=1, this_update=NOW, next_update=NOW + good_for, serials=frozenset()
    )
    word = ListWord(authority_id=ID, due_at=NOW, failures=3, problem="x").take(found, at=NOW)
    assert SOONEST <= word.due_at - NOW <= LATEST
    assert (word.failures, word.problem, word.number) == (0, None, 1)


@given(st.integers(0, 5), st.integers(0, 5), hours, hours)
def test_a_list_never_goes_back(number, later_number, this, later):
    word = ListWord(authority_id=ID, due_at=NOW, number=number, this_update=NOW + this)
    older = word.is_older(number=later_number, this_update=NOW + later)
    assert older == (later_number < number or later < this)
    assert word.is_older(number=None, this_update=NOW + later)
    assert not ListWord(authority_id=ID, due_at=NOW).is_older(number=None, this_update=NOW)


def test_what_is_said_about_a_certificate_decides():
    asked = Answer(authority_id=ID, serial="1", due_at=NOW, used_at=NOW)

    def judge(verdict):
        said = Said(verdict=verdict, this_update=NOW, next_update=NOW)
        refusal = asked.take(said, at=NOW).judge_certificate(at=NOW, grace=GRACE)
        return refusal and refusal.code

    assert judge("good") is None
    assert judge("revoked") == "certificate_revoked"
    assert judge("unknown") == "revocation_unknown"
    assert asked.judge_certificate(at=NOW, grace=GRACE).code == "certificate_status_pending"


def test_the_refusal_that_says_most_is_told():
    pending, unknown = Refused("certificate_status_pending"), Refused("revocation_unknown")
    revoked = Refused("certificate_revoked")
    assert worst([None, pending, revoked, unknown]) is revoked
    assert worst([pending, None, unknown]) is unknown
    assert worst([None, None]) is None and worst([]) is None
