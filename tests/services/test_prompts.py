"""Prompts through their doors: raised once, done by whatever door, whatever the order of events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.chassis.ids import new_id
from services.chassis.sealing import seal
from services.contracts.errors import Forbidden
from services.contracts.notify import ListPrompts, PromptsRaised
from services.contracts.subsidy.approval import ApprovedRefund, RefundsApproved
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.notify.prompts.jobs import AT_A_TIME, tell_by_sms
from services.notify.prompts.store import prompts
from services.notify.sms.store import sms_messages
from tests.people import CODE, EMPLOYER, RECEPTION, STRANGER
from tests.services.conftest import NOW
from tests.slips import FACTS

PHONE = "19903700001"


def refund(number=327, employer=CODE, phone=PHONE, refund_id=None):
    return ApprovedRefund(
        refund_id=refund_id or UUID(int=number),
        number=f"WGFH-2023-410181{number:06}",
        employer=employer,
        unit_name="巩义市恒远精密制造有限公司",
        amount=23713715,
        phone=phone and seal(phone),
    )


def approved(*refunds):
    return RefundsApproved(
        at=NOW,
        batch_id=UUID(int=1),
        programme_year=2023,
        deadline=date(2023, 12, 31),
        refunds=refunds,
    )


def tell(world, event, **envelope):
    """Let notify hear of approvals, then make the SMS."""
    world.hear("notify", event, **envelope)
    world.sweep("notify", tell_by_sms)


def answered(kind=RefundConfirmed, number=327, revision=1):
    told = {name: getattr(FACTS, name) for name in kind.model_fields if hasattr(FACTS, name)}
    own = {
        "refund_id": UUID(int=number),
        "revision": revision,
        "at": NOW + timedelta(minutes=revision),
        "account": seal("1"),
        "phone": seal(PHONE),
    }
    return kind(**{**told, **own})


def prompts_of(world, actor=EMPLOYER, **query):
    return world.ask(ListPrompts(**query), by=actor).prompts


def test_an_approved_refund_raises_a_prompt_an_sms_and_a_nudge(world):
    tell(world, approved(refund()))
    [prompt] = prompts_of(world)
    assert (prompt.amount, prompt.deadline, prompt.done_at) == (23713715, date(2023, 12, 31), None)
    assert prompt.raised_at == NOW and prompt.number == "WGFH-2023-410181000327"
    [sms] = world.rows("notify", sms_messages)
    assert (sms.phone, sms.template, sms.state) == (PHONE, "refund_approved", "created")
    assert sms.text.startswith("【稳岗返还】巩义市恒远精密制造有限公司：") and "237137.15元" in sms.text
    assert "2023年12月31日" in sms.text
    [nudge] = world.published(PromptsRaised)
    assert nudge.employers == (CODE,)


def test_heard_twice_or_in_two_messages_it_is_told_once(world):
    for message_id in ("m1", "m1", "m2"):
        tell(world, approved(refund()), message_id=message_id)
    tell(world, approved(refund(), refund(number=328, phone=None)), message_id="m3")
    assert len(prompts_of(world)) == 2
    assert len(world.rows("notify", sms_messages)) == 1


def test_without_a_phone_there_is_a_prompt_but_no_sms(world):
    tell(world, approved(refund(phone=None)))
    assert len(prompts_of(world)) == 1 and not world.rows("notify", sms_messages)


@pytest.mark.parametrize("kind", [RefundConfirmed, RefundWaived])
def test_an_answer_by_whatever_door_ends_the_prompt(world, kind):
    world.hear("notify", approved(refund()))
    world.hear("notify", answered(kind))
    [prompt] = prompts_of(world)
    assert prompt.done_at == NOW + timedelta(minutes=1)
    assert prompts_of(world, open_only=True) == ()


def test_a_prompt_whose_answer_came_first_is_born_done_and_tells_nobody_by_sms(world):
    world.hear("notify", answered())
    tell(world, approved(refund(), refund(number=328)))
    done = {prompt.number: prompt.done_at for prompt in prompts_of(world)}
    assert done == {
        "WGFH-2023-410181000327": NOW + timedelta(minutes=1),
        "WGFH-2023-410181000328": None,
    }
    assert len(world.rows("notify", sms_messages)) == 1


def test_of_answers_out_of_order_the_highest_revision_stands(world):
    world.hear("notify", approved(refund()))
    for revision in (2, 3, 1):
        world.hear("notify", answered(revision=revision))
    [prompt] = prompts_of(world)
    assert prompt.done_at == NOW + timedelta(minutes=3)


def test_open_prompts_come_first_then_the_latest(world):
    for minute, number in enumerate((1, 2, 3)):
        world.now = NOW + timedelta(minutes=minute)
        world.hear("notify", approved(refund(number=number)))
    world.hear("notify", answered(number=3))
    assert [prompt.refund_id.int for prompt in prompts_of(world)] == [2, 1, 3]
    assert [prompt.refund_id.int for prompt in prompts_of(world, open_only=True)] == [2, 1]


def test_an_employer_sees_its_own_prompts_only(world):
    world.hear("notify", approved(refund()))
    assert prompts_of(world, STRANGER) == ()
    with pytest.raises(Forbidden, match="employer_required"):
        prompts_of(world, RECEPTION)
    with pytest.raises(Forbidden, match="session_required"):
        prompts_of(world, None)


def test_five_thousand_refunds_in_one_message_make_nudges_of_a_thousand(world):
    employers = [f"91410181{number:010}" for number in range(2500)]
    refunds = [
        refund(number=number, employer=employers[number % 2500], phone=f"199{number:08}", refund_id=new_id())
        for number in range(5000)
    ]
    world.hear("notify", approved(*refunds))
    assert len(world.rows("notify", prompts)) == 5000
    nudges = world.published(PromptsRaised)
    assert [len(nudge.employers) for nudge in nudges] == [1000, 1000, 500]
    assert {code for nudge in nudges for code in nudge.employers} == set(employers)


def test_who_answers_before_the_sms_is_made_gets_none(world):
    world.hear("notify", approved(refund(), refund(number=328)))
    world.hear("notify", answered())
    world.sweep("notify", tell_by_sms)
    [sms] = world.rows("notify", sms_messages)
    assert sms.occasion == f"refund_approved/{UUID(int=328)}"


def test_sms_are_made_some_at_a_time_the_oldest_first_and_then_the_phones_are_forgotten(world):
    count = AT_A_TIME + 10
    refunds = [refund(number=number, phone=f"199{number:08}") for number in range(1, count + 1)]
    world.hear("notify", approved(*refunds[:10]))
    world.hear("notify", approved(*refunds[10:]))
    world.sweep("notify", tell_by_sms)
    first = {row.phone for row in world.rows("notify", sms_messages)}
    assert len(first) == AT_A_TIME and first >= {f"199{number:08}" for number in range(1, 11)}
    for _ in range(2):
        world.sweep("notify", tell_by_sms)
    occasions = {row.occasion for row in world.rows("notify", sms_messages)}
    assert occasions == {f"refund_approved/{one.refund_id}" for one in refunds}
    assert all(row.phone is None for row in world.rows("notify", prompts))


def test_sweepers_of_several_processes_make_each_sms_once(world):
    refunds = [refund(number=number, phone=f"199{number:08}") for number in range(1, 401)]
    world.hear("notify", approved(*refunds))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: tell_by_sms(world.job("notify")), range(8)))
    assert len(world.rows("notify", sms_messages)) == 400


def test_a_message_heard_by_several_at_once_raises_each_prompt_once(world):
    event = approved(*(refund(number=number) for number in range(1, 301)))
    assert not world.rows("notify", prompts)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: world.hear("notify", event, message_id=f"m{n % 2}"), range(4)))
    assert len(world.rows("notify", prompts)) == 300
