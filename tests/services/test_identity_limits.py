"""What an address may do, what a reset or a change of a password ends, through the doors."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Refused
from services.contracts.identity.accounts import ChangeEmployerPassword, ResetEmployerPassword
from services.contracts.identity.persons import ChangePersonPassword, ResetPersonPassword
from services.contracts.identity.sessions import FinishSignIn, ListSessions
from services.contracts.identity.verification import SmsCodeIssued
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.locks.steps import one_place
from services.identity.sessions.store.devices import devices
from services.identity.sessions.store.pending import pending_sign_ins
from services.identity.sessions.store.sessions import sessions
from tests.people import CODE, RECEPTION
from tests.services.attempts import refusal, together
from tests.services.portal import ID_NUMBER, OWN_PHONE, PASSWORD, PHONE, Portal

MINUTE = timedelta(minutes=1)
NEW_PASSWORD = "Yellow-River-2023"
ADDRESS = "203.0.113.7"


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


@pytest.fixture
def strict(world, monkeypatch):
    """A house whose addresses may fail six times an hour, and ask for three codes a day."""
    limits = {"failures_per_address": 6, "sms_per_address_a_day": 3}
    settings = world.settings("identity").model_copy(update=limits)
    monkeypatch.setattr(world, "settings", lambda _: settings)
    world.address = ADDRESS
    return settings


def unknown(number):
    """Return a clerk's account that is not there."""
    return f"nobody{number}"


# ---- failures of an address


def test_an_address_is_locked_after_many_failures_of_different_accounts(world, employer, strict):
    for number in range(5):
        assert refusal(employer.begin_clerk, unknown(number))[1] == "sign_in_failed"
    answer = refusal(employer.begin_clerk, unknown(5))
    until = (world.now + 10 * MINUTE).isoformat()
    assert (answer[1], answer[3]) == ("address_locked", {"until": until})
    assert refusal(employer.begin) == refusal(employer.begin_clerk, "admin") == answer
    world.address = "203.0.113.8"
    assert employer.begin().session, "another address is not concerned"
    world.address = ADDRESS
    world.now += 10 * MINUTE
    assert employer.begin().session


def test_the_failures_of_an_address_count_for_an_hour_and_are_not_forgotten_by_coming_in(
    world, employer, strict
):
    for number in range(5):
        refusal(employer.begin_clerk, unknown(number))
    assert employer.begin().session
    world.now += 60 * MINUTE
    assert refusal(employer.begin_clerk, unknown(6))[1] == "sign_in_failed"
    for number in range(4):
        refusal(employer.begin_clerk, unknown(number))
    assert refusal(employer.begin_clerk, unknown(7))[1] == "address_locked"


def test_wrong_second_steps_and_resets_are_failures_of_the_address_too(world, employer, strict):
    view = employer.begin_clerk("admin")
    code = f"{(int(view.second_step.answer) + 1) % 10**6:06}"
    for _ in range(3):
        assert refusal(employer.finish, view, code)[1] == "second_step_wrong"
    for _ in range(2):
        refusal(reset_employer, employer, sms_code="000000")
    assert refusal(reset_employer, employer, sms_code="000000")[1] == "address_locked"
    for action in (reset_employer, reset_person):
        assert refusal(action, employer, sms_code="000000")[1] == "address_locked"
    assert refusal(employer.register_administrator, sms_code="000000")[1] == "address_locked"
    assert refusal(employer.finish, view)[1] == "address_locked"


def test_failures_of_an_address_at_the_same_moment_are_counted_one_by_one(world, portal, strict):
    pictures = [portal.picture() for _ in range(9)]
    answers = together(9, lambda number: portal.begin_clerk(unknown(number), **pictures[number]))
    assert answers == ["address_locked"] * 4 + ["sign_in_failed"] * 5


def test_a_lock_of_the_account_is_told_before_that_of_the_address(world, portal, strict):
    answers = [refusal(portal.begin_clerk, "admin", "wrong")[1] for _ in range(7)]
    assert answers == ["sign_in_failed"] * 4 + ["locked"] * 3, "what is locked is not counted again"


def test_without_an_address_there_is_no_limit_of_it(world, portal, strict):
    world.address = ""
    answers = {refusal(portal.begin_clerk, unknown(number))[1] for number in range(8)}
    assert answers == {"sign_in_failed"}


def test_an_ipv6_household_is_one_address():
    assert one_place("2001:db8:1:2:aaaa::1") == one_place("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert one_place("2001:db8:1:3::1") != one_place("2001:db8:1:2::1")
    assert one_place("::ffff:203.0.113.7") == one_place(ADDRESS) == ADDRESS
    assert one_place("a proxy's nonsense") == "a proxy's nonsense"


# ---- codes by SMS


def test_an_address_gets_so_many_codes_a_shanghai_day(world, portal, strict):
    for number in range(3):
        portal.request_sms_code(phone=f"1390000000{number}")
    answer = refusal(portal.request_sms_code, phone="13900000008")
    assert (answer[1], answer[3]) == ("sms_address_limit", {"limit": 3})
    world.address = "203.0.113.8"
    portal.request_sms_code(phone="13900000008")
    world.address = ADDRESS
    world.now = world.now.replace(hour=16)  # midnight in Shanghai
    assert portal.request_sms_code(phone="13900000009")


def test_codes_that_are_not_sent_count_as_well(world, portal, strict):
    for number in range(3):
        portal.request_sms_code(phone=f"1390000000{number}")
    assert not world.published(SmsCodeIssued)
    assert refusal(portal.request_sms_code)[1] == "sms_address_limit"


def test_codes_asked_for_at_the_same_moment_do_not_pass_the_limit_together(world, portal, strict):
    answers = together(6, lambda number: portal.request_sms_code(phone=f"1390000000{number}"))
    assert answers == ["", "", ""] + ["sms_address_limit"] * 3


def test_a_phone_waits_a_minute_for_the_same_thing_only(world, portal):
    portal.open()
    assert portal.begin(device=None).second_step, "the code of the registration is no reason to wait"
    assert refusal(portal.request_sms_code)[1] == "sms_too_soon"
    assert refusal(portal.begin, device=None)[1] == "sms_too_soon"


def test_a_phone_gets_ten_codes_a_day_whatever_for(world, portal):
    purposes = ("register_administrator", "reset_employer_password")
    for number in range(10):
        world.now += MINUTE / 2
        portal.request_sms_code(purpose=purposes[number % 2])
    world.now += MINUTE
    for purpose in purposes:
        answer = refusal(portal.request_sms_code, purpose=purpose)
        assert (answer[1], answer[3]) == ("sms_daily_limit", {"limit": 10})


def test_a_second_step_that_the_address_cannot_get_is_refused(world, employer, strict):
    for number in range(3):
        employer.request_sms_code(phone=f"1390000000{number}")
    assert refusal(employer.begin, device=None)[1] == "sms_address_limit"
    assert not world.rows("identity", pending_sign_ins)


# ---- passwords


def reset_employer(portal, **other):
    facts = {"credit_code": CODE, "phone": PHONE, "password": NEW_PASSWORD}
    facts |= {} if "sms_code" in other else {"sms_code": portal.last_code(PHONE)}
    return portal.world.ask(ResetEmployerPassword(id=new_id(), **{**facts, **other}))


def reset_person(portal, **other):
    facts = {"id_number": ID_NUMBER, "phone": OWN_PHONE, "password": NEW_PASSWORD}
    facts |= {} if "sms_code" in other else {"sms_code": portal.last_code(OWN_PHONE)}
    return portal.world.ask(ResetPersonPassword(id=new_id(), **{**facts, **other}))


def ends(world):
    return [row.facts for row in world.rows("identity", audit_entries) if row.act == "session_ended"]


def test_a_reset_ends_every_sign_in_but_those_by_certificate(world, employer):
    first, pending = employer.begin().session, employer.begin(device=None)
    certified = employer.begin().session
    row = sessions.c.id == certified.actor.session
    with world.database("identity").write() as connection:
        connection.execute(sessions.update().where(row).values(authority_id=new_id(), serial="0a"))
    world.now += MINUTE
    employer.request_sms_code(purpose="reset_employer_password")
    assert reset_employer(employer).done
    assert refusal(employer.renew, first.token)[1] == "session_over"
    assert refusal(employer.finish, pending)[1] == "second_step_over"
    living = [row.id for row in world.rows("identity", sessions) if row.ended_at is None]
    assert living == [certified.actor.session]
    assert ends(world) == [{"kind": "employer", "reason": "password_reset", "sign_ins": "2"}]
    assert not world.rows("identity", devices), "who knew the password may have had a known browser"
    world.now += MINUTE
    assert employer.begin(NEW_PASSWORD).second_step
    assert refusal(employer.begin)[1] == "sign_in_failed"


def test_a_reset_opens_a_lock(world, employer):
    for _ in range(5):
        refusal(employer.begin, "wrong")
    employer.request_sms_code(purpose="reset_employer_password")
    assert reset_employer(employer).done
    world.now += MINUTE
    assert employer.sign_in(NEW_PASSWORD)


def test_a_reset_by_a_wrong_code_ends_nothing(world, employer):
    view = employer.begin().session
    assert refusal(reset_employer, employer, sms_code="000000")[:2] == (Refused, "sms_code_wrong")
    assert employer.renew(view.token) and world.rows("identity", devices)


def test_a_person_resets_its_password_and_is_out_everywhere(world, portal):
    portal.person()
    world.now += MINUTE
    view = portal.sign_in_person()
    world.now += MINUTE
    portal.request_person_code(purpose="reset_person_password")
    assert reset_person(portal).done
    assert refusal(portal.renew, view.token)[1] == "session_over"
    world.now += MINUTE
    assert portal.sign_in_person(NEW_PASSWORD)


def test_a_reset_for_nobody_answers_like_a_wrong_code(world, portal):
    portal.person()
    nobody = refusal(reset_person, portal, id_number="410181199003074226", sms_code="000000")
    assert nobody == refusal(reset_person, portal, sms_code="000000")


def test_a_change_ends_all_other_sign_ins(world, employer):
    other, this = employer.begin().session, employer.begin().session
    facts = {"old_password": PASSWORD, "password": NEW_PASSWORD}
    assert world.ask(ChangeEmployerPassword(id=new_id(), **facts), token=this.token).done
    assert refusal(employer.renew, other.token)[1] == "session_over"
    assert employer.renew(this.token)
    assert employer.begin(NEW_PASSWORD).session, "the browser is still known"
    assert ends(world)[-1]["reason"] == "password_changed"


def test_a_wrong_old_password_ends_nothing(world, employer):
    other, this = employer.begin().session, employer.begin().session
    command = ChangeEmployerPassword(id=new_id(), old_password="wrong", password=NEW_PASSWORD)
    assert refusal(world.ask, command, token=this.token)[1] == "password_wrong"
    assert employer.renew(other.token)


def test_a_person_changes_its_password(world, portal):
    portal.person()
    world.now += MINUTE
    session = portal.sign_in_person()
    command = ChangePersonPassword(id=new_id(), old_password=PASSWORD, password=NEW_PASSWORD)
    assert refusal(world.ask, command, by=RECEPTION)[1] == "person_required"
    assert world.ask(command, token=session.token).done
    assert portal.renew(session.token)
    assert [view.is_this for view in world.ask(ListSessions(), token=session.token).sessions] == [True]


def test_who_came_in_before_a_new_handler_is_out(world, employer):
    """The former handler's password is taken away with the account's administrator."""
    view = employer.begin().session
    employer.change(employers, password_hash=None, administrator_since=None)
    assert refusal(employer.renew, view.token)[1] == "session_over"
    employer.request_sms_code()
    assert employer.register_administrator().device
    assert refusal(employer.renew, view.token)[1] == "session_over"
    assert len(world.rows("identity", devices)) == 1


def test_secrets_of_the_second_step_do_not_show():
    command = FinishSignIn(id=new_id(), sign_in_id=new_id(), code="123456")
    assert "123456" not in repr(command)
