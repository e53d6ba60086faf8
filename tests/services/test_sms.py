"""SMS: codes first, nothing twice, and what nobody knows is never sent again blindly."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from services.chassis.ids import new_id
from services.chassis.sealing import seal
from services.chassis.settings import MissingSettings
from services.contracts.errors import Forbidden
from services.contracts.identity.verification import SmsCodeIssued
from services.contracts.notify import ListOutboxSms
from services.notify.service import Notify
from services.notify.settings import Settings
from services.notify.sms import jobs
from services.notify.sms.adapters.development_outbox import DevelopmentOutbox
from services.notify.sms.adapters.provider import NotSent
from services.notify.sms.domain import BACK_OFF, LEASE
from services.notify.sms.store import development_outbox, sms_messages
from tests.people import FIELD_KEYS, PUBLIC_KEY
from tests.services.conftest import NOW
from tests.services.test_prompts import approved, refund, tell

PHONE, OTHER_PHONE = "19903700001", "19903700002"


class Crash(BaseException):
    """The process dies here."""


class DyingOutbox(DevelopmentOutbox):
    """Takes the message; then we die before we can write that down."""

    def send(self, **message):
        super().send(**message)
        raise Crash


class Carrier:
    """A provider that does as it is told, one outcome for each call, and remembers what it was handed."""

    def __init__(self, *outcomes):
        self.outcomes, self.handed = list(outcomes), []

    def send(self, *, key, phone, text):
        self.handed.append(key)
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome


def code_issued(code="123456", phone=PHONE, at=NOW):
    return SmsCodeIssued(
        at=at, phone=seal(phone), code=seal(code), purpose="register_administrator", valid_minutes=5
    )


def outbox(world, **query):
    return world.ask(ListOutboxSms(**query)).messages


def states(world):
    return sorted(row.state for row in world.rows("notify", sms_messages))


def dispatch_with(world, provider):
    jobs.dispatch(world.job("notify"), provider)


def test_a_code_reaches_the_development_outbox(world):
    world.hear("notify", code_issued())
    assert outbox(world) == ()
    world.sweep("notify", jobs.dispatch_sms)
    [message] = outbox(world)
    assert message.text == "【稳岗返还】验证码123456，用于单位管理员注册，5分钟内有效。请勿告诉他人。"
    assert (message.phone, message.state, message.sent_at) == (PHONE, "sent", NOW)


def test_codes_overtake_notices(world):
    tell(world, approved(refund(phone=OTHER_PHONE)))
    world.now += timedelta(seconds=1)
    world.hear("notify", code_issued(at=world.now))
    carrier = Carrier()
    dispatch_with(world, carrier)
    code = next(row.id for row in world.rows("notify", sms_messages) if row.phone == PHONE)
    assert carrier.handed[0] == code and len(carrier.handed) == 2


def test_a_code_that_has_run_out_is_dropped(world):
    world.hear("notify", code_issued())
    world.now += timedelta(minutes=5)
    world.sweep("notify", jobs.dispatch_sms)
    assert states(world) == ["dropped"] and outbox(world) == ()


def test_a_crash_between_sending_and_writing_it_down_is_unknown_and_not_sent_twice(world):
    world.hear("notify", code_issued())
    with pytest.raises(Crash):
        dispatch_with(world, DyingOutbox(world.job("notify")))
    world.sweep("notify", jobs.dispatch_sms)
    assert states(world) == ["sending"]
    world.now += LEASE + timedelta(seconds=1)
    carrier = Carrier()
    dispatch_with(world, carrier)
    assert states(world) == ["unknown"] and not carrier.handed
    world.now += timedelta(days=1)
    dispatch_with(world, carrier)
    assert states(world) == ["unknown"] and not carrier.handed
    assert len(world.rows("notify", development_outbox)) == 1


def test_an_error_that_leaves_the_outcome_open_is_not_sent_again(world):
    tell(world, approved(refund()))
    carrier = Carrier(TimeoutError("no answer"))
    with pytest.raises(TimeoutError):
        dispatch_with(world, carrier)
    world.now += LEASE + timedelta(seconds=1)
    dispatch_with(world, carrier)
    assert states(world) == ["unknown"] and len(carrier.handed) == 1


def test_a_late_answer_of_the_provider_ends_the_uncertainty(world):
    tell(world, approved(refund()))
    job = world.job("notify")
    sms = jobs.begin_next(job)
    world.now += LEASE + timedelta(seconds=1)
    jobs.tidy(job)
    assert states(world) == ["unknown"]
    jobs.send(job, Carrier(), sms)
    assert states(world) == ["sent"]


def test_what_was_surely_not_sent_is_tried_again_later_and_later_then_given_up(world):
    tell(world, approved(refund()))
    carrier = Carrier(*(NotSent("busy", is_final=False) for _ in range(9)))
    for pause in BACK_OFF:
        dispatch_with(world, carrier)
        calls = len(carrier.handed)
        world.now += pause - timedelta(seconds=1)
        dispatch_with(world, carrier)
        assert len(carrier.handed) == calls, "too early"
        world.now += timedelta(seconds=1)
    dispatch_with(world, carrier)
    assert len(carrier.handed) == len(BACK_OFF) + 1
    [row] = world.rows("notify", sms_messages)
    assert (row.state, row.error, row.attempts) == ("failed", "busy", len(BACK_OFF) + 1)


def test_after_a_failure_the_same_key_is_used_and_success_clears_the_error(world):
    tell(world, approved(refund()))
    carrier = Carrier(NotSent("busy", is_final=False))
    dispatch_with(world, carrier)
    world.now += BACK_OFF[0]
    dispatch_with(world, carrier)
    [row] = world.rows("notify", sms_messages)
    assert carrier.handed == [row.id, row.id] and (row.state, row.error) == ("sent", None)


def test_what_the_provider_refuses_for_good_is_not_tried_again(world):
    tell(world, approved(refund()))
    dispatch_with(world, Carrier(NotSent("no such number", is_final=True)))
    assert states(world) == ["failed"]


def test_several_dispatchers_hand_over_each_message_once(world):
    refunds = [refund(number=number, phone=f"199{number:08}", refund_id=new_id()) for number in range(60)]
    tell(world, approved(*refunds))
    carrier = Carrier()
    threads = [threading.Thread(target=dispatch_with, args=(world, carrier)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(carrier.handed) == sorted(row.id for row in world.rows("notify", sms_messages))
    assert set(states(world)) == {"sent"} and len(carrier.handed) == 60


def test_the_outbox_takes_the_same_key_once(world):
    provider = DevelopmentOutbox(world.job("notify"))
    for text in ("one", "again"):
        provider.send(key=UUID(int=7), phone=PHONE, text=text)
    assert [row.text for row in world.rows("notify", development_outbox)] == ["one"]


def test_the_outbox_shows_the_newest_first_and_filters_by_phone(world):
    for minute, (code, phone) in enumerate([("000001", PHONE), ("000002", OTHER_PHONE), ("000003", PHONE)]):
        world.now = NOW + timedelta(minutes=minute)
        world.hear("notify", code_issued(code, phone, at=world.now))
        world.sweep("notify", jobs.dispatch_sms)
    assert [message.text[9:15] for message in outbox(world)] == ["000003", "000002", "000001"]
    assert [message.text[9:15] for message in outbox(world, phone=PHONE)] == ["000003", "000001"]
    assert len(outbox(world, limit=2)) == 2 and outbox(world, phone="18800000000") == ()


def test_outside_development_nobody_reads_the_outbox(world, monkeypatch):
    production = world.settings("notify").model_copy(update={"environment": "production"})
    monkeypatch.setattr(world, "settings", lambda service: production)
    with pytest.raises(Forbidden, match="development_only"):
        outbox(world)


def test_phones_and_texts_stand_in_the_database_sealed_only(world):
    world.hear("notify", code_issued())
    world.sweep("notify", jobs.dispatch_sms)
    with world.database("notify").read() as connection:
        for table in ("sms_messages", "development_outbox"):
            [row] = connection.exec_driver_sql(f"SELECT phone, text FROM {table}")
            assert PHONE not in row.phone and "123456" not in row.text and "验证码" not in row.text


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        (None, "name a real one"),
        ("development_outbox", "reaches no phone"),
        ("x", "no SMS provider"),
    ],
)
def test_in_production_the_service_does_not_start_without_a_real_provider(monkeypatch, provider, words):
    environment = {
        "ENVIRONMENT": "production",
        "BROKER_URL": "unused",
        "SESSION_PUBLIC_KEY": PUBLIC_KEY,
        "FIELD_KEYS": FIELD_KEYS,
        "BLOBS": "unused",
        "NOTIFY_DATABASE_URL": "unused",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if provider:
        monkeypatch.setenv("NOTIFY_SMS_PROVIDER", provider)
    with pytest.raises(MissingSettings, match=f"NOTIFY_SMS_PROVIDER.*{words}"):
        Settings.read()


def test_the_dispatcher_belongs_to_the_service():
    assert Notify.dispatch_sms.__name__ == "dispatch_sms"
