"""Batches: made by one, checked by another, their refunds made once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.schema import outbox
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchApproved,
    BatchFilter,
    BatchRequested,
    BatchState,
    GetBatch,
    ListBatches,
    ListBatchItems,
    MakeBatch,
    RefundsApproved,
    ReturnBatch,
)
from services.contracts.subsidy.screening import Outcome, ScreeningState
from services.contracts.values import Post, SizeClass
from services.subsidy.approval import jobs
from services.subsidy.approval.store.batches import batches, get_batch
from services.subsidy.approval.store.items import batch_items
from services.subsidy.approval.store.refunds import add_refunds, refund_id, refund_number, refunds
from services.subsidy.decisions.store import decisions
from tests.people import APPROVER, AUDITOR, EMPLOYER, RECEPTION, REVIEWER, clerk
from tests.services.refunds import (
    MANUAL,
    approve_batch,
    approved,
    import_units,
    make_batch,
    refund_of,
    screened,
    unit,
)


def test_a_batch_takes_what_is_eligible_and_fixes_its_totals(world):
    rows = [MANUAL, unit(1, amount=5), unit(2, outcome=Outcome.INELIGIBLE), unit(3, outcome=Outcome.UNKNOWN)]
    batch = make_batch(world, screened(world, rows))
    lines = f"{unit(1)['unit_no']},5\n{MANUAL['unit_no']},23713715\n"
    assert (batch.state, batch.number) == (BatchState.MADE, "PL-2023-0001")
    assert (batch.count, batch.amount) == (2, 23713720)
    assert batch.digest == hashlib.sha256(lines.encode()).hexdigest()


def test_the_numbers_of_batches_have_no_gaps(world):
    run = screened(world, [MANUAL])
    with pytest.raises(Missing):
        make_batch(world, new_id())
    assert [make_batch(world, run).number for _ in range(2)] == ["PL-2023-0001", "PL-2023-0002"]


def test_a_batch_rests_on_a_finished_run(world):
    run = screened(world, [MANUAL], state=ScreeningState.RUNNING)
    with pytest.raises(Refused, match="screening_not_done"):
        make_batch(world, run)


@pytest.mark.parametrize(
    "filter, taken",
    [
        ({}, [1, 2, 3]),
        ({"region": "410100"}, [1, 2]),
        ({"region": "410182"}, [2]),
        ({"sizes": (SizeClass.MICRO,)}, [3]),
        ({"min_amount": 200}, [2, 3]),
        ({"max_amount": 200}, [1, 2]),
        ({"min_amount": 200, "max_amount": 200}, [2]),
    ],
)
def test_the_filter_chooses(world, filter, taken):
    rows = [
        unit(1, amount=100),
        unit(2, region="410182", amount=200),
        unit(3, region="410200", amount=300, size_class=SizeClass.MICRO),
    ]
    batch = make_batch(world, screened(world, rows), **filter)
    page = world.ask(ListBatchItems(batch_id=batch.batch_id), by=APPROVER)
    assert [int(item.unit_no[6:]) for item in page.items] == taken


def test_a_batch_stays_within_the_region_of_its_maker(world):
    run = screened(world, [unit(1), unit(2, region="410200")])
    city = clerk(Post.APPROVER, region="410100")
    assert make_batch(world, run, by=city).count == 1
    with pytest.raises(Forbidden, match="not_your_region"):
        make_batch(world, run, by=city, region="410200")


def test_units_that_could_not_be_paid_are_left_out_and_listed(world):
    rows = [unit(1), unit(2, account=None, bank=None), unit(3, account_name=None), unit(4, phone=None)]
    batch = make_batch(world, screened(world, rows))
    assert (batch.count, batch.left_out) == (1, 3)
    page = world.ask(ListBatchItems(batch_id=batch.batch_id, left_out=True), by=APPROVER)
    assert [item.missing for item in page.items] == [("account", "bank"), ("account_name",), ("phone",)]


def test_an_account_that_was_put_right_after_the_screening_counts(world):
    run = screened(world, [unit(1, account=None)])
    import_units(world, [unit(1, account="6222000000000001")])
    batch = make_batch(world, run)
    assert (batch.count, batch.left_out) == (1, 0)


def test_a_unit_that_left_the_registry_is_left_out(world):
    run = screened(world, [unit(1), unit(2), unit(3)])
    import_units(world, [unit(1), unit(3, credit_code="91410100MA99999999")])
    batch = make_batch(world, run)
    page = world.ask(ListBatchItems(batch_id=batch.batch_id, left_out=True), by=APPROVER)
    assert batch.count == 1 and [item.missing[0] for item in page.items] == ["unit", "unit"]


def test_a_batch_without_a_line_goes_back_by_itself(world):
    batch = make_batch(world, screened(world, [unit(1, phone=None)]))
    assert (batch.state, batch.reason, batch.left_out) == (BatchState.RETURNED, "empty_batch", 1)


def test_filling_again_changes_nothing(world):
    batch = make_batch(world, screened(world, [unit(1), unit(2, phone=None)]))
    before = world.rows("subsidy", batch_items)
    world.work("subsidy", BatchRequested(at=world.now, batch_id=batch.batch_id))
    assert world.rows("subsidy", batch_items) == before
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=APPROVER) == batch


def test_filling_that_was_interrupted_goes_on(world, monkeypatch):
    run = screened(world, [unit(1), unit(2, phone=None)])
    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(jobs, "control_totals", _killed)
        make_batch(world, run)
    [waiting] = world.ask(ListBatches(), by=APPROVER).batches
    assert waiting.state is BatchState.FILLING and len(world.rows("subsidy", batch_items)) == 2
    world.work("subsidy", BatchRequested(at=world.now, batch_id=waiting.batch_id))
    batch = world.ask(GetBatch(batch_id=waiting.batch_id), by=APPROVER)
    assert (batch.state, batch.count, batch.left_out) == (BatchState.MADE, 1, 1)


def _killed(*_, **__):
    raise OSError("killed")


def test_a_unit_is_in_one_batch_of_a_programme(world):
    run = screened(world, [unit(1), unit(2)])
    first = make_batch(world, run, max_amount=10**9)
    assert first.count == 2
    second = make_batch(world, run)
    assert (second.state, second.reason) == (BatchState.RETURNED, "empty_batch")


def test_two_batches_filled_at_once_share_no_unit(world):
    run = screened(world, [unit(number) for number in range(500)])
    orders = [MakeBatch(id=new_id(), screening_id=run) for _ in range(3)]
    for order in orders:
        world.ask(order, by=APPROVER)
    with ThreadPoolExecutor() as pool:
        list(
            pool.map(
                lambda order: world.work("subsidy", BatchRequested(at=world.now, batch_id=order.id)), orders
            )
        )
    made = [world.ask(GetBatch(batch_id=order.id), by=APPROVER) for order in orders]
    assert sum(batch.count for batch in made) == 500
    assert len({row.held for row in world.rows("subsidy", batch_items)}) == 500


def test_the_database_alone_keeps_a_unit_from_a_second_batch(world):
    run = screened(world, [unit(1)])
    make_batch(world, run)
    other = world.ask(MakeBatch(id=new_id(), screening_id=run), by=APPROVER)
    row = dict(world.rows("subsidy", batch_items)[0]._mapping) | {"batch_id": other.batch_id}
    with pytest.raises(sa.exc.IntegrityError), world.database("subsidy").write() as connection:
        connection.execute(batch_items.insert().values(row))
    with world.database("subsidy").write() as connection:
        connection.execute(batch_items.insert().values(row | {"held": None}))


def test_a_returned_batch_frees_its_units(world):
    run = screened(world, [unit(1), unit(2)])
    batch = make_batch(world, run)
    back = world.ask(ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="总数不符"), by=REVIEWER)
    assert (back.state, back.reason, back.checker) == (BatchState.RETURNED, "总数不符", REVIEWER.name)
    assert make_batch(world, run).count == 2
    assert len(world.ask(ListBatchItems(batch_id=batch.batch_id), by=REVIEWER).items) == 2


def test_the_maker_cannot_check_its_batch(world):
    both = clerk(Post.APPROVER, Post.REVIEWER)
    batch = make_batch(world, screened(world, [unit(1)]), by=both)
    approve = ApproveBatch(id=new_id(), batch_id=batch.batch_id, count=1, amount=23713715)
    with pytest.raises(Forbidden, match="maker_is_checker"):
        world.ask(approve, by=both)
    with pytest.raises(Forbidden, match="maker_is_checker"):
        world.ask(ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="x"), by=both)


@pytest.mark.parametrize("state", [BatchState.APPROVING, BatchState.APPROVED, BatchState.RETURNED])
def test_the_database_alone_keeps_the_maker_from_checking(world, state):
    batch = make_batch(world, screened(world, [unit(1)]))
    forged = batches.update().where(batches.c.id == batch.batch_id).values(state=state, checker=APPROVER.id)
    with pytest.raises(sa.exc.IntegrityError, match="maker_is_not_checker"):
        with world.database("subsidy").write() as connection:
            connection.execute(forged)


def test_the_database_alone_keeps_a_batch_from_being_approved_by_nobody(world):
    batch = make_batch(world, screened(world, [unit(1)]))
    forged = batches.update().where(batches.c.id == batch.batch_id).values(state=BatchState.APPROVED)
    with pytest.raises(sa.exc.IntegrityError, match="approved_by_a_checker"):
        with world.database("subsidy").write() as connection:
            connection.execute(forged)


def test_approval_needs_the_totals_that_were_looked_at(world):
    batch = make_batch(world, screened(world, [unit(1)]))
    with pytest.raises(Conflict, match="totals_changed") as conflict:
        world.ask(ApproveBatch(id=new_id(), batch_id=batch.batch_id, count=1, amount=1), by=REVIEWER)
    assert conflict.value.facts == {"count": 1, "amount": 23713715}


def test_an_approved_batch_has_a_refund_for_each_line_with_all_that_was_frozen(world):
    batch = approved(world, [MANUAL, unit(2, phone=None)])
    assert (batch.state, batch.refunds_made, batch.count) == (BatchState.APPROVED, 1, 1)
    [refund] = world.rows("subsidy", refunds)
    assert (refund.id, refund.number) == (refund_of(MANUAL), "WGFH-2023-410181000327")
    assert (refund.base, refund.ratio, refund.layoff_rate, refund.amount) == (79045717, 3000, 0, 23713715)
    assert (refund.bank, refund.contact, refund.headcount) == ("中国银行", "张敏", 1180)
    assert (refund.base_year, refund.deadline.isoformat()) == (2022, "2023-12-31")
    assert "263707101046" not in str(refund) and "19903700001" not in str(refund)
    [event] = world.published(RefundsApproved)
    assert [(one.refund_id, one.employer, one.amount) for one in event.refunds] == [
        (refund.id, EMPLOYER.employer, 23713715)
    ]


def test_a_line_leads_to_its_refund_once_the_batch_is_approved(world):
    batch = make_batch(world, screened(world, [unit(1)]))
    lines = ListBatchItems(batch_id=batch.batch_id)
    assert [item.refund_id for item in world.ask(lines, by=REVIEWER).items] == [None]
    approve_batch(world, batch)
    [refund] = world.rows("subsidy", refunds)
    assert [item.refund_id for item in world.ask(lines, by=REVIEWER).items] == [refund.id]


def test_what_was_frozen_does_not_follow_the_registry(world):
    batch = make_batch(world, screened(world, [unit(1)]))
    import_units(world, [unit(1, bank="建设银行", phone=None)])
    approve_batch(world, batch)
    assert [refund.bank for refund in world.rows("subsidy", refunds)] == ["中国银行"]


def test_refunds_are_made_in_chunks_and_once_however_often_the_job_is_killed(world, monkeypatch):
    rows = [unit(number) for number in range(2_500)]
    batch = make_batch(world, screened(world, rows))
    world.ask(
        ApproveBatch(id=new_id(), batch_id=batch.batch_id, count=2_500, amount=batch.amount), by=REVIEWER
    )
    settings = world.settings("subsidy").model_copy(update={"refunds_per_message": 1_000})
    monkeypatch.setattr(world, "settings", lambda service: settings)
    event, seen = BatchApproved(at=world.now, batch_id=batch.batch_id), []
    for _ in range(3):
        with monkeypatch.context() as patched, pytest.raises(OSError):
            patched.setattr(jobs, "refunds_approved", _killed)  # within a chunk: nothing of it stays
            world.work("subsidy", event)
        jobs._make_chunk(world.job("subsidy"), batch.batch_id)
        seen.append(world.ask(GetBatch(batch_id=batch.batch_id), by=REVIEWER).refunds_made)
    world.work("subsidy", event)
    world.work("subsidy", event)
    done = world.ask(GetBatch(batch_id=batch.batch_id), by=REVIEWER)
    assert seen == [1_000, 2_000, 2_500] and (done.state, done.refunds_made) == (BatchState.APPROVED, 2_500)
    told = world.published(RefundsApproved)
    assert [len(one.refunds) for one in told] == [1_000, 1_000, 500]
    ids = [refund.refund_id for one in told for refund in one.refunds]
    assert len(set(ids)) == 2_500 and set(ids) == {row.id for row in world.rows("subsidy", refunds)}
    assert refund_number(2023, rows[0]["unit_no"]) == told[0].refunds[0].number


def test_the_event_that_is_made_of_texts_is_what_its_contract_would_have_written(world):
    approved(world, [unit(1, unit_name='引号"和\\反斜线'), unit(2)])
    approvals = [row.body for row in world.rows("subsidy", outbox) if "refunds" in row.body]
    [told] = approvals
    assert told == RefundsApproved.model_validate(told).to_wire()
    assert [one["unit_name"] for one in told["refunds"]] == ['引号"和\\反斜线', "单位2"]
    assert all(one["phone"].startswith("k1.") for one in told["refunds"])


def test_a_refund_has_all_that_its_line_had(world):
    approved(world, [unit(1), unit(2, size_class=None)])
    lines = {row.unit_no: row._mapping for row in world.rows("subsidy", batch_items)}
    for refund in world.rows("subsidy", refunds):
        line, made = lines[refund.unit_no], refund._mapping
        shared = (set(line) & set(made)) - {"programme_year"}
        assert {name: made[name] for name in shared} == {name: line[name] for name in shared}
        assert (refund.id, refund.number) == (
            refund_id(2023, refund.unit_no),
            refund_number(2023, refund.unit_no),
        )
        assert (refund.programme_year, refund.deadline.year) == (2023, 2023)


def test_a_line_that_is_not_there_becomes_no_refund(world):
    batch = make_batch(world, screened(world, [unit(1)]))
    with pytest.raises(sa.exc.IntegrityError), world.job("subsidy").unit_of_work() as uow:
        add_refunds(uow, get_batch(uow, batch.batch_id), {"410181999999": str(new_id())})


def test_another_region_sees_and_touches_nothing(world):
    batch = make_batch(world, screened(world, [unit(1)]), region="410100")
    elsewhere = clerk(Post.APPROVER, Post.REVIEWER, Post.AUDITOR, id="far", region="410200")
    for request in (
        GetBatch(batch_id=batch.batch_id),
        ListBatchItems(batch_id=batch.batch_id),
        ApproveBatch(id=new_id(), batch_id=batch.batch_id, count=1, amount=batch.amount),
        ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="x"),
    ):
        with pytest.raises(Forbidden, match="not_your_region"):
            world.ask(request, by=elsewhere)
    assert world.ask(ListBatches(), by=elsewhere).batches == ()
    county = clerk(Post.AUDITOR, region="410181")
    assert world.ask(ListBatches(), by=county).batches == ()
    assert len(world.ask(ListBatches(), by=AUDITOR).batches) == 1


def test_batches_are_for_their_posts(world):
    run = screened(world, [unit(1)])
    for actor in (RECEPTION, REVIEWER, EMPLOYER):
        with pytest.raises(Forbidden, match="post_required"):
            world.ask(MakeBatch(id=new_id(), screening_id=run), by=actor)
    with pytest.raises(Forbidden, match="post_required"):
        world.ask(ListBatches(), by=EMPLOYER)
    with pytest.raises(Forbidden, match="session_required"):
        world.ask(ListBatches())


def test_batches_come_latest_first_and_their_lines_in_pages(world):
    run = screened(world, [unit(number) for number in range(5)])
    first = make_batch(world, run, max_amount=1)
    world.now = datetime(2023, 9, 15, tzinfo=UTC)
    second = make_batch(world, run)
    listed = world.ask(ListBatches(limit=1), by=APPROVER).batches
    assert listed == (second,) and first.state is BatchState.RETURNED
    after, seen = None, []
    while True:
        page = world.ask(ListBatchItems(batch_id=second.batch_id, after=after, limit=2), by=APPROVER)
        seen += [item.unit_no for item in page.items]
        if (after := page.next_after) is None:
            break
    assert seen == [unit(number)["unit_no"] for number in range(5)]


def test_every_decision_is_written_down_with_its_message(world):
    run = screened(world, [unit(1)])
    order = MakeBatch(id=new_id(), screening_id=run, filter=BatchFilter())
    world.ask(order, by=APPROVER)
    world.work("subsidy", BatchRequested(at=world.now, batch_id=order.id))
    approve = ApproveBatch(id=new_id(), batch_id=order.id, count=1, amount=23713715)
    world.ask(approve, by=REVIEWER)
    written = [(row.what, row.actor_id, row.message_id, row.at) for row in world.rows("subsidy", decisions)]
    assert written == [
        ("make_batch", APPROVER.id, order.id, world.now),
        ("approve_batch", REVIEWER.id, approve.id, world.now),
    ]
