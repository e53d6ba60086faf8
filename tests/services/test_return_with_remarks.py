"""退回: a reviewer says of single lines what is wrong with them; refunds are seen while they are made."""

import pytest
from pydantic import ValidationError

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing
from services.contracts.subsidy.approval import (
    BatchState,
    GetBatch,
    ItemRemark,
    ListBatchItems,
    ReturnBatch,
)
from services.subsidy.approval import jobs
from tests.people import APPROVER, REVIEWER
from tests.services.refunds import make_batch, refund_of, screened, unit
from tests.services.test_hold_out import approve, hold_out, lines

ROWS = [unit(number) for number in range(1, 6)]
FIRST, SECOND, THIRD, FOURTH, _ = ROWS


@pytest.fixture
def batch(world):
    return make_batch(world, screened(world, [*ROWS, unit(9, phone=None)]))


def send_back(world, batch, remarks, by=REVIEWER):
    items = tuple(ItemRemark(unit_no=number, reason=reason) for number, reason in remarks)
    command = ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="见逐户意见", items=items)
    return world.ask(command, by=by)


def remarked(world, batch, **page):
    return [(one.unit_no, one.remark) for one in lines(world, batch, by=APPROVER, remarked=True, **page)]


def test_remarks_are_kept_with_the_return_and_shown_to_the_maker(world, batch):
    hold_out(world, batch, THIRD)
    left_out = unit(9)["unit_no"]
    said = [(THIRD["unit_no"], "可以列入"), (FIRST["unit_no"], "户名不符"), (left_out, "电话已补")]
    back = send_back(world, batch, said)
    assert (back.state, back.reason, back.remarks) == (BatchState.RETURNED, "见逐户意见", 3)
    assert remarked(world, batch) == sorted(said)
    assert remarked(world, batch, limit=1) == sorted(said)[:1]
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=APPROVER) == back


def test_a_return_without_remarks_is_as_before(world, batch):
    assert send_back(world, batch, []).remarks == 0
    assert remarked(world, batch) == []


def test_a_remark_on_a_unit_that_is_not_in_the_batch_returns_nothing(world, batch):
    with pytest.raises(Missing, match="batch_line_missing") as missing:
        send_back(world, batch, [(FIRST["unit_no"], "x"), ("410181999999", "x")])
    assert missing.value.facts == {"unit_no": "410181999999"}
    assert world.ask(GetBatch(batch_id=batch.batch_id), by=APPROVER) == batch
    assert remarked(world, batch) == []


def test_remarks_are_for_the_checker_and_two_hundred_at_most(world, batch):
    with pytest.raises(Forbidden, match="post_required"):
        send_back(world, batch, [(FIRST["unit_no"], "x")], by=APPROVER)
    with pytest.raises(ValidationError):
        send_back(world, batch, [(FIRST["unit_no"], "x")] * 201)


def test_while_refunds_are_made_each_line_leads_to_its_own_as_soon_as_it_is_there(world, batch, monkeypatch):
    held = hold_out(world, batch, SECOND)
    approve(world, held)
    settings = world.settings("subsidy").model_copy(update={"refunds_per_message": 2})
    monkeypatch.setattr(world, "settings", lambda service: settings)
    jobs._make_chunk(world.job("subsidy"), batch.batch_id)
    under_way = world.ask(GetBatch(batch_id=batch.batch_id), by=REVIEWER)
    assert (under_way.state, under_way.refunds_made) == (BatchState.APPROVING, 2)
    items = world.ask(ListBatchItems(batch_id=batch.batch_id), by=REVIEWER).items
    assert [one.refund_id for one in items] == [refund_of(FIRST), refund_of(THIRD), None, None]
    assert [one.refund_id for one in lines(world, batch, held_out=True)] == [None]
    assert [one.refund_id for one in lines(world, batch, left_out=True)] == [None]
