"""The rules of approval, without a database."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.errors import Conflict, Forbidden, Refused
from services.contracts.subsidy.approval import BatchFilter, BatchState
from services.contracts.values import Post
from services.subsidy.approval.domain import Batch, Line, control_totals, require_maker, require_onlooker
from tests.people import APPROVER, EMPLOYER, REVIEWER, clerk

NOW = datetime(2023, 9, 14, 1, 0, tzinfo=UTC)
LINES = [("410181000327", 23713715), ("410181000328", 1)]
BATCH = Batch(
    id="b",
    number="PL-2023-0001",
    screening_id="s",
    programme_year=2023,
    base_year=2022,
    policy_version=1,
    policy_digest="d",
    deadline=date(2023, 12, 31),
    region="410100",
    filter=BatchFilter(),
    state=BatchState.FILLING,
    maker=APPROVER.id,
    maker_name=APPROVER.name,
    made_at=NOW,
)
MADE = BATCH.freeze(totals=control_totals(LINES), left_out=3, outcomes={})


def test_control_totals_are_count_sum_and_a_digest_over_the_lines_in_order():
    totals = control_totals(iter(LINES))
    digest = hashlib.sha256(b"410181000327,23713715\n410181000328,1\n").hexdigest()
    assert (totals.count, totals.amount, totals.digest) == (2, 23713716, digest)
    assert control_totals(reversed(LINES)).digest != digest


def test_freezing_fixes_the_totals_once():
    assert (MADE.state, MADE.count, MADE.amount, MADE.left_out) == (BatchState.MADE, 2, 23713716, 3)
    assert MADE.freeze(totals=control_totals([]), left_out=0, outcomes={}) == MADE


def test_an_empty_batch_goes_back_by_itself_and_says_why():
    empty = BATCH.freeze(totals=control_totals([]), left_out=7, outcomes={})
    assert (empty.state, empty.reason, empty.left_out) == (BatchState.RETURNED, "empty_batch", 7)


def test_another_clerk_approves_what_it_looked_at():
    approving = MADE.approve(by=REVIEWER, count=2, amount=23713716, at=NOW)
    assert (approving.state, approving.checker, approving.checked_at) == (
        BatchState.APPROVING,
        REVIEWER.id,
        NOW,
    )


@pytest.mark.parametrize("count, amount", [(1, 23713716), (2, 23713715), (0, 0)])
def test_other_totals_than_those_of_the_batch_conflict(count, amount):
    with pytest.raises(Conflict, match="totals_changed"):
        MADE.approve(by=REVIEWER, count=count, amount=amount, at=NOW)


def test_the_maker_checks_nothing_it_made_even_with_both_posts():
    both = clerk(Post.APPROVER, Post.REVIEWER, id=APPROVER.id)
    with pytest.raises(Forbidden, match="maker_is_checker"):
        MADE.approve(by=both, count=2, amount=23713716, at=NOW)
    with pytest.raises(Forbidden, match="maker_is_checker"):
        MADE.send_back(by=both, reason="x", at=NOW)


@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.MADE])
def test_only_a_made_batch_is_checked(state):
    with pytest.raises(Refused, match="batch_not_open"):
        replace(MADE, state=state).approve(by=REVIEWER, count=2, amount=23713716, at=NOW)
    with pytest.raises(Refused, match="batch_not_open"):
        replace(MADE, state=state).send_back(by=REVIEWER, reason="x", at=NOW)


def test_checking_needs_the_post_and_the_region():
    for actor, code in [
        (clerk(Post.APPROVER, id="other"), "post_required"),
        (EMPLOYER, "post_required"),
        (clerk(Post.REVIEWER, region="410200"), "not_your_region"),
        (clerk(Post.REVIEWER, region=""), "not_your_region"),
    ]:
        with pytest.raises(Forbidden, match=code):
            MADE.approve(by=actor, count=2, amount=23713716, at=NOW)


def without(*held_out):
    return control_totals(line for line in LINES if line[0] not in held_out)


def test_who_changed_a_batch_does_not_check_it_and_others_need_its_digest():
    held = MADE.change(by=APPROVER, totals=without("410181000328"), held_out=1)
    changed = held.change(by=clerk(Post.APPROVER, id="colleague"), totals=control_totals(LINES), held_out=-1)
    assert (held.count, held.amount, held.held_out) == (1, 23713715, 1)
    assert (changed.digest, changed.held_out) == (MADE.digest, 0)
    totals = {"count": 2, "amount": 23713716, "at": NOW}
    with pytest.raises(Forbidden, match="changer_is_checker"):
        changed.approve(by=clerk(Post.REVIEWER, id="colleague"), digest=changed.digest, **totals)
    for digest in (None, held.digest):
        with pytest.raises(Conflict, match="totals_changed"):
            changed.approve(by=REVIEWER, digest=digest, **totals)
    assert changed.approve(by=REVIEWER, digest=changed.digest, **totals).state is BatchState.APPROVING


def test_a_batch_keeps_one_line():
    with pytest.raises(Refused, match="last_line_of_batch"):
        MADE.change(by=APPROVER, totals=control_totals([]), held_out=1)


@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.MADE])
def test_only_a_batch_that_waits_for_its_check_is_changed_or_withdrawn(state):
    batch = replace(MADE, state=state)
    with pytest.raises(Refused, match="batch_not_open"):
        batch.change(by=APPROVER, totals=control_totals(LINES), held_out=1)
    with pytest.raises(Refused, match="batch_not_open"):
        batch.withdraw(by=APPROVER, reason="x")


def test_the_maker_alone_withdraws():
    gone = MADE.withdraw(by=APPROVER, reason="x")
    assert (gone.state, gone.reason, gone.checker) == (BatchState.WITHDRAWN, "x", None)
    with pytest.raises(Forbidden, match="not_your_batch"):
        MADE.withdraw(by=clerk(Post.APPROVER, id="colleague"), reason="x")
    with pytest.raises(Forbidden, match="post_required"):
        MADE.withdraw(by=clerk(Post.REVIEWER, id=APPROVER.id), reason="x")


@given(
    st.sampled_from(["", "account bank"]), st.lists(st.sampled_from(["hold_out", "take_back"]), max_size=8)
)
def test_a_line_is_held_out_and_taken_back_in_turns_and_never_when_something_is_missing(missing, acts):
    line = Line(unit_no="410181000327", missing=missing, held_out=None)
    for act in acts:
        is_free = line.held_out is None and not missing if act == "hold_out" else line.held_out is not None
        try:
            line = line.hold_out(reason="x") if act == "hold_out" else line.take_back()
        except Refused:
            assert not is_free
        else:
            assert is_free and (line.held_out == "x") is (act == "hold_out")


def test_a_batch_is_finished_when_each_line_has_its_refund():
    half = replace(MADE, state=BatchState.APPROVING).with_refunds(count=1, up_to="410181000327")
    with pytest.raises(ValueError):
        half.finish()
    assert half.with_refunds(count=1, up_to="410181000328").finish().state is BatchState.APPROVED


def test_a_batch_covers_the_region_of_the_filter_or_of_its_maker():
    assert require_maker(actor=clerk(Post.APPROVER, region="410100"), filter=BatchFilter()) == "410100"
    narrow = BatchFilter(region="410181")
    assert require_maker(actor=clerk(Post.APPROVER, region="410100"), filter=narrow) == "410181"
    for actor in (clerk(Post.APPROVER, region="410200"), clerk(Post.APPROVER, region="")):
        with pytest.raises(Forbidden, match="not_your_region"):
            require_maker(actor=actor, filter=narrow)


def test_a_clerk_without_a_region_sees_no_batch():
    with pytest.raises(Forbidden, match="not_your_region"):
        require_onlooker(actor=clerk(Post.AUDITOR, region=""), region="")
