"""Hold-outs that meet an approval, a withdrawal, a change of account, another batch.

`meanwhile` begins the other one while the first is in the middle of its transaction: it has to wait.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress

import pytest

from services.chassis.sealing import unseal
from services.contracts.errors import Conflict, Problem, Refused
from services.contracts.subsidy.approval import GetBatch
from services.subsidy.approval import handlers, jobs
from services.subsidy.approval.domain import control_totals
from services.subsidy.approval.store.items import batch_items
from tests.people import REVIEWER
from tests.services.refunds import make_batch, screened, unit
from tests.services.test_bank_accounts import NEW, certified, change
from tests.services.test_hold_out import ROWS, SECOND, approve, hold_out, lines, take_back, withdraw


@pytest.fixture
def run(world):
    return screened(world, ROWS)


@pytest.fixture
def batch(world, run):
    return make_batch(world, run)


@pytest.fixture
def meanwhile(monkeypatch):
    """meanwhile(module, name, act): begin `act` at the first call of module.name; return [its future]."""
    pool, begun = ThreadPoolExecutor(1), []

    def begin(module, name, act, after=False):
        real = getattr(module, name)

        def step(*args):
            done = real(*args) if after else None
            if not begun:
                begun.append(pool.submit(act))
                with suppress(NotYet):
                    begun[0].result(timeout=1)
            return done if after else real(*args)

        monkeypatch.setattr(module, name, step)
        return begun

    yield begin
    pool.shutdown()


def test_an_approval_waits_for_a_hold_out_and_is_refused_with_the_old_totals(world, batch, meanwhile):
    begun = meanwhile(handlers.items, "save_line", lambda: approve(world, batch))
    hold_out(world, batch, SECOND)
    with pytest.raises(Conflict, match="totals_changed"):
        begun[0].result()


def test_a_hold_out_waits_for_an_approval_and_comes_too_late(world, batch, meanwhile):
    begun = meanwhile(handlers.batches, "save_batch", lambda: hold_out(world, batch, SECOND))
    approve(world, batch)
    with pytest.raises(Refused, match="batch_not_open"):
        begun[0].result()
    assert len(lines(world, batch)) == 3


def test_a_withdrawal_waits_for_an_approval_and_comes_too_late(world, batch, meanwhile):
    begun = meanwhile(handlers.batches, "save_batch", lambda: withdraw(world, batch))
    approve(world, batch)
    with pytest.raises(Refused, match="batch_not_open"):
        begun[0].result()
    assert all(row.held for row in world.rows("subsidy", batch_items))


def test_a_unit_is_taken_back_after_the_change_of_its_account_with_the_new_one(world, batch, meanwhile):
    hold_out(world, batch, SECOND)
    begun = meanwhile(handlers.items, "set_account", lambda: take_back(world, batch, SECOND))
    change(world, SECOND, by=certified(SECOND))
    assert begun[0].result().count == 3
    [line] = [row for row in world.rows("subsidy", batch_items) if row.held == SECOND["unit_no"]]
    assert unseal(line.account) == NEW


def test_a_unit_that_another_batch_takes_at_this_moment_does_not_come_back(world, run, batch, meanwhile):
    hold_out(world, batch, SECOND)
    begun = meanwhile(jobs.items, "fill_batch", lambda: take_back(world, batch, SECOND), after=True)
    assert make_batch(world, run).count == 1
    with pytest.raises(Conflict, match="held_by_another_batch"):
        begun[0].result()


def test_hold_outs_at_once_with_an_approval_leave_totals_that_are_those_of_the_lines(world):
    rows = [unit(number, amount=number) for number in range(1, 13)]
    batch = make_batch(world, screened(world, rows))
    together = threading.Barrier(len(rows[:6]) + 1)

    def meet(act, *args):
        together.wait()
        try:
            return act(world, batch, *args)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(7) as pool:
        ends = [pool.submit(meet, hold_out, row) for row in rows[:6]] + [pool.submit(meet, approve)]
        answers = [end.result() for end in ends]
    held = sum(answer != "batch_not_open" for answer in answers[:6])
    assert (answers[-1] == "totals_changed") is (held > 0)
    now = world.ask(GetBatch(batch_id=batch.batch_id), by=REVIEWER)
    assert (now.count, now.held_out) == (12 - held, held)
    assert now.digest == control_totals((one.unit_no, one.amount) for one in lines(world, batch)).digest
