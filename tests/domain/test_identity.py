"""The rules of identity: maintenance limits, codes, locks, sessions, passwords."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Refused
from services.contracts.identity.credit_codes import MaintenanceState
from services.contracts.values import Post
from services.identity.accounts.domain import open_account
from services.identity.clerks.domain import plain_account, require_good_clerk
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance
from services.identity.locks.domain import Lock
from services.identity.passwords.domain import COMMON, require_good_password
from services.identity.verification.domain import SmsCode, SmsQuota, plain_picture_text

START = datetime(2023, 9, 14, 15, 50, tzinfo=UTC)  # ten minutes before midnight in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
CODE = "91410181170508042W"

moments = st.lists(st.integers(0, 4 * 24 * 3600), max_size=40).map(
    lambda seconds: [START + timedelta(seconds=second) for second in sorted(seconds)]
)


def day_of(moment: datetime) -> object:
    return moment.astimezone(SHANGHAI).date()


# ---- registration


UNIT = MaintainedUnit(unit_no="410181000327", credit_code=CODE, maintenance_id=UUID(int=1), accepted=(START,))
LATEST = Maintenance(
    id=UUID(int=1),
    state=MaintenanceState.ACCEPTED,
    credit_code=CODE,
    unit_no=UNIT.unit_no,
    unit_name="巩义市（恒远）有限公司",
    handler_name="张敏",
    handler_phone="19903700001",
    declared_by="person:1",
    declared_by_name="王喆",
    declared_at=START,
    decided_by="clerk:chen.reception",
    decided_at=START,
)


def opened(**other):
    facts = {"unit": UNIT, "latest": LATEST, "is_open": False, "agreement": "2023-01", "at": START}
    facts |= {"unit_name": LATEST.unit_name, "phone": LATEST.handler_phone}
    return open_account(**{**facts, **other})


def test_a_registration_that_equals_the_maintenance_opens_the_account():
    employer = opened()
    assert (employer.credit_code, employer.unit_no, employer.agreement) == (CODE, UNIT.unit_no, "2023-01")
    assert (employer.handler_name, employer.handler_phone) == ("张敏", "19903700001")
    assert opened(unit_name="巩义市(恒远) 有限公司").unit_name == LATEST.unit_name


@pytest.mark.parametrize(
    "wrong", [{"unit": None, "latest": None}, {"unit_name": "巩义市有限公司"}, {"phone": "19903700002"}]
)
def test_a_registration_that_differs_is_not_told_where(wrong):
    refused = opened(**wrong)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.facts) == ("registration_mismatch", {})


def test_who_knows_name_and_phone_may_know_that_it_is_open_by_registration_or_certificate():
    assert opened(is_open=True).code == "already_registered"
    assert opened(unit=replace(UNIT, registered_at=START)).code == "already_registered"
    assert opened(is_open=True, phone="19903700002").code == "registration_mismatch"


def test_a_new_handler_takes_the_place_and_the_former_ones_password_is_gone():
    employer = opened().with_administrator(password_hash="hash", at=START)
    assert employer.may_reset_password(phone="19903700001") and employer.usable_password_hash() == "hash"
    changed = employer.with_handler(name="李静", phone="19903700002")
    assert changed.actor().name == "李静" and changed.usable_password_hash() is None
    assert not changed.may_reset_password(phone="19903700002")
    assert changed.may_register_administrator(phone="19903700002")
    assert not changed.may_register_administrator(phone="19903700001")


def test_a_disabled_account_has_neither_password_nor_phone():
    employer = opened().with_administrator(password_hash="hash", at=START)
    disabled = replace(employer, disabled_at=START)
    assert disabled.usable_password_hash() is None and disabled.usable_phone() is None
    assert not disabled.may_reset_password(phone="19903700001")
    assert not replace(opened(), disabled_at=START).may_register_administrator(phone="19903700001")


def test_phones_and_hashes_do_not_show_in_a_repr():
    employer = opened().with_administrator(password_hash="$argon2id$", at=START)
    for shown in (repr(employer), repr(LATEST)):
        assert "19903700001" not in shown and "$argon2id$" not in shown


# ---- codes


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=12))
def test_an_sms_code_is_right_within_five_tries_and_five_minutes_only(tries):
    code, at = SmsCode(code_hash="right", issued_at=START), START
    for number, (right, seconds) in enumerate(tries):
        at += timedelta(seconds=seconds)
        code, accepted = code.attempt(code_hash="right" if right else "wrong", at=at)
        assert accepted == (right and number < 5 and at < START + timedelta(minutes=5))


@given(moments)
def test_codes_go_to_a_phone_once_a_minute_and_ten_times_a_shanghai_day(calendar):
    quota, sent = SmsQuota(), []
    for at in calendar:
        soon = bool(sent) and at - sent[-1] < timedelta(seconds=60)
        often = sum(day_of(moment) == day_of(at) for moment in sent) >= 10
        try:
            quota = quota.ask(at=at)
        except Refused as refused:
            assert refused.code == ("sms_too_soon" if soon else "sms_daily_limit")
            assert soon or often
        else:
            assert not soon and not often
            sent.append(at)


def test_who_asks_too_soon_is_told_how_long_to_wait():
    quota = SmsQuota().ask(at=START)
    with pytest.raises(Refused) as refused:
        quota.ask(at=START + timedelta(seconds=0.5))
    assert refused.value.facts == {"seconds_left": 60}


def test_an_eleventh_code_waits_for_the_next_day():
    quota, morning = SmsQuota(), datetime(2023, 9, 14, 1, tzinfo=UTC)
    for minute in range(10):
        quota = quota.ask(at=morning + timedelta(minutes=minute))
    with pytest.raises(Refused, match="sms_daily_limit"):
        quota.ask(at=datetime(2023, 9, 14, 15, 59, tzinfo=UTC))
    assert quota.ask(at=datetime(2023, 9, 14, 16, 0, tzinfo=UTC)).asked == 1


def test_a_picture_is_read_in_any_case():
    assert plain_picture_text(" a7 kx ") == "A7KX"


# ---- locks


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3600)), max_size=80))
def test_five_failures_lock_and_each_lock_is_twice_as_long(attempts):
    lock, at, failures, locks, until = Lock(), START, 0, 0, START
    for right, seconds in attempts:
        at += timedelta(seconds=seconds)
        assert lock.is_locked(at=at) == (at < until)
        if at < until:
            continue
        if right:
            lock, failures, locks = Lock(), 0, 0
            continue
        lock, failures = lock.fail(at=at), failures + 1
        if failures == 5:
            until = at + min(timedelta(minutes=10) * 2**locks, timedelta(hours=24))
            failures, locks = 0, locks + 1


def test_a_lock_is_over_when_its_time_has_come_and_says_until_when():
    lock = Lock()
    for _ in range(5):
        lock = lock.fail(at=START)
    until = START + timedelta(minutes=10)
    assert lock.is_locked(at=until - timedelta(seconds=1)) and not lock.is_locked(at=until)
    assert (lock.problem().code, lock.problem().facts) == ("locked", {"until": until.isoformat()})


def test_no_lock_is_longer_than_a_day_and_two_quiet_days_forgive():
    lock, at = Lock(), START
    for _ in range(40):
        for _ in range(5):
            lock = lock.fail(at=at)
        at = lock.locked_until
    assert lock.locked_until - lock.failed_at == timedelta(hours=24)
    assert lock.fail(at=lock.failed_at + timedelta(hours=47)).locks == 40
    assert lock.fail(at=lock.failed_at + timedelta(hours=48)) == Lock().fail(
        at=lock.failed_at + timedelta(hours=48)
    )


# ---- passwords and clerks


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Aa1!xyz", "short"),
        ("PassWord123", "common"),
        ("aaaaaaaaaaaa", "simple"),
        ("abcdefghijk", "simple"),
        ("98765432", "simple"),
        (CODE.lower(), "account"),
        (f"x{CODE}x", "account"),
        (CODE[:8], "account"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule(password, rule):
    with pytest.raises(Refused) as refused:
        require_good_password(password=password, account=CODE)
    assert (refused.value.code, refused.value.facts["rule"]) == ("password_weak", rule)


@pytest.mark.parametrize("password", ["Wengang-2023", "嵩山少林寺的秋天", "correct horse battery staple"])
def test_a_good_password_passes(password):
    require_good_password(password=password, account=CODE)


def test_the_common_passwords_are_such_that_length_alone_would_let_them_pass():
    assert len(COMMON) >= 200
    assert all(len(word) >= 8 and word == word.lower() for word in COMMON)


@pytest.mark.parametrize(
    ("field", "value"), [("account", "9abc"), ("name", " "), ("posts", frozenset()), ("region", "41")]
)
def test_a_clerk_account_that_breaks_a_rule_is_refused(field, value):
    good = {"account": "li.approver", "name": "李建国", "posts": {Post.APPROVER}, "region": "410000"}
    require_good_clerk(**good)
    with pytest.raises(Refused) as refused:
        require_good_clerk(**{**good, field: value})
    assert refused.value.facts == {"fields": [field]}


def test_a_clerk_may_type_the_account_in_capitals():
    assert plain_account(" Li.Approver ") == "li.approver"
