"""The rules of coming in and staying: second steps, devices, sign-ins, addresses, one-time codes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.sessions import Factor
from services.contracts.values import Actor, ActorKind, Post
from services.identity.clerks import domain as clerks
from services.identity.clerks.domain import Clerk
from services.identity.locks.domain import ACCOUNT, Lock, address_limit
from services.identity.sessions import domain
from services.identity.sessions.domain import Candidate, PendingSignIn, Session
from services.identity.verification.domain import SmsQuota

START = datetime(2023, 9, 14, 15, 50, tzinfo=UTC)  # ten minutes before midnight in Shanghai
MINUTE = timedelta(minutes=1)


def begun(**other):
    facts = {"id": UUID(int=1), "kind": ActorKind.CLERK, "account": "li.approver", "address": "", "agent": ""}
    return Session(**{**facts, "started_at": START, "renewed_at": START, **other})


# ---- staying


@given(st.lists(st.integers(0, 20 * 60), max_size=60))
def test_a_session_lives_while_it_is_used_within_15_minutes_for_12_hours(gaps):
    session, at, last = begun(), START, START
    for gap in gaps:
        at += timedelta(seconds=gap)
        alive = at - last < timedelta(minutes=15) and at - START < timedelta(hours=12)
        assert session.is_alive(at=at) == alive
        if not alive:
            with pytest.raises(Forbidden, match="session_over"):
                session.renew(token_issued_at=last, at=at)
            return
        session, last = session.renew(token_issued_at=last, at=at), at
        longest = min(at + timedelta(seconds=60), START + timedelta(hours=12))
        assert at < session.token_expires_at(at=at) <= longest


def test_an_old_token_renews_nothing_though_the_session_lives():
    session = begun().renew(token_issued_at=START, at=START + 10 * MINUTE)
    with pytest.raises(Forbidden, match="session_over"):
        session.renew(token_issued_at=START, at=START + 16 * MINUTE)


def test_what_has_ended_neither_lives_nor_ends_again():
    ended = begun().end(at=START)
    assert not ended.is_alive(at=START)
    assert ended.end(at=START + MINUTE) == ended
    with pytest.raises(Forbidden, match="session_over"):
        ended.renew(token_issued_at=START, at=START)


def test_a_sign_in_is_by_certificate_if_it_names_one():
    assert not begun().certificate
    assert begun(authority_id=UUID(int=2), serial="0a").certificate


# ---- the second step


@given(st.sampled_from([ActorKind.EMPLOYER, ActorKind.PERSON]), st.booleans(), st.booleans(), st.booleans())
def test_only_a_known_device_with_a_picture_and_without_failures_spares_the_sms(kind, known, read, doubt):
    factor = domain.factor_for(
        kind, is_enrolled=False, is_known_device=known, was_picture_read=read, is_suspicious=doubt
    )
    assert factor == (None if (known, read, doubt) == (True, True, False) else Factor.SMS)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_clerk_is_always_asked_for_more(enrolled, known, read, doubt):
    factor = domain.factor_for(
        ActorKind.CLERK,
        is_enrolled=enrolled,
        is_known_device=known,
        was_picture_read=read,
        is_suspicious=doubt,
    )
    assert factor == (Factor.TOTP if enrolled else Factor.ENROLMENT)


@given(st.lists(st.tuples(st.sampled_from(["wrong", "resend"]), st.integers(0, 200)), max_size=20))
def test_a_second_step_is_open_for_five_tries_and_five_minutes_from_the_latest_code(events):
    pending = PendingSignIn(
        sign_in_id=UUID(int=1), kind=ActorKind.PERSON, account="1", factor=Factor.SMS, issued_at=START
    )
    at, sent, tries = START, START, 0
    for event, seconds in events:
        at += timedelta(seconds=seconds)
        is_open = tries < 5 and at - sent < 5 * MINUTE
        assert pending.is_open(at=at) == is_open
        if not is_open:
            return
        if event == "wrong":
            pending, tries = pending.fail(), tries + 1
            assert pending.tries_left() == 5 - tries
        else:
            pending, sent = pending.resend(at=at), at


def test_failures_are_counted_for_accounts_known_or_not():
    known = Candidate(kind=ActorKind.PERSON, account="7", subject="410***1234", key="410…1234")
    unknown = Candidate(kind=ActorKind.PERSON, account=None, subject="410***1234", key="410…1234")
    clerk = Candidate(kind=ActorKind.CLERK, account="7", subject="7")
    assert len({known.name(), unknown.name(), clerk.name()}) == 3
    assert "410…1234" in unknown.name()


@given(st.sampled_from(list(ActorKind)), st.text(st.characters(codec="ascii"), min_size=1, max_size=30))
def test_the_account_of_an_actor_is_what_follows_its_kind(kind, account):
    assert domain.account_of(Actor(id=f"{kind}:{account}", kind=kind)) == account


# ---- failures


@given(st.lists(st.integers(0, 1800), max_size=80), st.integers(2, 8))
def test_an_address_is_locked_for_ten_minutes_by_so_many_failures_within_an_hour(gaps, most):
    lock, at, counted, until = Lock(), START, [], START
    for seconds in gaps:
        at += timedelta(seconds=seconds)
        assert lock.is_locked(at=at) == (at < until)
        if at < until:
            continue
        lock = lock.fail(at=at, limit=address_limit(most))
        if counted and at - counted[0] >= timedelta(hours=1):
            counted = []
        counted.append(at)
        if len(counted) == most:
            counted, until = [], at + 10 * MINUTE


def test_two_failures_or_a_lock_are_a_reason_to_doubt_until_they_are_forgotten():
    one = Lock().fail(at=START)
    two = one.fail(at=START)
    assert not one.is_suspicious(at=START) and two.is_suspicious(at=START)
    locked = two
    for _ in range(ACCOUNT.failures - 2):
        locked = locked.fail(at=START)
    assert locked.failures == 0 and locked.is_suspicious(at=START + timedelta(hours=47))
    assert not locked.is_suspicious(at=START + timedelta(hours=48))


@given(st.lists(st.integers(0, 6 * 3600), max_size=40), st.integers(1, 5))
def test_an_address_gets_so_many_codes_a_shanghai_day_and_as_fast_as_it_likes(gaps, most):
    quota, at, sent = SmsQuota(), START, []
    for seconds in gaps:
        at += timedelta(seconds=seconds)
        day = (at + timedelta(hours=8)).date()
        try:
            quota = quota.ask_from_address(at=at, limit=most)
        except Refused as refused:
            assert (refused.code, refused.facts) == ("sms_address_limit", {"limit": most})
            assert sent.count(day) == most
        else:
            sent.append(day)
    assert all(sent.count(day) <= most for day in sent)


# ---- authenticators and administrators


def clerk(account="li.approver", **other):
    facts = {"name": "李建国", "posts": frozenset({Post.ADMINISTRATOR}), "region": "410000"}
    facts |= {"account": account, "password_hash": "$", "created_at": START}
    return Clerk(**{**facts, **other})


@given(st.integers(0, 10**9), st.integers(-3, 3))
def test_codes_count_one_step_to_each_side_and_none_that_was_used(seconds, used):
    at = datetime.fromtimestamp(seconds, UTC)
    now = seconds // 30
    assert clerk().acceptable_steps(at=at) == [step for step in (now - 1, now, now + 1) if step >= 0]
    last = max(0, now + used)
    steps = clerk(totp_step=last).acceptable_steps(at=at)
    assert steps == [step for step in (now - 1, now, now + 1) if step > last]


def test_a_reset_takes_the_authenticator_away():
    reset = clerk(totp_secret="A", totp_step=7).reset(password_hash="$new")
    assert (reset.totp_secret, reset.totp_step, reset.password_hash) == (None, None, "$new")
    enrolled = reset.enrol(password_hash="$own", totp_secret="B", totp_step=9)
    assert (enrolled.totp_secret, enrolled.totp_step, enrolled.password_hash) == ("B", 9, "$own")
    assert "$own" not in repr(enrolled)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6))
def test_there_is_always_another_usable_administrator(others):
    known = [
        clerk(f"c{number}", posts=frozenset({Post.ADMINISTRATOR if holds else Post.NOTICE}),
              disabled_at=START if disabled else None)
        for number, (holds, disabled) in enumerate(others)
    ]  # fmt: skip
    usable = any(holds and not disabled for holds, disabled in others)
    try:
        clerks.require_other_administrator([*known, clerk("last")], account="last")
    except Refused as refused:
        assert refused.code == "last_administrator" and not usable
    else:
        assert usable


def test_nobody_changes_the_own_account():
    with pytest.raises(Refused, match="own_account"):
        clerks.require_other(clerk("admin").actor(), "admin")
    clerks.require_other(clerk("admin").actor(), "admin2")
