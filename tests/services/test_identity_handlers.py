"""经办人变更: by certificate or at the counter, with a code on the new phone; the former handler is told."""

import pytest
import sqlalchemy as sa

from services.chassis.sealing import unseal
from services.contracts.errors import Refused
from services.contracts.identity.verification import SmsCodeIssued
from services.identity.accounts import views
from services.identity.accounts.store import employer_handlers
from services.identity.audit.store import audit_entries
from services.identity.passwords.adapters import hashing
from services.identity.verification.store import sms_codes
from tests.people import APPROVER, CODE, RECEPTION
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
from tests.services.portal import HANDLER, PASSWORD, PHONE, UNIT_NAME, Portal


@pytest.fixture
def portal(world):
    return Portal(world)


@pytest.fixture
def employer(world, portal):
    """The manual's employer with its administrator, a minute ago."""
    portal.open()
    world.now += MINUTE
    return portal


def is_password(world, portal, password) -> bool:
    hashed = portal.step(views.find_password_hash, CODE)
    return hashing.is_password(world.settings("identity"), password, hashed)


def ask_for_handler(portal, by, phone=NEW_PHONE, **other):
    command = {"purpose": "change_handler", "phone": phone, **other}
    return portal.request_sms_code(by=by, **command)


@pytest.mark.parametrize(
    ("by", "other"),
    [(WITH_CERTIFICATE, {}), (WITH_CERTIFICATE, {"employer": CODE}), (RECEPTION, {"employer": CODE})],
)
def test_certificate_or_counter_change_the_handler(world, employer, by, other):
    ask_for_handler(employer, by)
    view = employer.change_handler(by, NEW_PHONE, **other)
    assert (view.handler_name, view.handler_phone_masked) == ("李静", "139****0002")
    assert employer.step(views.find_phone, CODE) == NEW_PHONE
    assert employer.step(views.find_actor, CODE).name == "李静"
    line = last_line(world)
    assert (line.act, line.actor, line.subject) == ("handler_changed", by.id, CODE)
    assert line.facts == {"before": "199****0001", "after": "139****0002"}


def test_without_a_certificate_the_refusal_names_the_ways(world, employer):
    for action in (
        lambda: ask_for_handler(employer, CERTIFICATE_FREE),
        lambda: employer.change_handler(CERTIFICATE_FREE, NEW_PHONE, sms_code="000000"),
        lambda: ask_for_handler(employer, APPROVER),
    ):
        kind, code, _, facts = refusal(action)
        assert (kind, code, facts["business"]) == (Refused, "business_other_way", "handler_change")
        assert facts["ways"] == ["certificate", "hall"]
    assert refusal(ask_for_handler, employer, None)[1] == "session_required"


def test_nobody_changes_the_handler_of_another_employer(employer):
    assert refusal(ask_for_handler, employer, WITH_CERTIFICATE, credit_code=OTHER_CODE)[1] == "post_required"
    assert refusal(ask_for_handler, employer, FAR_CLERK)[1] == "not_your_region"
    assert refusal(ask_for_handler, employer, RECEPTION, credit_code=OTHER_CODE)[1] == "employer_missing"
    facts = {"sms_code": "000000"}
    answers = [
        refusal(employer.change_handler, WITH_CERTIFICATE, NEW_PHONE, employer=OTHER_CODE, **facts)[1],
        refusal(employer.change_handler, FAR_CLERK, NEW_PHONE, employer=CODE, **facts)[1],
        refusal(employer.change_handler, RECEPTION, NEW_PHONE, employer=OTHER_CODE, **facts)[1],
        refusal(employer.change_handler, RECEPTION, NEW_PHONE, **facts)[1],
    ]
    assert answers == ["post_required", "not_your_region", "employer_missing", "employer_required"]


def test_the_code_goes_to_the_new_phone_and_the_former_handler_is_told(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE)
    issued = world.published(SmsCodeIssued)[-1]
    assert (unseal(issued.phone), issued.purpose) == (NEW_PHONE, "change_handler")
    employer.change_handler(WITH_CERTIFICATE, NEW_PHONE)
    assert notices(world) == [(PHONE, "handler_changed", {"unit_name": UNIT_NAME})]


def test_a_wrong_code_is_counted_and_changes_nothing(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE)
    code = employer.last_code(NEW_PHONE)
    other = refusal(employer.change_handler, WITH_CERTIFICATE, "13900000003", sms_code=code)
    assert other == (Refused, "sms_code_wrong", "ask for a new code", {})
    for number in range(1, 6):
        assert refusal(employer.change_handler, WITH_CERTIFICATE, NEW_PHONE, sms_code=wrong(code)) == other
        assert [row.tries for row in world.rows("identity", sms_codes)] == [number]
    assert refusal(employer.change_handler, WITH_CERTIFICATE, NEW_PHONE, sms_code=code) == other
    assert acts(world)[-7:] == ["handler_change_failed"] * 7
    assert get(world, WITH_CERTIFICATE).handler_name == HANDLER and not notices(world)


def test_handlers_are_kept_for_ever_with_who_changed_them(world, employer):
    for phone, by in ((NEW_PHONE, WITH_CERTIFICATE), ("13900000003", RECEPTION)):
        ask_for_handler(employer, by, phone)
        employer.change_handler(by, phone, **({"employer": CODE} if by is RECEPTION else {}))
        world.now += MINUTE
    rows = sorted(world.rows("identity", employer_handlers), key=lambda row: row.since)
    assert [(row.phone, row.by) for row in rows] == [
        (PHONE, ""),
        (NEW_PHONE, WITH_CERTIFICATE.id),
        ("13900000003", RECEPTION.id),
    ]
    lines = {row.message_id for row in world.rows("identity", audit_entries)}
    assert all(row.message_id in lines for row in rows)


def test_the_former_handlers_password_lets_nobody_in_and_the_new_one_registers_anew(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE)
    employer.change_handler(WITH_CERTIFICATE, NEW_PHONE)
    assert not is_password(world, employer, PASSWORD) and not get(world, WITH_CERTIFICATE).has_password
    world.now += MINUTE
    sent = len(world.published(SmsCodeIssued))
    employer.request_sms_code()  # the former handler asks: the answer is the same, and nothing is sent
    employer.request_sms_code(phone=NEW_PHONE)
    assert [unseal(issued.phone) for issued in world.published(SmsCodeIssued)[sent:]] == [NEW_PHONE]
    code = employer.last_code(NEW_PHONE)
    session = employer.register_administrator(phone=NEW_PHONE, sms_code=code, password=NEW_PASSWORD)
    assert session.actor.name == "李静"


def test_a_handler_whose_name_alone_is_put_right_keeps_the_password_and_is_told_nothing(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE, PHONE)
    view = employer.change_handler(WITH_CERTIFICATE, PHONE, handler_name="张旻")
    assert (view.handler_name, view.has_password) == ("张旻", True) and not notices(world)
    assert is_password(world, employer, PASSWORD)


def test_an_employer_that_came_with_a_certificate_names_its_first_handler(world, portal):
    come(portal)
    ask_for_handler(portal, WITH_CERTIFICATE)
    assert portal.change_handler(WITH_CERTIFICATE, NEW_PHONE).handler_name == "李静"
    assert not notices(world), "there was nobody to be told"
    assert last_line(world).facts == {"before": "", "after": "139****0002"}


def test_one_code_changes_the_handler_once_at_the_same_moment(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE)
    code = employer.last_code(NEW_PHONE)
    answers = together(4, lambda _: employer.change_handler(WITH_CERTIFICATE, NEW_PHONE, sms_code=code))
    assert answers == [""] + ["sms_code_wrong"] * 3
    assert len(world.rows("identity", employer_handlers)) == 2 and len(notices(world)) == 1


def test_phones_of_handlers_are_sealed(world, employer):
    ask_for_handler(employer, WITH_CERTIFICATE)
    employer.change_handler(WITH_CERTIFICATE, NEW_PHONE)
    with world.database("identity").read() as connection:
        tables = ("employers", "employer_handlers", "maintenances", "audit_entries", "outbox", "inbox")
        stored = str([connection.execute(sa.text(f"select * from {table}")).all() for table in tables])
    assert PHONE not in stored and NEW_PHONE not in stored and "199****0001" in stored


def test_a_code_is_good_for_its_purpose_only(employer):
    employer.request_sms_code(purpose="reset_employer_password")
    answer = refusal(employer.change_handler, WITH_CERTIFICATE, PHONE, sms_code=employer.last_code(PHONE))
    assert answer[1] == "sms_code_wrong"
