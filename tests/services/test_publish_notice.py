"""The notice lists what is confirmed and freezes every answer, in one step."""

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.confirmation import GetRefund, ListTodos, RefundState, SubmitTodos
from services.contracts.subsidy.notice import ListNoticeLines, ListNotices, PublishNotice, RefundsNoticed
from services.contracts.values import Choice, Post
from services.subsidy.confirmation.store import answers
from services.subsidy.decisions.store import decisions
from services.subsidy.notice.store import notice_lines
from tests.people import EMPLOYER, NOTICE_CLERK, REVIEWER, clerk
from tests.services.refunds import (
    MANUAL,
    answer,
    approved,
    employer_of,
    make_batch,
    refund_of,
    save,
    screened,
    unit,
)

OTHERS = [unit(1, amount=100), unit(2, amount=200), unit(3, amount=400)]


@pytest.fixture
def batch(world):
    """Four refunds are approved."""
    return approved(world, [MANUAL, *OTHERS])


def publish(world, batch, by=NOTICE_CLERK):
    return world.ask(PublishNotice(id=new_id(), batch_id=batch.batch_id), by=by)


def state_of(world, row):
    refund = world.ask(GetRefund(refund_id=refund_of(row)), by=employer_of(row))
    return refund.state, refund.choice


def test_it_lists_the_confirmed_counts_the_waived_and_leaves_the_unanswered_open(world, batch):
    answer(world, MANUAL)
    answer(world, OTHERS[0])
    answer(world, OTHERS[1], Choice.WAIVED)
    notice = publish(world, batch)
    assert (notice.number, notice.count, notice.amount, notice.waived) == ("GS-2023-0001", 2, 23713815, 1)
    lines = world.ask(ListNoticeLines(notice_id=notice.notice_id)).lines
    assert [line.unit_no for line in lines] == [OTHERS[0]["unit_no"], MANUAL["unit_no"]]
    assert state_of(world, MANUAL) == (RefundState.NOTICED, Choice.CONFIRMED)
    assert state_of(world, OTHERS[1]) == (RefundState.NOTICED, Choice.WAIVED)
    assert state_of(world, OTHERS[2]) == (RefundState.APPROVED, None)


def test_after_it_no_answer_is_taken_and_the_refusal_names_the_notice(world, batch):
    answer(world, MANUAL)
    answer(world, OTHERS[0], Choice.WAIVED)
    left_over = save(world, MANUAL, Choice.WAIVED)
    notice = publish(world, batch)
    for row in (MANUAL, OTHERS[0]):
        with pytest.raises(Refused, match="refund_noticed") as refused:
            save(world, row)
        assert refused.value.facts == {
            "notice": "GS-2023-0001",
            "noticed_at": notice.published_at.isoformat(),
        }
    outcome = world.ask(SubmitTodos(id=new_id(), todo_ids=(left_over.todo_id,)), by=employer_of(MANUAL))
    assert [(item.code, item.refund_id) for item in outcome.items] == [("refund_noticed", refund_of(MANUAL))]
    assert (outcome.succeeded, outcome.failed) == (0, 1)
    assert len(world.rows("subsidy", answers)) == 2
    assert world.ask(ListTodos(), by=employer_of(MANUAL)).todos == (left_over,)


def test_what_was_unanswered_comes_into_a_later_notice_of_the_same_batch(world, batch):
    answer(world, MANUAL)
    first = publish(world, batch)
    answer(world, OTHERS[2])
    answer(world, OTHERS[1], Choice.WAIVED)
    second = publish(world, batch)
    assert (second.number, second.count, second.amount, second.waived) == ("GS-2023-0002", 1, 400, 1)
    listed = {row.refund_id: row.notice_id for row in world.rows("subsidy", notice_lines)}
    assert listed == {refund_of(MANUAL): first.notice_id, refund_of(OTHERS[2]): second.notice_id}
    with pytest.raises(Refused, match="nothing_confirmed"):
        publish(world, batch)


def test_without_a_confirmation_there_is_no_notice_and_nothing_is_frozen(world, batch):
    answer(world, MANUAL, Choice.WAIVED)
    with pytest.raises(Refused, match="nothing_confirmed"):
        publish(world, batch)
    answer(world, MANUAL, Choice.CONFIRMED)
    assert publish(world, batch).number == "GS-2023-0001"


def test_only_an_approved_batch_is_published(world):
    made = make_batch(world, screened(world, [MANUAL]))
    with pytest.raises(Refused, match="batch_not_approved"):
        publish(world, made)
    with pytest.raises(Missing, match="batch_missing"):
        world.ask(PublishNotice(id=new_id(), batch_id=new_id()), by=NOTICE_CLERK)


def test_it_needs_the_post_and_the_region_of_the_batch(world, batch):
    answer(world, MANUAL)
    for actor, code in [
        (REVIEWER, "post_required"),
        (EMPLOYER, "post_required"),
        (clerk(Post.NOTICE, region="410100"), "not_your_region"),  # the batch is the province's
    ]:
        with pytest.raises(Forbidden, match=code):
            publish(world, batch, by=actor)
    assert world.ask(ListNotices()).notices == ()


def test_all_frozen_refunds_are_told_waived_ones_too(world, batch, monkeypatch):
    answer(world, MANUAL)
    answer(world, OTHERS[0], Choice.WAIVED)
    answer(world, OTHERS[1])
    settings = world.settings("subsidy").model_copy(update={"refunds_per_message": 2})
    monkeypatch.setattr(world, "settings", lambda service: settings)
    notice = publish(world, batch)
    told = world.published(RefundsNoticed)
    assert [len(event.refund_ids) for event in told] == [2, 1]
    assert {id for event in told for id in event.refund_ids} == {
        refund_of(row) for row in (MANUAL, *OTHERS[:2])
    }
    assert {(event.number, event.notice_id) for event in told} == {("GS-2023-0001", notice.notice_id)}


def test_anybody_reads_notices_in_pages_with_masked_codes(world, batch):
    for row in (MANUAL, *OTHERS):
        answer(world, row)
    notice = publish(world, batch)
    assert world.ask(ListNotices()).notices == (notice,)
    first = world.ask(ListNoticeLines(notice_id=notice.notice_id, limit=3))
    rest = world.ask(ListNoticeLines(notice_id=notice.notice_id, limit=3, after=first.next_after))
    [manual] = rest.lines
    assert rest.next_after is None and len(first.lines) == 3
    assert (manual.credit_code_masked, manual.headcount, manual.amount) == (
        "91410**********42W",
        1180,
        23713715,
    )
    with pytest.raises(Missing, match="notice_missing"):
        world.ask(ListNoticeLines(notice_id=new_id()))


def test_the_decision_is_written_down(world, batch):
    answer(world, MANUAL)
    notice = publish(world, batch)
    last = world.rows("subsidy", decisions)[-1]
    assert (last.what, last.actor_id, last.subject_id) == (
        "publish_notice",
        NOTICE_CLERK.id,
        notice.notice_id,
    )
