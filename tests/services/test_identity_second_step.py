"""The second step: SMS, authenticators, enrolment, known browsers, through the doors."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pyotp
import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.schema import inbox
from services.chassis.sealing import unseal
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.clerks import AddClerk
from services.contracts.identity.sessions import EnrolClerk, Factor, FinishSignIn
from services.contracts.identity.verification import SmsCodeIssued
from services.contracts.values import ActorKind, Post
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.clerks.store import clerks
from services.identity.locks.store import locks
from services.identity.persons.store import persons
from services.identity.sessions.domain import MOST_DEVICES
from services.identity.sessions.store.devices import devices
from services.identity.sessions.store.pending import pending_sign_ins
from tests.people import CODE, clerk
from tests.services.attempts import refusal, together
from tests.services.portal import ID_NUMBER, OWN_PHONE, PASSWORD, PHONE, Portal

MINUTE, HALF = timedelta(minutes=1), timedelta(seconds=30)
ADMINISTRATOR = clerk(Post.ADMINISTRATOR, id="clerk:admin")
NO_PICTURE = {"picture_id": None, "picture_code": None}


@pytest.fixture
def portal(world):
    portal = Portal(world)
    portal.hire()
    return portal


@pytest.fixture
def employer(world, portal):
    """The manual's employer with its administrator, whose phone may get another code by now."""
    portal.open()
    world.now += MINUTE
    return portal


def wrong(code):
    """Return another code."""
    return f"{(int(code) + 1) % 10**6:06}"


def last_code(world):
    """Return the latest code that was sent to anybody."""
    return unseal(world.published(SmsCodeIssued)[-1].code)


# ---- when it is asked for


def test_a_known_browser_comes_in_by_the_password_alone(employer):
    view = employer.begin()
    assert view.session and view.second_step is None
    assert view.session.device is None, "the browser keeps what it has"


def test_a_new_browser_is_asked_for_a_code_by_sms(world, employer):
    view = employer.begin(device=None)
    step = view.second_step
    assert (view.session, step.factor, step.phone_masked) == (None, Factor.SMS, "199****0001")
    assert (step.resend_after_seconds, step.answer, step.secret, step.uri) == (60, None, None, None)
    issued = world.published(SmsCodeIssued)[-1]
    assert (unseal(issued.phone), issued.purpose, issued.valid_minutes) == (PHONE, "sign_in", 5)
    session = employer.finish(view)
    assert (session.actor.employer, session.device) == (CODE, None)


def test_what_another_account_or_nobody_keeps_is_no_known_browser(world, employer):
    employer.person()
    world.now += MINUTE
    person = employer.begin_person(device=employer.device)
    assert person.second_step
    world.now += MINUTE
    assert employer.begin(device="x" * 43).second_step


def test_a_browser_is_remembered_if_it_is_wished_for_180_days(world, employer):
    device = employer.finish(employer.begin(device=None), remember_device=True).device
    assert device not in str(world.rows("identity", devices))
    world.now += timedelta(days=180) - timedelta(seconds=1)
    assert employer.begin(device=device).session
    world.now += timedelta(seconds=1)
    assert employer.begin(device=device).second_step


def test_of_many_browsers_the_oldest_is_forgotten(world, employer):
    known = [employer.device]
    for _ in range(MOST_DEVICES):
        world.now += timedelta(hours=3)
        known.append(employer.finish(employer.begin(device=None), remember_device=True).device)
    assert len(world.rows("identity", devices)) == MOST_DEVICES
    assert all(employer.begin(device=device).session for device in known[1:])
    world.now += timedelta(hours=3)
    assert employer.begin(device=known[0]).second_step


def test_without_a_picture_the_second_step_is_always_asked(world, employer):
    assert employer.begin(**NO_PICTURE).second_step.factor is Factor.SMS


@pytest.mark.parametrize("missing", ["picture_id", "picture_code"])
def test_half_a_picture_is_a_wrong_picture(employer, missing):
    picture = employer.picture()
    assert refusal(employer.sign_in, **{**picture, missing: None})[1] == "picture_code_wrong"


def test_after_failures_a_known_browser_is_asked_as_well(world, employer):
    refusal(employer.sign_in, "wrong")
    assert employer.begin().session, "one may be a slip of the finger"
    for _ in range(2):
        refusal(employer.sign_in, "wrong")
    view = employer.begin()
    assert view.second_step
    employer.finish(view)
    assert employer.begin().session, "who has come in is trusted again"


def test_no_second_step_is_shown_to_who_does_not_know_the_password(world, employer):
    sent = len(world.published(SmsCodeIssued))
    employer.person()
    known = refusal(employer.begin, "wrong", device=None)
    assert (
        known == refusal(employer.begin, "wrong", "91410100MA9K5T3R8R") == (Refused, "sign_in_failed", "", {})
    )
    person = refusal(employer.begin_person, "wrong")
    assert person == refusal(employer.begin_person, "wrong", "410181199003074226") == known
    assert len(world.published(SmsCodeIssued)) == sent + 1, "the person's registration"
    assert not world.rows("identity", pending_sign_ins)


# ---- persons


def test_a_person_comes_in_by_id_number_password_and_sms(world, portal):
    portal.person()
    world.now += MINUTE
    view = portal.begin_person()
    assert view.second_step.phone_masked == "139****0001"
    session = portal.finish(view, remember_device=True)
    assert (session.actor.kind, session.actor.name) == (ActorKind.PERSON, "王喆")
    assert session.actor.require_person() == world.rows("identity", persons)[0].person_id
    again = portal.begin_person(device=session.device).session
    assert portal.renew(again.token).actor.id == session.actor.id


def test_the_trail_of_a_person_shows_the_id_number_masked(world, portal):
    portal.person()
    world.now += MINUTE
    refusal(portal.sign_in_person, "wrong")
    refusal(portal.finish, portal.begin_person(), "000000")
    world.now += MINUTE
    portal.sign_out(portal.sign_in_person().token)
    rows = world.rows("identity", audit_entries)
    assert {row.subject for row in rows} >= {"110***********002X"}
    with world.database("identity").read() as connection:
        stored = str(connection.execute(sa.text("select * from audit_entries")).all())
    assert not any(secret in stored for secret in (ID_NUMBER, OWN_PHONE, PASSWORD))
    came_and_went = [row for row in rows if row.act in ("signed_in", "signed_out", "sign_in_failed")]
    assert len(came_and_went) == 4 and len({row.subject_key for row in came_and_went}) == 1


def test_an_unknown_persons_failures_lock_like_a_known_ones(portal):
    portal.person()
    for _ in range(4):
        assert refusal(portal.begin_person, "wrong") == refusal(
            portal.begin_person, "wrong", "410181199003074226"
        )
    known = refusal(portal.begin_person, "wrong")
    assert known[1] == "locked"
    assert refusal(portal.begin_person, "wrong", "410181199003074226") == known


# ---- codes by SMS


def test_a_second_step_is_done_once(employer):
    view = employer.begin(device=None)
    assert employer.finish(view)
    assert refusal(employer.finish, view)[1] == "second_step_over"


def test_a_second_step_that_was_never_asked_for_is_over(employer):
    command = FinishSignIn(id=new_id(), sign_in_id=uuid4(), code="123456")
    assert refusal(employer.world.ask, command) == (Refused, "second_step_over", "begin to sign in again", {})


def test_a_wrong_code_says_how_many_tries_are_left(world, employer):
    view = employer.begin(device=None)
    right = last_code(world)
    for left in (4, 3, 2, 1):
        answer = refusal(employer.finish, view, wrong(right))
        assert (answer[1], answer[3]) == ("second_step_wrong", {"tries_left": left})
    assert employer.finish(view, right)


def test_the_fifth_wrong_code_locks_the_account(world, employer):
    view = employer.begin(device=None)
    right = last_code(world)
    for _ in range(4):
        refusal(employer.finish, view, wrong(right))
    assert refusal(employer.finish, view, wrong(right))[1] == "locked"
    assert refusal(employer.finish, view, right)[1] == "locked"
    assert refusal(employer.begin)[1] == "locked"
    world.now += 10 * MINUTE
    assert refusal(employer.finish, view, right)[1] == "second_step_over"


def test_who_has_the_password_cannot_try_codes_for_ever(world, employer):
    """The right password alone forgets no failures: wrong codes lock, however many sign-ins are begun."""
    answers = []
    for _ in range(5):
        world.now += MINUTE
        view = employer.begin(device=None)
        answers.append(refusal(employer.finish, view, wrong(last_code(world)))[1])
    assert answers == ["second_step_wrong"] * 4 + ["locked"]


def test_a_second_step_is_over_after_five_minutes(world, employer):
    view = employer.begin(device=None)
    world.now += 5 * MINUTE - timedelta(seconds=1)
    assert employer.finish(view)
    view = employer.begin(device=None)
    world.now += 5 * MINUTE
    assert refusal(employer.finish, view)[1] == "second_step_over"
    assert refusal(employer.resend, view)[1] == "second_step_over"


def test_a_code_belongs_to_its_sign_in(world, employer):
    first = employer.begin(device=None)
    code = last_code(world)
    world.now += MINUTE
    second = employer.begin(device=None)
    if last_code(world) != code:  # one in a million
        assert refusal(employer.finish, second, code)[1] == "second_step_wrong"
    assert employer.finish(second)
    assert employer.finish(first, code), "each is somebody's browser"


def test_another_code_may_be_asked_for_after_a_minute(world, employer):
    view = employer.begin(device=None)
    old = last_code(world)
    assert refusal(employer.resend, view)[1:4:2] == ("sms_too_soon", {"seconds_left": 60})
    refusal(employer.finish, view, wrong(old))
    world.now += 4 * MINUTE
    assert employer.resend(view).resend_after_seconds == 60
    world.now += 4 * MINUTE
    answer = refusal(employer.finish, view, wrong(last_code(world)))
    assert answer[3] == {"tries_left": 3}, "a new code has its time, the tries stay counted"
    assert employer.finish(view)


def test_a_sign_in_that_comes_too_soon_for_an_sms_says_when(world, employer):
    employer.begin(device=None)
    picture = employer.picture()
    answer = refusal(employer.begin, device=None, **picture)
    assert answer[1:4:2] == ("sms_too_soon", {"seconds_left": 60})
    assert refusal(employer.begin, device=None, **picture)[1] == "picture_code_wrong", "it was used up"


def test_who_is_disabled_or_has_another_phone_meanwhile_does_not_come_in(world, employer):
    view = employer.begin(device=None)
    employer.change(employers, handler_phone="13900000009")
    assert refusal(employer.finish, view)[1] == "second_step_wrong"
    employer.change(employers, handler_phone=PHONE, disabled_at=world.now)
    assert refusal(employer.finish, view)[1] in ("second_step_wrong", "session_over")
    assert refusal(employer.resend, view)[1] == "second_step_over"


def test_an_account_without_a_phone_cannot_be_asked(employer):
    employer.change(employers, handler_phone=None)
    assert refusal(employer.begin, device=None)[1] == "phone_missing"
    assert employer.begin().session


def test_the_same_second_step_sent_again_is_answered_alike(world, employer):
    view = employer.begin(device=None)
    facts = {"sign_in_id": view.second_step.sign_in_id, "code": last_code(world)}
    command = FinishSignIn(id=new_id(), remember_device=True, **facts)
    assert world.ask(command) == world.ask(command)
    assert len(world.rows("identity", devices)) == 2


# ---- at the same moment


def test_a_second_step_done_twice_at_the_same_moment_is_done_once(world, employer):
    view = employer.begin(device=None)
    assert together(6, lambda _: employer.finish(view)) == [""] + ["second_step_over"] * 5


def test_wrong_codes_at_the_same_moment_are_counted_one_by_one(world, employer):
    view = employer.begin(device=None)
    code = wrong(last_code(world))
    answers = together(8, lambda _: employer.finish(view, code))
    assert answers == ["locked"] * 4 + ["second_step_wrong"] * 4
    assert [row.tries for row in world.rows("identity", pending_sign_ins)] == [5]


def test_a_code_of_an_authenticator_is_good_once_at_the_same_moment(world, portal):
    views = [portal.begin_clerk("admin") for _ in range(4)]
    code = views[0].second_step.answer
    answers = together(4, lambda number: portal.finish(views[number], code))
    assert answers == [""] + ["second_step_wrong"] * 3


def test_browsers_remembered_at_the_same_moment_are_not_too_many(world, employer):
    views = []
    for _ in range(4):
        views.append((employer.begin(device=None), last_code(world)))
        world.now += MINUTE
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda it: employer.finish(*it, remember_device=True), views))
    assert len({view.device for view in done}) == 4
    assert len(world.rows("identity", devices)) == 5


# ---- authenticators


def test_a_clerk_is_asked_for_the_code_of_the_authenticator(world, portal):
    step = portal.begin_clerk("admin").second_step
    assert (step.factor, step.phone_masked, step.secret, step.uri) == (Factor.TOTP, None, None, None)
    [row] = [row for row in world.rows("identity", clerks) if row.account == "admin"]
    assert step.answer == pyotp.TOTP(row.totp_secret).at(world.now)


def test_the_secret_is_sealed_and_the_code_is_told_in_development_only(world, portal, monkeypatch):
    with world.database("identity").read() as connection:
        stored = set(connection.scalars(sa.text("select totp_secret from clerks")))
    assert not stored & {row.totp_secret for row in world.rows("identity", clerks)}
    picture = portal.picture()
    production = world.settings("identity").model_copy(update={"environment": "production"})
    monkeypatch.setattr(world, "settings", lambda _: production)
    assert portal.begin_clerk("admin", **picture).second_step.answer is None


@pytest.mark.parametrize(("steps", "answer"), [(-2, "no"), (-1, ""), (0, ""), (1, ""), (2, "no")])
def test_the_clock_of_an_authenticator_may_be_off_by_one_step(world, portal, steps, answer):
    view = portal.begin_clerk("admin")
    [row] = [row for row in world.rows("identity", clerks) if row.account == "admin"]
    code = pyotp.TOTP(row.totp_secret).at(world.now + steps * HALF)
    if answer:
        assert refusal(portal.finish, view, code)[1] == "second_step_wrong"
    else:
        assert portal.finish(view, code)


def test_a_code_and_those_before_it_are_good_once(world, portal):
    first, second, third = (portal.begin_clerk("admin") for _ in range(3))
    code = first.second_step.answer
    assert portal.finish(first, code)
    assert refusal(portal.finish, second, code)[1] == "second_step_wrong"
    later = portal.begin_clerk("admin").second_step.answer
    assert later != code, "development tells the next one"
    assert portal.finish(second, later)
    assert portal.begin_clerk("admin").second_step.answer is None, "and none when both are used"
    world.now += HALF * 2
    assert portal.finish(third, portal.begin_clerk("admin").second_step.answer)


def test_a_clerks_browser_is_not_remembered(world, portal):
    assert portal.finish(portal.begin_clerk("admin"), remember_device=True).device is None
    assert not world.rows("identity", devices)


def test_wrong_codes_lock_a_clerk(world, portal):
    view = portal.begin_clerk("admin")
    for _ in range(4):
        assert refusal(portal.finish, view, wrong(view.second_step.answer))[1] == "second_step_wrong"
    assert refusal(portal.finish, view, wrong(view.second_step.answer))[1] == "locked"
    assert refusal(portal.begin_clerk, "admin")[1] == "locked"


def test_no_sms_is_sent_for_a_clerk(portal):
    assert refusal(portal.resend, portal.begin_clerk("admin"))[1] == "second_step_over"


# ---- the first sign-in of a clerk


@pytest.fixture
def newcomer(world, portal):
    """A clerk who was just made: (account, first password)."""
    facts = {"full_name": "刘洋", "posts": frozenset({Post.NOTICE}), "region": "410181"}
    view = world.ask(AddClerk(id=new_id(), account="Liu.Yang", **facts), by=ADMINISTRATOR)
    return view.clerk.account, view.initial_password


def test_a_new_clerk_sets_an_own_password_and_an_authenticator(world, portal, newcomer):
    account, first = newcomer
    view = portal.begin_clerk(account, first)
    step = view.second_step
    assert step.factor is Factor.ENROLMENT
    assert parse_qs(urlsplit(step.uri).query)["secret"] == [step.secret]
    assert step.answer == pyotp.TOTP(step.secret).at(world.now)
    session = portal.enrol(view)
    assert (session.actor.id, session.actor.posts) == ("clerk:liu.yang", {"notice"})
    assert refusal(portal.begin_clerk, account, first)[1] == "sign_in_failed"
    world.now += HALF
    assert portal.begin_clerk(account, PASSWORD).second_step.factor is Factor.TOTP
    assert portal.sign_in_clerk(account, PASSWORD)
    assert "clerk_enrolled" in [row.act for row in world.rows("identity", audit_entries)]


def test_the_code_that_enrolled_is_used_up(portal, newcomer):
    account, first = newcomer
    view = portal.begin_clerk(account, first)
    portal.enrol(view)
    again = portal.begin_clerk(account, PASSWORD)
    assert refusal(portal.finish, again, view.second_step.answer)[1] == "second_step_wrong"


def test_an_enrolment_is_neither_finished_without_a_password_nor_a_second_step_enrolled(portal, newcomer):
    view = portal.begin_clerk(*newcomer)
    assert refusal(portal.finish, view)[1] == "second_step_over"
    assert refusal(portal.enrol, portal.begin_clerk("admin"))[1] == "second_step_over"
    assert portal.enrol(view)


def test_a_wrong_code_at_the_enrolment_is_counted(world, portal, newcomer):
    view = portal.begin_clerk(*newcomer)
    answer = refusal(portal.enrol, view, code=wrong(view.second_step.answer))
    assert answer[1:4:2] == ("second_step_wrong", {"tries_left": 4})
    assert [row.failures for row in world.rows("identity", locks)] == [1]
    assert portal.enrol(view)
    assert not world.rows("identity", locks)


def test_the_own_password_is_good_and_not_the_first_one(portal, newcomer):
    view = portal.begin_clerk(*newcomer)
    for password, rule in (("password123", "common"), ("liu.yang", "account"), (newcomer[1], "same")):
        answer = refusal(portal.enrol, view, password=password)
        assert (answer[1], answer[3]["rule"]) == ("password_weak", rule)
    assert portal.enrol(view)


def test_who_enrols_first_enrols_alone(portal, newcomer):
    views = [portal.begin_clerk(*newcomer) for _ in range(3)]
    assert together(3, lambda number: portal.enrol(views[number])) == [""] + ["second_step_over"] * 2


def test_a_clerk_who_is_disabled_meanwhile_does_not_enrol(world, portal, newcomer):
    view = portal.begin_clerk(*newcomer)
    portal.change(clerks, disabled_at=world.now)
    assert refusal(portal.enrol, view)[1] == "second_step_over"


def test_the_secret_of_an_enrolment_is_sealed_wherever_it_lies(world, portal, newcomer):
    view = portal.begin_clerk(*newcomer)
    with world.database("identity").read() as connection:
        stored = str(connection.execute(sa.text("select * from pending_sign_ins")).all())
    assert view.second_step.secret not in stored + str(world.rows("identity", inbox))
    assert view.second_step.secret not in repr(view) and view.second_step.answer not in repr(view)
    command = EnrolClerk(id=new_id(), sign_in_id=uuid4(), password=PASSWORD, code="123456")
    assert PASSWORD not in repr(command) and "123456" not in repr(command)


def test_a_session_belongs_to_who_came_in(world, portal):
    view = portal.sign_in_clerk("li.approver")
    assert view.actor.session
    assert refusal(portal.renew, view.token + "x")[:2] == (Forbidden, "session_invalid")
