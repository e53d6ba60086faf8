"""Batches that wait for their check: units are held out and taken back, the maker withdraws."""

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchState,
    GetBatch,
    HoldOutItem,
    ListBatchItems,
    ReturnBatch,
    TakeItemBack,
    WithdrawBatch,
)
from services.contracts.values import Post
from services.subsidy.approval.domain import control_totals
from services.subsidy.approval.store.items import batch_items
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.decisions.store import decisions
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER, clerk
from tests.services.refunds import approve_batch, make_batch, refund_of, screened, unit
from tests.services.test_bank_accounts import NEW, certified, change

ROWS = [unit(number, amount=amount) for number, amount in ((1, 100), (2, 200), (3, 100))]
FIRST, SECOND, THIRD = ROWS


@pytest.fixture
def run(world):
    return screened(world, ROWS)


@pytest.fixture
def batch(world, run):
    return make_batch(world, run)


def hold_out(world, batch, row, reason="账户待核实", by=APPROVER):
    command = HoldOutItem(id=new_id(), batch_id=batch.batch_id, unit_no=row["unit_no"], reason=reason)
    return world.ask(command, by=by)


def take_back(world, batch, row, by=APPROVER):
    return world.ask(TakeItemBack(id=new_id(), batch_id=batch.batch_id, unit_no=row["unit_no"]), by=by)


def withdraw(world, batch, by=APPROVER):
    return world.ask(WithdrawBatch(id=new_id(), batch_id=batch.batch_id, reason="条件有误"), by=by)


def approve(world, batch, by=REVIEWER, **other):
    seen = {"count": batch.count, "amount": batch.amount, "digest": batch.digest} | other
    return world.ask(ApproveBatch(id=new_id(), batch_id=batch.batch_id, **seen), by=by)


def lines(world, batch, by=REVIEWER, **kind):
    return world.ask(ListBatchItems(batch_id=batch.batch_id, **kind), by=by).items


def digest_of(*rows):
    return control_totals((row["unit_no"], row["amount"]) for row in rows).digest


def test_the_totals_follow_what_is_held_out_and_taken_back(world, batch):
    held = hold_out(world, batch, SECOND)
    assert (held.state, held.count, held.amount, held.held_out) == (BatchState.MADE, 2, 200, 1)
    assert held.digest == digest_of(FIRST, THIRD)
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=REVIEWER) == held
    assert take_back(world, batch, SECOND) == batch


def test_the_checker_sees_what_is_held_out_and_why(world, batch):
    hold_out(world, batch, SECOND)
    assert [(line.unit_no, line.held_out) for line in lines(world, batch, held_out=True)] == [
        (SECOND["unit_no"], "账户待核实")
    ]
    assert [line.unit_no for line in lines(world, batch)] == [FIRST["unit_no"], THIRD["unit_no"]]
    assert lines(world, batch, left_out=True) == ()


def test_a_unit_that_is_held_out_gets_no_refund_and_comes_into_a_later_batch(world, run, batch):
    done = approve_batch(world, hold_out(world, batch, SECOND))
    assert (done.state, done.refunds_made) == (BatchState.APPROVED, 2)
    assert {row.id for row in world.rows("subsidy", refunds)} == {refund_of(FIRST), refund_of(THIRD)}
    assert [line.refund_id for line in lines(world, batch, held_out=True)] == [None]
    later = make_batch(world, run)
    assert (later.count, later.amount) == (1, 200)
    assert approve_batch(world, later).state is BatchState.APPROVED
    assert len(world.rows("subsidy", refunds)) == 3


def test_a_unit_that_another_batch_has_taken_does_not_come_back(world, run, batch):
    held = hold_out(world, batch, SECOND)
    other = make_batch(world, run)
    with pytest.raises(Conflict, match="held_by_another_batch"):
        take_back(world, batch, SECOND)
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=APPROVER) == held
    withdraw(world, other)
    assert take_back(world, batch, SECOND).count == 3


def test_approval_with_the_totals_before_the_hold_out_is_refused(world, batch):
    hold_out(world, batch, SECOND)
    with pytest.raises(Conflict, match="totals_changed"):
        approve(world, batch)


def test_other_units_with_the_same_count_and_amount_are_other_totals(world, batch):
    seen = hold_out(world, batch, FIRST)
    hold_out(world, batch, THIRD)
    now = take_back(world, batch, FIRST)
    assert (now.count, now.amount) == (seen.count, seen.amount)
    for digest in (seen.digest, None):
        with pytest.raises(Conflict, match="totals_changed"):
            approve(world, now, digest=digest)
    assert approve(world, now).state is BatchState.APPROVING


def test_a_batch_that_was_never_changed_is_approved_without_its_digest(world, batch):
    with pytest.raises(Conflict, match="totals_changed"):
        approve(world, batch, digest="0" * 64)
    assert approve(world, batch, digest=None).state is BatchState.APPROVING


def test_only_a_line_that_counts_is_held_out_and_only_one_held_out_is_taken_back(world):
    missing = unit(4, phone=None)
    batch = make_batch(world, screened(world, [*ROWS, missing]))
    with pytest.raises(Refused, match="line_does_not_count"):
        hold_out(world, batch, missing)
    for row in (missing, FIRST):
        with pytest.raises(Refused, match="line_not_held_out"):
            take_back(world, batch, row)
    hold_out(world, batch, FIRST)
    with pytest.raises(Refused, match="line_does_not_count"):
        hold_out(world, batch, FIRST)
    for act in (hold_out, take_back):
        with pytest.raises(Missing, match="batch_line_missing"):
            act(world, batch, unit(9))
        with pytest.raises(Missing, match="batch_missing"):
            act(world, batch.model_copy(update={"batch_id": new_id()}), FIRST)


def test_the_last_line_is_not_held_out(world, batch):
    for row in (FIRST, SECOND):
        hold_out(world, batch, row)
    with pytest.raises(Refused, match="last_line_of_batch"):
        hold_out(world, batch, THIRD)
    assert [line.unit_no for line in lines(world, batch)] == [THIRD["unit_no"]]


def test_a_colleague_of_the_maker_holds_out_but_does_not_check_then(world, batch):
    both = clerk(Post.APPROVER, Post.REVIEWER, id="colleague")
    held = hold_out(world, batch, FIRST, by=both)
    back = take_back(world, batch, FIRST)
    for seen in (held, back):
        with pytest.raises(Forbidden, match="changer_is_checker"):
            approve(world, seen, by=both)
    with pytest.raises(Forbidden, match="changer_is_checker"):
        world.ask(ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="x"), by=both)
    assert approve(world, back).state is BatchState.APPROVING


def test_changing_is_for_the_post_of_the_maker_within_the_region(world, run):
    batch = make_batch(world, run, region="410100")
    far = clerk(Post.APPROVER, id="far", region="410200")
    for act in (
        lambda by: hold_out(world, batch, FIRST, by=by),
        lambda by: take_back(world, batch, FIRST, by=by),
        lambda by: withdraw(world, batch, by=by),
    ):
        for by in (REVIEWER, AUDITOR, EMPLOYER):
            with pytest.raises(Forbidden, match="post_required"):
                act(by)
        with pytest.raises(Forbidden, match="not_your_region"):
            act(far)


def test_only_its_maker_withdraws_a_batch_and_its_units_are_free(world, run, batch):
    hold_out(world, batch, SECOND)
    with pytest.raises(Forbidden, match="not_your_batch"):
        withdraw(world, batch, by=clerk(Post.APPROVER, id="colleague"))
    gone = withdraw(world, batch)
    assert (gone.state, gone.reason, gone.checker) == (BatchState.WITHDRAWN, "条件有误", None)
    assert make_batch(world, run).count == 3
    assert len(lines(world, batch)) == 2 and len(lines(world, batch, held_out=True)) == 1


@pytest.mark.parametrize("end", ["approve", "return", "withdraw"])
def test_after_the_check_or_the_withdrawal_nothing_changes(world, batch, end):
    held = hold_out(world, batch, SECOND)
    if end == "approve":
        approve(world, held)
    elif end == "return":
        world.ask(ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="x"), by=REVIEWER)
    else:
        withdraw(world, batch)
    before = world.rows("subsidy", batch_items)
    for act in (
        lambda: hold_out(world, batch, FIRST),
        lambda: take_back(world, batch, SECOND),
        lambda: withdraw(world, batch),
        lambda: approve(world, held),
    ):
        with pytest.raises(Refused, match="batch_not_open"):
            act()
    assert world.rows("subsidy", batch_items) == before


def test_a_change_of_account_reaches_a_unit_that_is_held_out(world, batch):
    held = hold_out(world, batch, SECOND)
    change(world, SECOND, by=certified(SECOND))
    approve_batch(world, take_back(world, held, SECOND))
    accounts = {row.unit_no: unseal(row.account) for row in world.rows("subsidy", refunds)}
    assert accounts[SECOND["unit_no"]] == NEW != accounts[FIRST["unit_no"]]


def test_a_change_of_account_leaves_alone_what_a_withdrawn_batch_held_out(world, batch):
    hold_out(world, batch, SECOND)
    withdraw(world, batch)
    before = world.rows("subsidy", batch_items)
    change(world, SECOND, by=certified(SECOND))
    assert world.rows("subsidy", batch_items) == before


def test_each_change_is_written_down_for_the_batch_and_for_the_refund_of_the_unit(world, batch):
    hold_out(world, batch, SECOND)
    take_back(world, batch, SECOND)
    withdraw(world, batch)
    written = [(row.what, row.actor_id, row.subject_id) for row in world.rows("subsidy", decisions)]
    subjects = (batch.batch_id, refund_of(SECOND))
    assert written[1:] == [
        *(("hold_out_item", APPROVER.id, subject) for subject in subjects),
        *(("take_item_back", APPROVER.id, subject) for subject in subjects),
        ("withdraw_batch", APPROVER.id, batch.batch_id),
    ]


def test_the_database_alone_keeps_a_line_from_being_held_and_held_out(world, batch):
    forged = batch_items.update().values(held_out="x")
    with pytest.raises(sa.exc.IntegrityError, match="held_or_held_out"):
        with world.database("subsidy").write() as connection:
            connection.execute(forged)
