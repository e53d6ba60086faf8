"""A change of account that meets a notice, an answer, a batch that is filled, an import, another change.

`meanwhile` begins the other one while the first is in the middle of its transaction: it has to wait. (Were it
not made to wait it would be done in the second it is given, and the assertions would fail.)
"""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.errors import Refused
from services.contracts.subsidy.approval import BatchRequested, MakeBatch
from services.contracts.subsidy.confirmation import OpenStatement, RefundConfirmed, SaveChoice, SubmitTodos
from services.contracts.subsidy.registry import ImportKind, ImportReceived
from services.contracts.values import Choice
from services.subsidy.approval import jobs as approval_jobs
from services.subsidy.approval.store.items import batch_items
from services.subsidy.bank_accounts import handlers
from services.subsidy.confirmation.store import answers, standings
from services.subsidy.notice import handlers as notice_handlers
from services.subsidy.registry import jobs as registry_jobs
from services.subsidy.registry.store import account_changes, units
from tests.people import APPROVER, EMPLOYER
from tests.services.refunds import MANUAL, answer, approved, refund_of, save, screened, unit
from tests.services.registry import CODE, EMPLOYERS, employer, load, receive
from tests.services.test_bank_accounts import (
    BANK,
    CERTIFIED,
    NEW,
    NUMBER,
    OLD,
    account_of,
    accounts_of,
    certified,
    change,
    publish,
)


@pytest.fixture
def meanwhile(monkeypatch):
    """meanwhile(module, name, act): begin `act` at the first call of module.name; return [its future]."""
    pool, begun = ThreadPoolExecutor(1), []

    def begin(module, name, act, after=False):
        real = getattr(module, name)

        def step(*args, **named):
            done = real(*args, **named) if after else None
            if not begun:
                begun.append(pool.submit(act))
                with suppress(NotYet):
                    begun[0].result(timeout=1)
            return done if after else real(*args, **named)

        monkeypatch.setattr(module, name, step)
        return begun

    yield begin
    pool.shutdown()


def test_a_notice_waits_for_a_change_and_freezes_what_it_made(world, meanwhile):
    batch = approved(world, [MANUAL])
    answer(world, MANUAL)
    begun = meanwhile(handlers.refunds, "set_account", lambda: publish(world, batch))
    assert change(world).refunds_changed == (NUMBER,)
    assert begun[0].result().count == 1
    [standing] = world.rows("subsidy", standings)
    assert (standing.revision, standing.notice_id) == (2, begun[0].result().notice_id)
    assert account_of(world)[0] == NEW


def test_a_change_waits_for_a_notice_and_comes_too_late(world, meanwhile):
    batch = approved(world, [MANUAL])
    answer(world, MANUAL)
    begun = meanwhile(notice_handlers.store, "add_notice", lambda: change(world))
    publish(world, batch)
    assert begun[0].result().refunds_changed == ()
    assert account_of(world)[0] == OLD and len(world.rows("subsidy", answers)) == 1


def test_an_answer_waits_for_a_change_and_is_refused_for_the_old_text(world, meanwhile):
    approved(world, [MANUAL])
    answer(world, MANUAL)
    todo = save(world, MANUAL)
    order = SubmitTodos(id=new_id(), todo_ids=(todo.todo_id,))
    begun = meanwhile(handlers.refunds, "set_account", lambda: world.ask(order, by=EMPLOYER))
    change(world)
    assert [item.code for item in begun[0].result().items] == ["statement_changed"]
    assert [row.revision for row in world.rows("subsidy", answers)] == [1, 2]
    last = max(world.published(RefundConfirmed), key=lambda event: event.revision)
    assert unseal(last.account) == account_of(world)[0] == NEW


def test_a_saving_waits_for_a_change_and_is_refused_for_the_old_text(world, meanwhile):
    approved(world, [MANUAL])
    reading = world.ask(OpenStatement(id=new_id(), refund_id=refund_of(MANUAL)), by=EMPLOYER)
    world.now += timedelta(seconds=10)
    chosen = {"reading_id": reading.reading_id, "agreed": True, "choice": Choice.WAIVED}
    order = SaveChoice(id=new_id(), refund_id=refund_of(MANUAL), **chosen)
    begun = meanwhile(handlers.refunds, "set_account", lambda: world.ask(order, by=EMPLOYER))
    change(world)
    with pytest.raises(Refused, match="statement_changed"):
        begun[0].result()


@pytest.fixture
def filling(world):
    """A batch waits to be filled."""
    rows = [unit(number) for number in range(3)]
    order = MakeBatch(id=new_id(), screening_id=screened(world, rows))
    world.ask(order, by=APPROVER)
    return rows, BatchRequested(at=world.now, batch_id=order.id)


def accounts_in_lines(world):
    return sorted(unseal(row.account) for row in world.rows("subsidy", batch_items))


def test_a_batch_waits_for_a_change_and_is_filled_with_it(world, filling, meanwhile):
    rows, requested = filling
    begun = meanwhile(handlers.items, "set_account", lambda: world.work("subsidy", requested))
    change(world, rows[0], by=certified(rows[0]))
    begun[0].result()
    assert accounts_in_lines(world) == [OLD, OLD, NEW]


def test_a_change_waits_for_a_batch_that_is_filled_and_changes_its_line(world, filling, meanwhile):
    rows, requested = filling
    late = partial(change, world, rows[0], by=certified(rows[0]))
    begun = meanwhile(approval_jobs.items, "fill_batch", late, after=True)
    world.work("subsidy", requested)
    begun[0].result()
    assert accounts_in_lines(world) == [OLD, OLD, NEW]


@pytest.fixture
def coming(world):
    """A file was received before the change and is still to be loaded."""
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1), employer(2)])
    world.now += timedelta(hours=1)
    received = receive(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1, people=50), employer(2)])
    world.now += timedelta(hours=1)
    return ImportReceived(at=world.now, import_id=received.import_id)


def change_first(world):
    facts = {"unit_no": "410181000001", "account_name": "第1号有限公司"}
    return change(world, by=CERTIFIED.model_copy(update={"employer": CODE}), **facts)


def has_it(world, coming):
    first, second = accounts_of(world, by=CERTIFIED.model_copy(update={"employer": CODE}))
    rows = {row.unit_no: row for row in world.rows("subsidy", units) if row.import_id == coming.import_id}
    assert rows["410181000001"].headcount == 50
    return (first.account_masked, first.bank, second.account_masked) == ("****3445", BANK, "****0002")


def test_an_import_waits_for_a_change_and_takes_it(world, coming, meanwhile):
    begun = meanwhile(handlers, "require_own_name", lambda: world.work("subsidy", coming))
    change_first(world)
    begun[0].result()
    assert has_it(world, coming)


def test_a_change_waits_for_an_import_that_finishes_and_is_written_into_it(world, coming, meanwhile):
    late = partial(change_first, world)
    begun = meanwhile(registry_jobs.store, "apply_account_changes", late, after=True)
    world.work("subsidy", coming)
    begun[0].result()
    assert has_it(world, coming)


def test_two_changes_at_once_stand_one_behind_the_other(world):
    approved(world, [MANUAL])
    answer(world, MANUAL)
    numbers = [f"62220202001122330{number:02}" for number in range(6)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda account: change(world, account=account), numbers))
    kept = sorted(world.rows("subsidy", account_changes), key=lambda row: row.at)
    assert sorted(row.account for row in kept) == numbers and len({row.at for row in kept}) == 6
    [row] = world.rows("subsidy", units)
    assert account_of(world)[0] == row.account == kept[-1].account
    assert [row.revision for row in world.rows("subsidy", answers)] == list(range(1, 8))


def test_a_change_that_races_a_notice_is_before_it_or_comes_too_late(world):
    rows = [unit(number) for number in range(24)]
    batch = approved(world, rows)
    for row in rows:
        answer(world, row)
    before, racing = rows[:4], rows[4:]
    for row in before:
        change(world, row, by=certified(row))
    with ThreadPoolExecutor(6) as pool:
        changes = [pool.submit(change, world, row, certified(row)) for row in racing[:10]]
        noticing = pool.submit(publish, world, batch)
        changes += [pool.submit(change, world, row, certified(row)) for row in racing[10:]]
        notice, views = noticing.result(), [each.result() for each in changes]
    assert notice.count == len(rows)
    frozen = {row.refund_id: row for row in world.rows("subsidy", standings)}
    told = {(event.refund_id, event.revision): event for event in world.published(RefundConfirmed)}
    for row, view in zip(racing, views, strict=True):
        standing, came_in_time = frozen[refund_of(row)], bool(view.refunds_changed)
        assert standing.notice_id == notice.notice_id
        assert standing.revision == (2 if came_in_time else 1)
        assert account_of(world, row)[0] == (NEW if came_in_time else OLD)
        assert unseal(told[refund_of(row), standing.revision].account) == account_of(world, row)[0]
        assert (refund_of(row), standing.revision + 1) not in told
    assert all(account_of(world, row)[0] == NEW for row in before)
