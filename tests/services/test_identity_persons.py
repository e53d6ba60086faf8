"""The personal portal's account: registration, phone, password, and that nobody finds out who has one."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.identity.fields import DoneView
from services.contracts.identity.persons import ChangePersonPassword, GetPerson, ResetPersonPassword
from services.contracts.identity.verification import SecurityNoticeDue, SmsCodeIssued
from services.contracts.values import Actor, ActorKind
from services.identity.audit.store import audit_entries
from services.identity.passwords.adapters import hashing
from services.identity.persons import steps, views
from services.identity.persons.store import persons
from services.identity.verification.store import sms_codes
from tests.people import EMPLOYER, RECEPTION
from tests.services.attempts import refusal, together
from tests.services.portal import FULL_NAME, ID_NUMBER, OWN_PHONE, PASSWORD, Portal

OTHER_ID, OTHER_PHONE = "510202198001010017", "13900000002"
NEW_PASSWORD = "Huang-He-2024"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def portal(world):
    return Portal(world)


@pytest.fixture
def person(world, portal):
    """Somebody with an account, a minute ago."""
    actor = portal.person()
    world.now += MINUTE
    return actor


def acts(world) -> list[str]:
    return [row.act for row in world.rows("identity", audit_entries)]


def notices(world) -> list[tuple[str, str, dict]]:
    due = world.published(SecurityNoticeDue)
    return [(unseal(notice.phone), notice.template, notice.facts) for notice in due]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def reset(portal, **other):
    facts = {"id_number": ID_NUMBER, "phone": OWN_PHONE, "password": NEW_PASSWORD}
    facts |= {} if "sms_code" in other else {"sms_code": portal.last_code(OWN_PHONE)}
    return portal.step(steps.reset_password, ResetPersonPassword(id=new_id(), **{**facts, **other}))


def change(portal, person, old_password=PASSWORD, password=NEW_PASSWORD):
    command = ChangePersonPassword(id=new_id(), old_password=old_password, password=password)
    return portal.step(steps.change_password, person.id.removeprefix("person:"), command)


def is_password(world, portal, person, password) -> bool:
    hashed = portal.step(views.find_password_hash, person.id.removeprefix("person:"))
    return hashing.is_password(world.settings("identity"), password, hashed)


# ---- registration


def test_who_registers_has_an_account_and_acts_under_the_own_name(world, portal):
    person = portal.person()
    assert (person.kind, person.name, person.employer) == (ActorKind.PERSON, FULL_NAME, None)
    view = world.ask(GetPerson(), by=person)
    assert view.person_id == person.require_person() == UUID(person.id.removeprefix("person:"))
    assert (view.full_name, view.registered_at) == (FULL_NAME, world.now)
    assert (view.id_number_masked, view.phone_masked) == ("110***********002X", "139****0001")
    [row] = world.rows("identity", persons)
    assert (row.agreement, row.agreed_at, row.password_changed_at) == ("2023-02", world.now, world.now)
    assert row.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert acts(world) == ["code_sent", "person_registered"]


def test_id_number_and_phone_are_sealed_and_found_by_a_keyed_hash(world, portal):
    portal.person()
    with world.database("identity").read() as connection:
        tables = ("persons", "sms_codes", "code_quotas", "audit_entries", "outbox", "inbox")
        stored = str([connection.execute(sa.text(f"select * from {table}")).all() for table in tables])
    assert ID_NUMBER not in stored and OWN_PHONE not in stored and PASSWORD not in stored
    assert persons.c.id_number_key.info["keyed"] == ("id number", "id_number")
    assert portal.step(views.find_account, OTHER_ID) is None


def test_a_second_registration_gets_the_same_answer_changes_nothing_and_the_owner_is_told(world, portal):
    first = portal.request_person_code(), portal.register_person()
    [before] = world.rows("identity", persons)
    world.now += MINUTE
    facts = {"phone": OTHER_PHONE, "password": NEW_PASSWORD, "full_name": "李四"}
    second = portal.request_person_code(phone=OTHER_PHONE), portal.register_person(**facts)
    assert first == second and second[1] == DoneView(done=True)
    assert world.rows("identity", persons) == [before]
    assert notices(world) == [(OWN_PHONE, "registration_repeated", {})]
    assert acts(world)[-2:] == ["code_sent", "registration_repeated"]
    assert OTHER_PHONE not in str(world.rows("identity", audit_entries))


def test_registration_works_as_hard_whether_or_not_there_is_an_account(portal, monkeypatch):
    hashed = []
    monkeypatch.setattr(hashing, "off_the_hub", lambda function, *words: hashed.append(1) or function(*words))
    portal.person()
    once = len(hashed)
    portal.request_person_code(phone=OTHER_PHONE)
    portal.register_person(phone=OTHER_PHONE)
    assert once == 1 and len(hashed) == 2


def test_a_wrong_code_is_counted_and_five_are_the_end(world, portal):
    portal.request_person_code()
    code = portal.last_code(OWN_PHONE)
    for number in range(1, 6):
        assert refusal(portal.register_person, sms_code=wrong(code))[1] == "sms_code_wrong"
        assert [row.tries for row in world.rows("identity", sms_codes)] == [number]
    assert refusal(portal.register_person)[1] == "sms_code_wrong"
    assert not world.rows("identity", persons)
    assert acts(world) == ["code_sent"] + ["person_registration_failed"] * 6


def test_a_code_counts_for_its_id_number_and_phone_only(portal):
    portal.request_person_code()
    code = portal.last_code(OWN_PHONE)
    assert refusal(portal.register_person, id_number=OTHER_ID, sms_code=code)[1] == "sms_code_wrong"
    assert refusal(portal.register_person, phone=OTHER_PHONE, sms_code=code)[1] == "sms_code_wrong"
    assert portal.register_person().done


def test_a_weak_password_does_not_use_the_code_up(portal):
    portal.request_person_code()
    for weak, rule in (("password123", "common"), (ID_NUMBER, "account"), ("a1b2", "short")):
        answer = refusal(portal.register_person, password=weak)
        assert (answer[1], answer[3]["rule"]) == ("password_weak", rule)
    assert portal.register_person().done


def test_an_id_number_that_cannot_be_is_refused_at_the_door(portal):
    for number in ("110105194912310021", "11010519490231002X"):
        with pytest.raises(ValueError, match="id number"):
            portal.request_person_code(id_number=number)


def test_registrations_at_the_same_moment_open_one_account(world, portal):
    phones = [f"1390000001{number}" for number in range(4)]
    for phone in phones:
        portal.request_person_code(phone=phone)
    codes = [portal.last_code(phone) for phone in phones]
    answers = together(4, lambda n: portal.register_person(phone=phones[n], sms_code=codes[n]))
    assert answers == [""] * 4
    [row] = world.rows("identity", persons)
    assert [notice[:2] for notice in notices(world)] == [(row.phone, "registration_repeated")] * 3
    assert sorted(acts(world)[-4:]) == ["person_registered"] + ["registration_repeated"] * 3


def test_one_code_opens_one_account_at_the_same_moment(world, portal):
    portal.request_person_code()
    code = portal.last_code(OWN_PHONE)
    assert together(4, lambda _: portal.register_person(sms_code=code)) == [""] + ["sms_code_wrong"] * 3
    assert len(world.rows("identity", persons)) == 1 and not notices(world)


# ---- codes


def test_a_code_for_a_new_password_goes_to_the_accounts_phone_only_and_the_answer_never_tells(world, portal):
    portal.person()
    sent = len(world.published(SmsCodeIssued))
    world.now += MINUTE
    for id_number, phone in ((ID_NUMBER, OTHER_PHONE), (OTHER_ID, "13900000003"), (ID_NUMBER, OWN_PHONE)):
        ask = {"purpose": "reset_person_password", "id_number": id_number, "phone": phone}
        assert portal.request_person_code(**ask).resend_after_seconds == 60
        assert refusal(portal.request_person_code, **ask)[1:4:2] == ("sms_too_soon", {"seconds_left": 60})
    issued = world.published(SmsCodeIssued)[sent:]
    assert [(unseal(code.phone), code.purpose) for code in issued] == [(OWN_PHONE, "reset_person_password")]
    facts = [row.facts["sent"] for row in world.rows("identity", audit_entries) if row.act == "code_sent"]
    assert facts == ["yes", "no", "no", "yes"]


@pytest.mark.parametrize("purpose", ["register_person", "reset_person_password"])
def test_without_a_session_an_id_number_is_needed(portal, purpose):
    answer = refusal(portal.request_person_code, purpose=purpose, id_number=None)
    assert (answer[1], set(answer[3]["fields"])) == ("invalid_message", {"id_number"})


def test_a_code_for_a_new_phone_needs_a_person_who_is_signed_in(world, portal, person):
    ask = {"purpose": "change_person_phone", "id_number": None, "phone": OTHER_PHONE}
    assert refusal(portal.request_person_code, **ask)[:2] == (Forbidden, "session_required")
    for other in (EMPLOYER, RECEPTION):
        assert refusal(portal.request_person_code, by=other, **ask)[1] == "person_required"
    assert portal.request_person_code(by=person, **ask)
    portal.change(persons, disabled_at=world.now)
    world.now += MINUTE
    assert refusal(portal.request_person_code, by=person, **ask)[1] == "session_over"


# ---- the own account


def test_only_a_person_has_a_personal_account(world, person):
    for other in (EMPLOYER, RECEPTION):
        with pytest.raises(Forbidden, match="person_required"):
            world.ask(GetPerson(), by=other)
    with pytest.raises(Forbidden, match="session_required"):
        world.ask(GetPerson())
    gone = Actor(id=f"person:{new_id()}", kind=ActorKind.PERSON)
    with pytest.raises(Missing, match="person_missing"):
        world.ask(GetPerson(), by=gone)


def test_nobody_comes_into_an_account_that_is_disabled(world, portal, person):
    account = person.id.removeprefix("person:")
    assert portal.step(views.find_phone, account) == OWN_PHONE
    portal.change(persons, disabled_at=world.now)
    for find in (views.find_password_hash, views.find_actor, views.find_phone):
        assert portal.step(find, account) is None
    assert portal.step(views.find_account, ID_NUMBER) == account


def ask_new_phone(portal, person, phone=OTHER_PHONE):
    portal.request_person_code(by=person, purpose="change_person_phone", id_number=None, phone=phone)


def test_a_new_phone_gets_a_code_and_the_old_one_is_told(world, portal, person):
    ask_new_phone(portal, person)
    view = portal.change_person_phone(person, OTHER_PHONE)
    assert view.phone_masked == "139****0002"
    assert [row.phone for row in world.rows("identity", persons)] == [OTHER_PHONE]
    assert notices(world) == [(OWN_PHONE, "phone_changed", {})]
    line = world.rows("identity", audit_entries)[-1]
    assert (line.act, line.actor, line.subject) == ("phone_changed", person.id, "110***********002X")
    assert line.facts == {"before": "139****0001", "after": "139****0002"}


def test_the_same_phone_once_more_is_no_news(world, portal, person):
    ask_new_phone(portal, person, OWN_PHONE)
    assert portal.change_person_phone(person, OWN_PHONE).phone_masked == "139****0001"
    assert not notices(world)


def test_a_wrong_code_or_password_changes_no_phone(world, portal, person):
    ask_new_phone(portal, person)
    code = portal.last_code(OTHER_PHONE)
    bad_password = refusal(portal.change_person_phone, person, OTHER_PHONE, password="Nobody-Knows-1")
    assert bad_password == (Refused, "password_wrong", "this is not the password", {})
    assert (
        refusal(portal.change_person_phone, person, OTHER_PHONE, sms_code=wrong(code))[1] == "sms_code_wrong"
    )
    assert refusal(portal.change_person_phone, person, "13900000003", sms_code=code)[1] == "sms_code_wrong"
    assert [row.phone for row in world.rows("identity", persons)] == [OWN_PHONE] and not notices(world)
    assert acts(world)[-3:] == ["phone_change_failed"] * 3
    assert portal.change_person_phone(person, OTHER_PHONE), "a wrong password does not use the code up"


def test_a_session_left_open_is_no_leave_to_try_passwords(world, portal, person):
    ask_new_phone(portal, person)
    for _ in range(4):
        answer = refusal(portal.change_person_phone, person, OTHER_PHONE, password="Nobody-Knows-1")
        assert answer[1] == "password_wrong"
    assert change(portal, person, old_password="Nobody-Knows-1").code == "locked", "one count for both ways"
    assert refusal(portal.change_person_phone, person, OTHER_PHONE)[1] == "locked"
    assert acts(world)[-2:] == ["locked"] * 2
    world.now += 10 * MINUTE
    ask_new_phone(portal, person)
    assert portal.change_person_phone(person, OTHER_PHONE)


def test_guesses_at_the_password_at_the_same_moment_are_counted_one_by_one(portal, person):
    ask_new_phone(portal, person)
    code = portal.last_code(OTHER_PHONE)
    guess = {"password": "Nobody-Knows-1", "sms_code": code}
    answers = together(8, lambda _: portal.change_person_phone(person, OTHER_PHONE, **guess))
    assert answers == ["locked"] * 4 + ["password_wrong"] * 4


# ---- passwords


def test_a_new_password_with_a_code_on_the_accounts_phone(world, portal, person):
    portal.request_person_code(purpose="reset_person_password")
    assert reset(portal) is None
    assert is_password(world, portal, person, NEW_PASSWORD) and not is_password(
        world, portal, person, PASSWORD
    )
    assert notices(world) == [(OWN_PHONE, "password_reset", {"portal": "个人网厅"})]
    [row] = world.rows("identity", persons)
    assert row.password_changed_at == world.now
    line = world.rows("identity", audit_entries)[-1]
    assert (line.act, line.actor, line.facts) == ("password_reset", person.id, {})


def test_a_reset_that_fails_never_tells_why(world, portal, person):
    portal.request_person_code(purpose="reset_person_password")
    code = portal.last_code(OWN_PHONE)
    answers = [
        reset(portal, sms_code=wrong(code)),
        reset(portal, id_number=OTHER_ID),
        reset(portal, phone=OTHER_PHONE, sms_code=code),
    ]
    seen = [(type(answer), answer.code, answer.message, answer.facts) for answer in answers]
    assert seen == [(Refused, "sms_code_wrong", "ask for a new code", {})] * 3
    assert is_password(world, portal, person, PASSWORD) and not notices(world)
    assert acts(world)[-3:] == ["password_reset_failed"] * 3
    assert reset(portal) is None


def test_a_disabled_account_gets_no_new_password(world, portal, person):
    portal.request_person_code(purpose="reset_person_password")
    portal.change(persons, disabled_at=world.now)
    assert reset(portal).code == "sms_code_wrong"
    sent = len(world.published(SmsCodeIssued))
    world.now += MINUTE
    portal.request_person_code(purpose="reset_person_password")
    assert len(world.published(SmsCodeIssued)) == sent


def test_a_weak_new_password_is_refused_before_the_code_or_a_try_is_used_up(portal, person):
    portal.request_person_code(purpose="reset_person_password")
    with pytest.raises(Refused, match="password_weak"):
        reset(portal, password="12345678")
    with pytest.raises(Refused, match="password_weak"):
        change(portal, person, password="12345678")
    assert reset(portal) is None


def test_who_is_signed_in_changes_the_password_with_the_old_one(world, portal, person):
    assert change(portal, person, old_password="Nobody-Knows-1").code == "password_wrong"
    assert acts(world)[-1] == "password_change_failed"
    assert change(portal, person) is None
    assert is_password(world, portal, person, NEW_PASSWORD)
    assert acts(world)[-1] == "password_changed"


def test_secrets_do_not_show_in_a_repr(world, portal, person):
    found = portal.step(steps.get_signed_in_alone, person.require_person())
    for secret in (ID_NUMBER, OWN_PHONE, "$argon2id$"):
        assert secret not in repr(found)
