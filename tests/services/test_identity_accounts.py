"""From the hall's entry to the employer's administrator, through the doors."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.contracts.errors import Refused
from services.contracts.identity.verification import SmsCodeIssued
from services.contracts.values import ActorKind, Post
from services.identity.accounts.store import employers
from services.identity.credit_codes.store import maintained_units, maintenances
from services.identity.verification.domain import GOOD_FOR
from services.identity.verification.handlers import sweep_codes
from services.identity.verification.store import code_quotas, sms_codes
from tests.people import APPROVER, CODE, EMPLOYER, clerk
from tests.services.attempts import refusal, together
from tests.services.portal import HANDLER, PASSWORD, PHONE, UNIT_NAME, UNIT_NO, Portal

OTHER_CODE, OTHER_UNIT = "91410100MA9K5T3R8R", "410181000328"
THIRD_CODE = "91410181674123453A"


@pytest.fixture
def portal(world):
    return Portal(world)


# ---- credit-code maintenance


def test_the_hall_ties_a_code_and_a_phone_to_a_unit(world, portal):
    view = portal.maintain()
    assert (view.credit_code, view.unit_no, view.handler_phone_masked) == (CODE, UNIT_NO, "199****0001")
    [row] = world.rows("identity", maintenances)
    assert (row.state, row.decided_by) == ("accepted", "reception")
    assert (row.handler_name, row.handler_phone) == (HANDLER, PHONE)


def test_the_handlers_phone_is_sealed_in_the_database(world, portal):
    portal.maintain()
    with world.database("identity").read() as connection:
        stored = connection.scalar(sa.text("select handler_phone from maintenances"))
    assert PHONE not in stored


def test_only_the_reception_post_of_the_region_may_maintain(portal):
    assert refusal(portal.maintain, by=APPROVER)[1] == "post_required"
    assert refusal(portal.maintain, by=EMPLOYER)[1] == "post_required"
    assert refusal(portal.maintain, by=None)[1] == "session_required"
    elsewhere = clerk(Post.RECEPTION, region="410200")
    assert refusal(portal.maintain, by=elsewhere)[1] == "not_your_region"
    assert portal.maintain(by=clerk(Post.RECEPTION, region="410181"))


def test_a_third_maintenance_waits_for_the_next_shanghai_day_and_a_fourth_for_ever(world, portal):
    portal.maintain()
    portal.maintain()
    assert refusal(portal.maintain)[1] == "maintenance_limit_day"
    world.now = world.now.replace(hour=16)  # midnight in Shanghai
    portal.maintain(handler_phone="13900000002")
    world.now += timedelta(days=30)
    assert refusal(portal.maintain)[1] == "maintenance_limit_total"
    assert len(world.rows("identity", maintenances)) == 3


def test_a_code_tied_to_another_unit_is_refused_and_leaves_no_trace(world, portal):
    portal.maintain()
    assert refusal(portal.maintain, unit_no=OTHER_UNIT)[1] == "credit_code_tied"
    portal.maintain(unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    assert refusal(portal.maintain, unit_no=OTHER_UNIT)[1] == "credit_code_tied"
    ties = {row.unit_no: row.credit_code for row in world.rows("identity", maintained_units)}
    assert ties == {UNIT_NO: CODE, OTHER_UNIT: OTHER_CODE}


def test_a_corrected_code_sets_the_wrong_one_free(portal):
    portal.maintain(credit_code=OTHER_CODE)
    portal.maintain()
    assert portal.maintain(unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    assert portal.register().credit_code == CODE


def test_a_registered_unit_is_not_maintained_any_more(portal):
    portal.maintain()
    portal.register()
    assert refusal(portal.maintain)[1] == "unit_registered"
    assert refusal(portal.maintain, credit_code=THIRD_CODE)[1] == "unit_registered"


def test_maintenances_at_the_same_moment_do_not_pass_the_limit_together(world, portal):
    world.database("identity")
    answers = together(8, lambda _: portal.maintain())
    assert answers == ["", ""] + ["maintenance_limit_day"] * 6
    assert len(world.rows("identity", maintenances)) == 2


def test_two_units_do_not_get_the_same_code_at_the_same_moment(world, portal):
    world.database("identity")
    answers = together(6, lambda number: portal.maintain(unit_no=f"41018100040{number}"))
    assert answers == [""] + ["credit_code_tied"] * 5


def test_units_that_change_to_the_same_code_at_the_same_moment_do_not_both_get_it(world, portal):
    portal.maintain()
    portal.maintain(unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    units = [UNIT_NO, OTHER_UNIT]
    answers = together(2, lambda number: portal.maintain(unit_no=units[number], credit_code=THIRD_CODE))
    assert answers == ["", "credit_code_tied"]


# ---- registration


def test_registration_opens_the_account_and_keeps_what_was_agreed_to_and_when(world, portal):
    portal.maintain()
    view = portal.register()
    assert (view.credit_code, view.unit_name, view.opened_at) == (CODE, UNIT_NAME, world.now)
    [row] = world.rows("identity", employers)
    assert (row.agreement, row.opened_at, row.unit_no) == ("2023-01", world.now, UNIT_NO)
    assert (row.handler_name, row.handler_phone) == (HANDLER, PHONE)
    assert refusal(portal.register)[1] == "already_registered"


def test_only_the_latest_maintenance_counts(portal):
    portal.maintain()
    portal.maintain(handler_phone="13900000002")
    assert refusal(portal.register)[1] == "registration_mismatch"
    assert portal.register(phone="13900000002")


def test_one_refusal_for_a_wrong_name_a_wrong_phone_an_unknown_code_and_a_guess_at_an_open_account(portal):
    portal.maintain()
    answers = [
        refusal(portal.register, unit_name="巩义市恒远有限公司"),
        refusal(portal.register, phone="19903700009"),
        refusal(portal.register, credit_code=OTHER_CODE),
    ]
    portal.register()
    answers.append(refusal(portal.register, phone="19903700009"))
    assert answers == [(Refused, "registration_mismatch", "this is not what the hall has entered", {})] * 4


def test_the_phone_cannot_be_found_by_trying(portal):
    portal.maintain()
    answers = [refusal(portal.register, phone=f"1990370000{number}")[1] for number in range(2, 7)]
    assert answers == ["registration_mismatch"] * 4 + ["locked"]
    assert refusal(portal.register)[1] == "locked"


def test_two_registrations_at_the_same_moment_open_one_account(portal):
    portal.maintain()
    assert together(4, lambda _: portal.register()) == [""] + ["already_registered"] * 3


# ---- the code by SMS


def test_the_code_reaches_the_phone_sealed(world, portal):
    portal.maintain()
    portal.register()
    assert portal.request_sms_code().resend_after_seconds == 60
    [issued] = world.published(SmsCodeIssued)
    code = portal.last_sms_code()
    assert len(code) == 6 and code.isdigit()
    assert (issued.purpose, issued.valid_minutes) == ("register_administrator", 5)
    assert PHONE not in issued.model_dump_json() and code not in issued.model_dump_json()


def test_the_answer_never_tells_whether_account_and_phone_belong_together(world, portal):
    portal.maintain()
    portal.register()
    stranger, right = "13900000009", PHONE
    for phone, code in [(stranger, CODE), (right, CODE), ("13900000008", OTHER_CODE)]:
        first = portal.request_sms_code(phone=phone, credit_code=code)
        again = refusal(portal.request_sms_code, phone=phone, credit_code=code)
        assert (first.resend_after_seconds, again[1], again[3]) == (60, "sms_too_soon", {"seconds_left": 60})
        wrong = refusal(portal.register_administrator, phone=phone, credit_code=code, sms_code="000000")
        assert wrong == (Refused, "sms_code_wrong", "ask for a new code", {})
    assert len(world.published(SmsCodeIssued)) == 1


def test_ten_codes_a_day_and_phone_whatever_the_account(world, portal):
    for number in range(10):
        world.now += timedelta(seconds=60)
        portal.request_sms_code(credit_code=(CODE, OTHER_CODE)[number % 2])
    world.now += timedelta(seconds=60)
    assert refusal(portal.request_sms_code)[1] == "sms_daily_limit"
    world.now += timedelta(days=1)
    assert portal.request_sms_code()


def test_two_requests_at_the_same_moment_send_one_code(world, portal):
    portal.maintain()
    portal.register()
    for sent in (1, 2):  # a phone that was never heard of, and one that was
        assert together(6, lambda _: portal.request_sms_code()) == [""] + ["sms_too_soon"] * 5
        assert len(world.published(SmsCodeIssued)) == sent
        world.now += timedelta(minutes=1)


def test_codes_are_hashed_in_the_database(world, portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    stored = str(world.rows("identity", sms_codes)) + str(world.rows("identity", code_quotas))
    assert portal.last_sms_code() not in stored and PHONE not in stored


def test_expired_codes_are_swept_and_good_ones_stay(world, portal):
    portal.request_sms_code()
    portal.picture()
    world.now += GOOD_FOR - timedelta(seconds=1)
    world.sweep("identity", sweep_codes)
    assert world.rows("identity", sms_codes)
    world.now += timedelta(seconds=1)
    world.sweep("identity", sweep_codes)
    assert not world.rows("identity", sms_codes)
    assert world.rows("identity", code_quotas), "the count of the day must outlive the code"
    world.now += timedelta(days=1)
    world.sweep("identity", sweep_codes)
    assert not world.rows("identity", code_quotas)


# ---- the administrator


def test_the_administrator_is_signed_in_at_once_and_bears_the_handlers_name(world, portal):
    actor = portal.open().actor
    assert (actor.kind, actor.employer, actor.name, actor.certificate) == (
        ActorKind.EMPLOYER,
        CODE,
        HANDLER,
        False,
    )
    [row] = world.rows("identity", employers)
    assert row.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in str(row)


def test_a_code_is_good_once_and_there_is_one_administrator(world, portal):
    portal.open()
    code = portal.last_sms_code()
    assert refusal(portal.register_administrator, sms_code=code)[1] == "sms_code_wrong"
    world.now += timedelta(minutes=1)
    portal.request_sms_code()  # for an account that has one: the answer does not tell, and nothing is sent
    assert len(world.published(SmsCodeIssued)) == 1


def test_a_code_counts_for_its_phone_for_five_tries_and_five_minutes(world, portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    code = portal.last_sms_code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert refusal(portal.register_administrator, phone="19903700002", sms_code=code)[1] == "sms_code_wrong"
    for _ in range(5):
        assert refusal(portal.register_administrator, sms_code=wrong)[1] == "sms_code_wrong"
    assert refusal(portal.register_administrator, sms_code=code)[1] == "sms_code_wrong"
    world.now += timedelta(minutes=1)
    portal.request_sms_code()
    world.now += GOOD_FOR
    assert refusal(portal.register_administrator)[1] == "sms_code_wrong"
    portal.request_sms_code()
    world.now += GOOD_FOR - timedelta(seconds=1)
    assert portal.register_administrator()


def test_guesses_at_a_code_at_the_same_moment_are_counted_one_by_one(world, portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    code = portal.last_sms_code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    guesses = together(5, lambda _: portal.register_administrator(sms_code=wrong))
    assert guesses == ["sms_code_wrong"] * 5
    assert [row.tries for row in world.rows("identity", sms_codes)] == [5]
    assert refusal(portal.register_administrator)[1] == "sms_code_wrong"


def test_a_new_code_takes_the_place_of_the_old_one(world, portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    old = portal.last_sms_code()
    world.now += timedelta(minutes=1)
    portal.request_sms_code()
    while portal.last_sms_code() == old:  # one in a million
        world.now += timedelta(minutes=1)
        portal.request_sms_code()
    assert refusal(portal.register_administrator, sms_code=old)[1] == "sms_code_wrong"
    assert portal.register_administrator()


def test_a_weak_password_does_not_use_the_code_up(portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    weak = refusal(portal.register_administrator, password="password123")
    assert (weak[1], weak[3]["rule"]) == ("password_weak", "common")
    assert portal.register_administrator()


def test_an_administrator_needs_an_open_account(portal):
    portal.maintain()
    portal.request_sms_code()
    assert refusal(portal.register_administrator, sms_code="000000")[1] == "sms_code_wrong"


def test_two_administrators_at_the_same_moment_are_one(portal):
    portal.maintain()
    portal.register()
    portal.request_sms_code()
    assert together(4, lambda _: portal.register_administrator()) == [""] + ["sms_code_wrong"] * 3
