"""What leaves by SMS: a code for every purpose, a word to owners whose account was touched."""

import string
from datetime import timedelta
from typing import get_args

import pytest

from services.chassis.ids import new_id
from services.chassis.sealing import seal
from services.contracts.identity.accounts import RequestSmsCode
from services.contracts.identity.persons import RequestPersonCode
from services.contracts.identity.verification import SecurityNoticeDue, SmsCodeIssued
from services.contracts.notify import ListOutboxSms
from services.notify.prompts.jobs import tell_by_sms
from services.notify.sms import jobs
from services.notify.sms.domain import CODES, NOTICES, SECURITY, TEMPLATES
from services.notify.sms.store import sms_messages
from tests.services.conftest import NOW
from tests.services.portal import ID_NUMBER, OWN_PHONE, PHONE, UNIT_NAME, Portal
from tests.services.test_prompts import approved, refund

PURPOSES = {
    *get_args(RequestSmsCode.model_fields["purpose"].annotation),
    *get_args(RequestPersonCode.model_fields["purpose"].annotation),
    "sign_in",
}
NOTICE_TEXTS = {
    ("registration_repeated", ()): (
        "【稳岗返还】9月14日09:00有人用您的证件号码再次注册个人网厅，您的账户没有变化。"
        "如非本人操作，请登录个人网厅修改密码。"
    ),
    ("password_reset", (("portal", "单位网厅"),)): (
        "【稳岗返还】9月14日09:00您的单位网厅登录密码已重置，此前的登录已退出。"
        "如非本人操作，请立即再次重置密码，或拨打12333。"
    ),
    ("phone_changed", ()): (
        "【稳岗返还】9月14日09:00您的个人网厅账户已更换手机号，此号码不再接收验证码。"
        "如非本人操作，请立即拨打12333。"
    ),
    ("handler_changed", (("unit_name", UNIT_NAME),)): (
        f"【稳岗返还】9月14日09:00{UNIT_NAME}已变更经办人，此号码不再接收验证码。"
        "如有疑问，请与单位联系或拨打12333。"
    ),
}


def code_issued(purpose, at=NOW):
    return SmsCodeIssued(at=at, phone=seal(PHONE), code=seal("123456"), purpose=purpose, valid_minutes=5)


def notice_due(template="phone_changed", phone=PHONE, at=NOW, **facts):
    return SecurityNoticeDue(at=at, phone=seal(phone), template=template, facts=facts)


def texts(world):
    world.sweep("notify", jobs.dispatch_sms)
    return [message.text for message in world.ask(ListOutboxSms()).messages]


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_a_code_for_every_purpose_says_what_it_is_for(world, purpose):
    world.hear("notify", code_issued(purpose))
    [text] = texts(world)
    assert text.startswith("【稳岗返还】验证码123456，用于")
    assert text.endswith("，5分钟内有效。请勿告诉他人。") and len(text) <= 70, "one SMS of 70 characters"


def test_no_two_purposes_have_the_same_words():
    words = [TEMPLATES[purpose] for purpose in PURPOSES]
    assert len(words) == len(set(words)) == 7


@pytest.mark.parametrize(("template", "facts"), NOTICE_TEXTS)
def test_a_security_notice_says_what_was_done_when_and_what_to_do(world, template, facts):
    world.hear("notify", notice_due(template, **dict(facts)))
    assert texts(world) == [NOTICE_TEXTS[template, facts]]


def test_no_template_asks_for_personal_data():
    asked = {name for text in TEMPLATES.values() for _, name, _, _ in string.Formatter().parse(text) if name}
    refund = {"unit_name", "year", "amount", "deadline", "bank", "account_masked"}
    assert asked == {"code", "minutes", "time", "portal"} | refund


def test_a_security_notice_is_sent_once_however_often_it_is_delivered(world):
    message_id = str(new_id())
    for _ in range(3):
        world.hear("notify", notice_due(), message_id)
    assert len(texts(world)) == 1
    world.hear("notify", notice_due())  # another change of phone
    assert len(texts(world)) == 2


def test_codes_go_first_then_security_notices_then_the_rest(world):
    assert CODES < SECURITY < NOTICES
    world.hear("notify", approved(refund()))
    world.sweep("notify", tell_by_sms)
    world.now += timedelta(seconds=1)
    world.hear("notify", notice_due())
    world.now += timedelta(seconds=1)
    world.hear("notify", code_issued("sign_in", at=world.now))
    job = world.job("notify")
    order = [jobs.begin_next(job).template for _ in range(3)]
    assert order == ["sign_in", "phone_changed", "refund_approved"]


def test_a_security_notice_does_not_run_out_like_a_code(world):
    world.hear("notify", notice_due())
    world.now += timedelta(hours=6)
    assert len(texts(world)) == 1


def test_phone_and_text_of_a_security_notice_are_sealed(world):
    world.hear("notify", notice_due("handler_changed", unit_name=UNIT_NAME))
    with world.database("notify").read() as connection:
        [row] = connection.exec_driver_sql(f"SELECT phone, text FROM {sms_messages.name}")
    assert PHONE not in row.phone and UNIT_NAME not in row.text


def test_what_identity_publishes_is_what_notify_has_words_for(world):
    portal = Portal(world)
    portal.person()
    world.now += timedelta(minutes=1)
    portal.request_person_code(phone=PHONE)
    portal.register_person(phone=PHONE)
    for event in (*world.published(SmsCodeIssued), *world.published(SecurityNoticeDue)):
        world.hear("notify", event)
    world.sweep("notify", jobs.dispatch_sms)
    [notice] = [text for text in texts(world) if "再次注册" in text]
    assert ID_NUMBER not in notice and len(world.ask(ListOutboxSms(phone=OWN_PHONE)).messages) == 2
