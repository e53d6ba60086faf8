"""Batches by file: a maker hands in unit numbers, and every line is told what became of it."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Refused
from services.contracts.subsidy.approval import (
    BatchFilter,
    BatchRequested,
    BatchState,
    GetBatch,
    LineOutcome,
    ListBatchItems,
    ListBatchLines,
    MakeBatch,
)
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import BlobRef, SizeClass
from services.subsidy.approval import domain, jobs
from services.subsidy.approval.store.items import batch_items
from services.subsidy.approval.store.listed import batch_lines
from tests.people import APPROVER, AUDITOR, EMPLOYER, clerk
from tests.services.refunds import approve_batch, make_batch, refund_of, screened, unit

ROWS = [
    unit(1, amount=100),
    unit(2, amount=200),
    unit(3, phone=None, bank=None),
    unit(4, outcome=Outcome.INELIGIBLE),
    unit(5, outcome=Outcome.UNKNOWN),
    unit(6, amount=0),
    unit(7, region="420100"),
    unit(8, amount=300, size_class=SizeClass.SMALL),
]
NO = [row["unit_no"] for row in ROWS]


@pytest.fixture
def run(world):
    return screened(world, ROWS)


def by_file(world, run, content, by=APPROVER, **filter):
    """Hand in a file and let the worker fill the batch."""
    text = content if isinstance(content, bytes) else "\n".join(content).encode()
    order = MakeBatch(
        id=new_id(), screening_id=run, filter=BatchFilter(**filter), units=world.blobs.put("units", text)
    )
    batch = world.ask(order, by=by)
    world.work("subsidy", BatchRequested(at=world.now, batch_id=batch.batch_id))
    return world.ask(GetBatch(batch_id=batch.batch_id), by=by)


def lines(world, batch, by=AUDITOR, **kind):
    return world.ask(ListBatchLines(batch_id=batch.batch_id, **kind), by=by).lines


def outcomes(batch):
    return {each.outcome.value: each.count for each in batch.outcomes}


def test_a_file_takes_exactly_its_units_as_far_as_they_can_be_taken(world, run):
    other = make_batch(world, run, min_amount=200, max_amount=200)
    elsewhere = "410181999999"
    content = ["单位编号,备注", *(f"{number},x" for number in NO[:7]), f"{NO[0]},", elsewhere, "合计,9"]
    batch = by_file(world, run, content)
    assert (batch.state, batch.count, batch.amount, batch.left_out) == (BatchState.MADE, 1, 100, 1)
    told = [(one.line, one.unit_no, one.outcome.value, one.held_by) for one in lines(world, batch)]
    assert told == [
        (2, NO[0], "taken", None),
        (3, NO[1], "held", other.number),
        (4, NO[2], "left_out", None),
        (5, NO[3], "ineligible", None),
        (6, NO[4], "unknown", None),
        (7, NO[5], "nothing", None),
        (8, NO[6], "outside_region", None),
        (9, NO[0], "repeated", None),
        (10, elsewhere, "not_in_run", None),
        (11, None, "no_number", None),
    ]
    assert batch.lines == sum(outcomes(batch).values()) == 10
    [left_out] = lines(world, batch, outcome=LineOutcome.LEFT_OUT)
    assert (left_out.missing, left_out.unit_name) == (("bank", "phone"), "单位3")
    [outside] = lines(world, batch, outcome=LineOutcome.OUTSIDE_REGION)
    assert outside.unit_name is None


def test_a_unit_beyond_the_region_is_told_as_such_and_nothing_else_of_it(world, run):
    county = clerk(*APPROVER.posts, id="county", region="410181")
    batch = by_file(world, run, [NO[0], "420100000999", NO[6]], by=county)
    assert outcomes(batch) == {"taken": 1, "outside_region": 2}
    assert by_file(world, run, [NO[1]], region="410181").filter.region == "410181"
    with pytest.raises(Forbidden, match="not_your_region"):
        lines(world, by_file(world, run, [NO[7]]), by=clerk(*AUDITOR.posts, id="far", region="410200"))


def test_a_filter_narrows_a_file_and_says_so(world, run):
    batch = by_file(world, run, [NO[0], NO[7]], sizes=("large",))
    assert outcomes(batch) == {"taken": 1, "filtered": 1}


def test_without_a_file_the_eligible_units_of_the_region_are_told(world, run):
    first = by_file(world, run, [NO[0]])
    batch = make_batch(world, run, sizes=("large",))
    assert outcomes(batch) == {"taken": 1, "left_out": 1, "held": 1, "filtered": 1, "nothing": 1}
    assert (batch.lines, first.lines) == (0, 1)
    assert lines(world, batch) == ()


@pytest.mark.parametrize(
    "content",
    [
        "单位编号\r\n410181000001\r\n410181000002\r\n".encode("gb18030"),
        "\ufeff单位编号\n410181000001\n410181000002".encode(),
        "名称;单位编号\n甲;410181000001\n乙;410181000002\n\n\n".encode(),
        b"410181000001\n410181000002\n",
        b'"410181000001"\t"x, y"\n="410181000002"\tz\n',
        "'410181000001\n４１０１８１０００００２\n".encode(),
    ],
    ids=["gb18030", "utf-8 with a mark", "another column", "no header", "tabs and quotes", "as cells"],
)
def test_files_are_read_as_clerks_keep_them(world, run, content):
    batch = by_file(world, run, content)
    assert (outcomes(batch), batch.count) == ({"taken": 2}, 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04\x00\x00", "units_not_text"),
        (b"\xff\xff\xff\n", "units_not_text"),
        (b"\n \n", "empty_file"),
        ("单位编号\n".encode(), "empty_file"),
        (b"410181000001\n410181000002\n410181000008\n", "units_too_many"),
    ],
)
def test_a_file_that_is_none_gives_the_batch_back_and_says_why(world, run, monkeypatch, content, code):
    monkeypatch.setattr(jobs, "MOST_LINES", 2)
    batch = by_file(world, run, content)
    assert (batch.state, batch.reason, batch.count) == (BatchState.RETURNED, code, 0)
    assert world.rows("subsidy", batch_items) == world.rows("subsidy", batch_lines) == []


def test_a_file_that_is_gone_gives_the_batch_back(world, run):
    gone = BlobRef(key=f"units/00/{'0' * 64}", sha256="0" * 64, size=9)
    batch = world.ask(MakeBatch(id=new_id(), screening_id=run, units=gone), by=APPROVER)
    world.work("subsidy", BatchRequested(at=world.now, batch_id=batch.batch_id))
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=APPROVER).reason == "file_missing"


def test_nothing_and_too_much_are_refused_at_once(world, run):
    for size, code in ((0, "file_empty"), (domain.MOST_BYTES + 1, "units_file_too_large")):
        ref = BlobRef(key="units/x", sha256="0" * 64, size=size)
        with pytest.raises(Refused, match=code):
            world.ask(MakeBatch(id=new_id(), screening_id=run, units=ref), by=APPROVER)


def test_of_a_file_of_nothing_that_can_be_taken_every_line_is_told(world, run):
    batch = by_file(world, run, [NO[3], NO[2], "合计"])
    assert (batch.state, batch.reason) == (BatchState.RETURNED, "empty_batch")
    assert outcomes(batch) == {"left_out": 1, "ineligible": 1, "no_number": 1}


def test_of_a_line_without_a_number_nothing_is_kept(world, run):
    by_file(world, run, [NO[0], "张敏 41018119900307105X"])
    assert "张敏" not in str(world.rows("subsidy", batch_lines))


def test_a_job_that_was_killed_goes_on_and_takes_nothing_new(world, run, monkeypatch):
    other = make_batch(world, run, min_amount=200, max_amount=200)
    text = "\n".join(NO[:2]).encode()
    order = MakeBatch(id=new_id(), screening_id=run, units=world.blobs.put("units", text))
    world.ask(order, by=APPROVER)
    event = BatchRequested(at=world.now, batch_id=order.id)
    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(jobs, "control_totals", _killed)
        world.work("subsidy", event)
    with world.database("subsidy").write() as connection:
        connection.execute(batch_items.update().where(batch_items.c.held == NO[1]).values(held=None))
    world.work("subsidy", event)
    batch = world.ask(GetBatch(batch_id=order.id), by=APPROVER)
    assert outcomes(batch) == {"taken": 1, "held": 1} and batch.count == 1
    assert [one.held_by for one in lines(world, batch)] == [None, other.number]


def _killed(*args: Any) -> Any:
    raise OSError("killed")


def test_lines_come_in_pages_and_lead_to_their_refunds(world, run):
    batch = by_file(world, run, [NO[0], NO[3], NO[1], NO[7]])
    after, seen = None, []
    while True:
        page = world.ask(ListBatchLines(batch_id=batch.batch_id, after=after, limit=3), by=AUDITOR)
        seen += [one.line for one in page.lines]
        if (after := page.next_after) is None:
            break
    assert seen == [1, 2, 3, 4]
    assert {one.refund_id for one in lines(world, batch)} == {None}
    approve_batch(world, batch)
    refunds = [refund_of(ROWS[0]), None, refund_of(ROWS[1]), refund_of(ROWS[7])]
    assert [one.refund_id for one in lines(world, batch)] == refunds
    with pytest.raises(Forbidden, match="post_required"):
        lines(world, batch, by=EMPLOYER)


def test_two_files_at_once_over_the_same_units_take_each_unit_once(world):
    rows = [unit(number, amount=number) for number in range(1, 61)]
    run, numbers = screened(world, rows), [row["unit_no"] for row in rows]
    together = threading.Barrier(2)

    def make(order):
        together.wait()
        return by_file(world, run, order)

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(make, [numbers[:40], numbers[20:][::-1]]))
    held = Counter(row.held for row in world.rows("subsidy", batch_items) if row.held)
    assert held == Counter(numbers)
    assert sum(batch.count for batch in both) == 60
    for batch, other in zip(both, reversed(both), strict=True):
        assert batch.lines == 40 == sum(outcomes(batch).values())
        assert set(outcomes(batch)) <= {"taken", "held"} and outcomes(batch)["taken"] == batch.count
        held_by = {one.held_by for one in lines(world, batch, outcome=LineOutcome.HELD, limit=100)}
        assert held_by <= {other.number}


WORDS = some.sampled_from([*NO, "410181999999", "410200000001", "", "合计", "4101810000"])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck]
)
@given(first=some.lists(WORDS, max_size=12), second=some.lists(WORDS, max_size=12), large=some.booleans())
def test_outcomes_balance_whatever_the_files_hold(world, first, second, large):
    run = screened(world, ROWS)
    holding: set[str] = set()
    for words in (first, second):
        text = ["单位编号", *words, "end"]
        batch = by_file(world, run, text, sizes=("large",) if large else ())
        assert batch.lines == len(words) + 1 == sum(outcomes(batch).values())
        told = lines(world, batch, limit=100)
        assert Counter(one.outcome.value for one in told) == outcomes(batch)
        taken = [one.unit_no for one in told if one.outcome is LineOutcome.TAKEN]
        items = world.ask(ListBatchItems(batch_id=batch.batch_id), by=AUDITOR).items
        assert sorted(taken) == [one.unit_no for one in items]
        can = {NO[0], NO[1], *(() if large else (NO[7],))}
        assert set(taken) == (can & set(words)) - holding
        holding |= set(taken)
    with world.database("subsidy").write() as connection:
        connection.execute(batch_items.update().values(held=None))
