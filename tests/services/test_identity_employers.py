"""An employer's account: opened by certificate, who sees it, another password, its trail."""

import pytest

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.errors import Missing, Refused
from services.contracts.identity.accounts import (
    ChangeEmployerPassword,
    ResetEmployerPassword,
)
from services.contracts.identity.verification import SmsCodeIssued
from services.identity.accounts import steps, views
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.credit_codes.store import maintained_units
from services.identity.passwords.adapters import hashing
from tests.people import APPROVER, AUDITOR, CODE, RECEPTION
from tests.services.attempts import refusal, together
from tests.services.employers import (
    CERTIFICATE_FREE,
    FAR_CLERK,
    MINUTE,
    NEW_PASSWORD,
    NEW_PHONE,
    OTHER_CODE,
    WITH_CERTIFICATE,
    acts,
    come,
    get,
    last_line,
    notices,
    wrong,
)
from tests.services.portal import HANDLER, PASSWORD, PHONE, UNIT_NAME, UNIT_NO, Portal


@pytest.fixture
def portal(world):
    return Portal(world)


@pytest.fixture
def employer(world, portal):
    """The manual's employer with its administrator, a minute ago."""
    portal.open()
    world.now += MINUTE
    return portal


def reset(portal, **other):
    facts = {"credit_code": CODE, "phone": PHONE, "password": NEW_PASSWORD}
    facts |= {} if "sms_code" in other else {"sms_code": portal.last_code(PHONE)}
    return portal.step(steps.reset_password, ResetEmployerPassword(id=new_id(), **{**facts, **other}))


def change(portal, old_password=PASSWORD, password=NEW_PASSWORD):
    command = ChangeEmployerPassword(id=new_id(), old_password=old_password, password=password)
    return portal.step(steps.change_password, CODE, command)


def is_password(world, portal, password) -> bool:
    hashed = portal.step(views.find_password_hash, CODE)
    return hashing.is_password(world.settings("identity"), password, hashed)


# ---- with a certificate


def test_the_first_certificate_login_opens_the_account_and_keeps_the_agreement(world, portal):
    opened = come(portal)
    assert (opened.credit_code, opened.unit_name, opened.unit_no) == (CODE, UNIT_NAME, None)
    assert (opened.agreement, opened.opened_at) == ("2023-01", world.now)
    assert (opened.handler_name, opened.handler_phone, opened.password_hash) == (None, None, None)
    actor = opened.actor(certificate=True)
    assert (actor.id, actor.certificate, actor.name) == (f"employer:{CODE}", True, UNIT_NAME)
    assert portal.step(views.find_phone, CODE) is portal.step(views.find_password_hash, CODE) is None
    line = last_line(world)
    assert (line.act, line.actor) == ("employer_registered", f"employer:{CODE}")
    assert line.facts == {"way": "certificate", "agreement": "2023-01"}


def test_without_agreement_nothing_is_opened_and_later_none_is_asked_for(world, portal):
    assert refusal(come, portal, agreement=None)[:2] == (Refused, "agreement_missing")
    assert not world.rows("identity", employers)
    come(portal)
    world.now += MINUTE
    again = come(portal, agreement=None)
    assert (again.agreement, again.opened_at) == ("2023-01", world.now - MINUTE)
    assert come(portal, agreement="2024-01").agreement == "2023-01"
    assert acts(world) == ["employer_registered"]


def test_a_maintained_unit_is_taken_over_and_not_maintained_any_more(world, portal):
    portal.maintain()
    opened = come(portal)
    assert (opened.unit_no, opened.handler_name) == (UNIT_NO, None)
    [unit] = world.rows("identity", maintained_units)
    assert unit.registered_at == world.now
    assert refusal(portal.maintain)[1] == "unit_registered"
    assert refusal(portal.register)[1] == "already_registered"
    assert len(world.rows("identity", employers)) == 1


def test_a_unit_that_the_hall_ties_later_is_shown_at_once_and_taken_over_at_the_next_login(world, portal):
    come(portal)
    assert get(world, WITH_CERTIFICATE).unit_no is None
    portal.maintain()
    assert get(world, WITH_CERTIFICATE).unit_no == UNIT_NO
    assert refusal(portal.register)[1] == "already_registered"
    assert come(portal, agreement=None).unit_no == UNIT_NO
    assert refusal(portal.maintain)[1] == "unit_registered"


def test_an_account_that_was_registered_is_the_same_with_a_certificate(world, employer):
    found = come(employer, agreement=None)
    assert (found.handler_name, found.unit_no) == (HANDLER, UNIT_NO)
    assert found.actor(certificate=True).name == HANDLER
    assert len(world.rows("identity", employers)) == 1


def test_first_certificate_logins_at_the_same_moment_open_one_account(world, portal):
    portal.maintain()
    assert together(6, lambda _: come(portal)) == [""] * 6
    assert len(world.rows("identity", employers)) == 1
    assert acts(world).count("employer_registered") == 1


def test_certificate_and_registration_at_the_same_moment_open_one_account(world, portal):
    portal.maintain()
    answers = together(4, lambda n: portal.register() if n % 2 else come(portal))
    assert set(answers) <= {"", "already_registered"}
    assert len(world.rows("identity", employers)) == 1


# ---- who sees an account


def test_an_employer_sees_its_own_account(world, employer):
    view = get(world, CERTIFICATE_FREE)
    assert (view.credit_code, view.unit_no, view.unit_name) == (CODE, UNIT_NO, UNIT_NAME)
    assert (view.handler_name, view.handler_phone_masked) == (HANDLER, "199****0001")
    assert view.has_password and get(world, CERTIFICATE_FREE, CODE) == view


def test_the_counter_sees_those_of_its_region_and_those_that_nobody_has_tied(world, employer):
    come(employer, credit_code=OTHER_CODE, unit_name="郑州另一家")
    assert get(world, RECEPTION, CODE).unit_no == UNIT_NO
    assert refusal(get, world, FAR_CLERK, CODE)[1] == "not_your_region"
    assert get(world, FAR_CLERK, OTHER_CODE).unit_no is None


def test_nobody_else_sees_an_account(world, employer):
    for other in (APPROVER, AUDITOR):
        assert refusal(get, world, other, CODE)[1] == "post_required"
    assert refusal(get, world, CERTIFICATE_FREE, OTHER_CODE)[1] == "post_required"
    assert refusal(get, world, RECEPTION)[1] == "employer_required"
    assert refusal(get, world, None)[1] == "session_required"
    assert refusal(get, world, RECEPTION, OTHER_CODE)[:2] == (Missing, "employer_missing")


def test_nobody_comes_into_an_account_that_is_disabled(world, employer):
    assert employer.step(views.find_phone, CODE) == PHONE
    employer.change(employers, disabled_at=world.now)
    for find in (views.find_password_hash, views.find_actor, views.find_phone):
        assert employer.step(find, CODE) is None


# ---- passwords


def test_a_new_password_with_a_code_on_the_handlers_phone(world, employer):
    employer.request_sms_code(purpose="reset_employer_password")
    assert reset(employer) is None
    assert is_password(world, employer, NEW_PASSWORD) and not is_password(world, employer, PASSWORD)
    assert notices(world) == [(PHONE, "password_reset", {"portal": "单位网厅"})]
    assert (last_line(world).act, last_line(world).actor) == ("password_reset", f"employer:{CODE}")
    [row] = world.rows("identity", employers)
    assert row.password_changed_at == world.now > row.administrator_since


def test_a_reset_that_fails_never_tells_why(world, employer):
    employer.request_sms_code(purpose="reset_employer_password")
    code = employer.last_code(PHONE)
    answers = [
        reset(employer, sms_code=wrong(code)),
        reset(employer, credit_code=OTHER_CODE),
        reset(employer, phone=NEW_PHONE, sms_code=code),
    ]
    seen = [(type(answer), answer.code, answer.message, answer.facts) for answer in answers]
    assert seen == [(Refused, "sms_code_wrong", "ask for a new code", {})] * 3
    assert acts(world)[-3:] == ["password_reset_failed"] * 3
    assert is_password(world, employer, PASSWORD) and not notices(world)
    assert reset(employer) is None


def test_a_code_for_a_new_password_goes_to_the_handler_only_and_the_answer_never_tells(world, employer):
    sent = len(world.published(SmsCodeIssued))
    for phone, code in ((NEW_PHONE, CODE), ("13900000003", OTHER_CODE), (PHONE, CODE)):
        ask = {"purpose": "reset_employer_password", "phone": phone, "credit_code": code}
        assert employer.request_sms_code(**ask).resend_after_seconds == 60
        assert refusal(employer.request_sms_code, **ask)[1] == "sms_too_soon"
    assert [unseal(code.phone) for code in world.published(SmsCodeIssued)[sent:]] == [PHONE]
    assert [row.facts["sent"] for row in world.rows("identity", audit_entries)[-3:]] == ["no", "no", "yes"]


def test_without_an_administrator_there_is_no_password_to_reset(world, portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code(purpose="reset_employer_password")
    assert not world.published(SmsCodeIssued)


def test_who_is_signed_in_changes_the_password_with_the_old_one(world, employer):
    assert change(employer, old_password="Nobody-Knows-1").code == "password_wrong"
    assert acts(world)[-1] == "password_change_failed"
    assert change(employer) is None
    assert is_password(world, employer, NEW_PASSWORD) and acts(world)[-1] == "password_changed"
    with pytest.raises(Refused, match="password_weak"):
        change(employer, old_password=NEW_PASSWORD, password="password123")


def test_a_session_left_open_is_no_leave_to_try_passwords(world, employer):
    answers = [change(employer, old_password="Nobody-Knows-1").code for _ in range(5)]
    assert answers == ["password_wrong"] * 4 + ["locked"]
    assert change(employer).code == "locked" and acts(world)[-2:] == ["locked"] * 2
    world.now += 10 * MINUTE
    assert change(employer) is None


def test_an_employer_without_a_password_cannot_change_it(portal):
    come(portal)
    assert change(portal).code == "password_wrong"


# ---- the trail


def test_registration_and_its_failures_are_on_the_trail(world, portal):
    portal.maintain()
    for _ in range(5):
        refusal(portal.register, phone=NEW_PHONE)
    refusal(portal.register)
    world.now += 10 * MINUTE
    portal.register()
    lines = [(row.act, row.subject, row.facts) for row in world.rows("identity", audit_entries)][1:]
    failed = ("employer_registration_failed", CODE, {"reason": "registration_mismatch"})
    assert lines[:4] == [failed] * 4
    assert lines[4:] == [
        ("locked", CODE, {"reason": "registration"}),
        ("locked", CODE, {"reason": "registration"}),
        ("employer_registered", CODE, {"way": "registration", "agreement": "2023-01"}),
    ]


def test_the_counter_enters_and_the_trail_says_who(world, portal):
    portal.maintain()
    line = last_line(world)
    assert (line.act, line.actor, line.subject) == ("maintenance_entered", "reception", CODE)
    assert line.facts.keys() == {"maintenance_id", "unit_no", "phone"}
    assert line.facts["phone"] == "199****0001"


def test_the_administrator_acts_under_the_handlers_name_on_the_trail(world, employer):
    [line] = [row for row in world.rows("identity", audit_entries) if row.act == "administrator_registered"]
    assert (line.actor, line.actor_name) == (f"employer:{CODE}", HANDLER)
