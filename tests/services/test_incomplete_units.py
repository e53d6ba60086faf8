"""Before a batch: the eligible units that could not be paid or told, and what each of them lacks."""

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.approval import ReturnBatch
from services.contracts.subsidy.bank_accounts import ChangeBankAccount
from services.contracts.subsidy.incomplete import IncompleteUnitsView, Lack, ListIncompleteUnits
from services.contracts.subsidy.screening import Outcome, ScreeningState
from services.contracts.values import Post
from tests.people import APPROVER, AUDITOR, EMPLOYER, NOTICE_CLERK, RECEPTION, REVIEWER, clerk
from tests.services.refunds import MANUAL, import_units, make_batch, screened, unit


def incomplete(world, run, by=APPROVER, **filters) -> IncompleteUnitsView:
    """Return a page of the incomplete units of a run."""
    return world.ask(ListIncompleteUnits(screening_id=run, **filters), by=by)


def serials(page: IncompleteUnitsView) -> list[int]:
    """Return the serial numbers of the units of a page."""
    return [int(each.unit_no[6:]) for each in page.units]


def lacks(page: IncompleteUnitsView) -> dict[str, tuple[int, int]]:
    """Return count and amount of each kind that some unit lacks."""
    return {each.missing.value: (each.count, each.amount) for each in page.totals.lacks if each.count}


LACKING = [
    unit(1, amount=10_000),
    unit(2, amount=200, account=None, bank=None),
    unit(3, amount=30, account_name=None),
    unit(4, amount=4, phone=None, contact=None),
    unit(5, amount=5_000, contact=None),
]


def test_each_unit_is_listed_with_what_it_lacks_and_what_is_at_stake(world):
    page = incomplete(world, screened(world, LACKING))
    assert [(each.missing, each.amount) for each in page.units] == [
        ((Lack.ACCOUNT, Lack.BANK), 200),
        ((Lack.ACCOUNT_NAME,), 30),
        ((Lack.CONTACT, Lack.PHONE), 4),
        ((Lack.CONTACT,), 5_000),
    ]
    first = page.units[0]
    assert (first.unit_name, first.credit_code, first.region) == ("单位2", "91410100MA00000002", "410181")
    assert (first.contact, first.phone_masked) == ("张敏", "199****0001")
    assert (page.units[2].contact, page.units[2].phone_masked) == (None, None)


def test_totals_count_a_unit_for_each_thing_that_it_lacks_and_once_together(world):
    page = incomplete(world, screened(world, LACKING))
    assert lacks(page) == {
        "account": (1, 200),
        "bank": (1, 200),
        "account_name": (1, 30),
        "contact": (2, 5_004),
        "phone": (1, 4),
    }
    assert (page.totals.count, page.totals.amount) == (4, 5_234)
    assert [each.missing for each in page.totals.lacks] == list(Lack)


def test_what_would_be_left_out_is_what_a_batch_leaves_out(world):
    run = screened(world, LACKING)
    totals = incomplete(world, run).totals
    assert (totals.left_out, totals.left_out_amount) == (3, 234)
    assert make_batch(world, run).left_out == totals.left_out


def test_nothing_is_missing_in_a_complete_province(world):
    page = incomplete(world, screened(world, [unit(1), unit(2)]))
    assert (page.units, page.next_after, lacks(page)) == ((), None, {})
    assert (page.totals.count, page.totals.amount, page.totals.left_out, page.totals.left_out_amount) == (
        0,
        0,
        0,
        0,
    )


def test_only_units_that_would_get_money_are_listed(world):
    rows = [
        unit(1, phone=None, outcome=Outcome.INELIGIBLE),
        unit(2, phone=None, outcome=Outcome.UNKNOWN),
        unit(3, phone=None, amount=0),
        unit(4, phone=None),
    ]
    page = incomplete(world, screened(world, rows))
    assert serials(page) == [4] and page.totals.count == 1


def test_a_filter_chooses_the_units_and_leaves_the_totals(world):
    run = screened(world, LACKING)
    page = incomplete(world, run, missing=Lack.CONTACT)
    assert serials(page) == [4, 5] and page.totals.count == 4
    assert serials(incomplete(world, run, missing=Lack.UNIT)) == []


def test_a_unit_that_was_put_right_leaves_the_list(world):
    run = screened(world, [unit(1, phone=None), unit(2, account=None)])
    import_units(world, [unit(1), unit(2, account=None)])
    page = incomplete(world, run)
    assert serials(page) == [2] and page.totals.count == 1


def test_an_account_that_was_given_at_the_counter_takes_the_unit_off_the_list(world):
    manual = MANUAL | {"account": None, "account_name": None, "bank": None}
    run = screened(world, [manual])
    assert serials(incomplete(world, run)) == [327]
    change = {"account_name": MANUAL["unit_name"], "account": "6222000000000001", "bank": "建设银行"}
    change |= {"employer": EMPLOYER.employer, "unit_no": manual["unit_no"]}
    world.ask(ChangeBankAccount(id=new_id(), **change), by=RECEPTION)
    page = incomplete(world, run)
    assert (page.units, page.totals.count) == ((), 0)


def test_a_unit_that_became_incomplete_after_the_screening_is_listed(world):
    run = screened(world, [unit(1)])
    import_units(world, [unit(1, bank=None)])
    assert [each.missing for each in incomplete(world, run).units] == [(Lack.BANK,)]


def test_of_a_unit_that_is_gone_or_anothers_nothing_else_is_said(world):
    run = screened(world, [unit(1), unit(2), unit(3)])
    import_units(world, [unit(1), unit(3, credit_code="91410100MA99999999")])
    page = incomplete(world, run)
    assert [(each.missing, each.contact, each.phone_masked) for each in page.units] == [
        ((Lack.UNIT,), None, None)
    ] * 2
    assert lacks(page) == {"unit": (2, 2 * 23713715)}


def test_a_unit_that_a_batch_holds_is_not_asked_again_until_the_batch_returns(world):
    run = screened(world, [unit(1), unit(2, phone=None)])
    batch = make_batch(world, run)
    import_units(world, [unit(1, phone=None), unit(2, phone=None)])
    assert serials(incomplete(world, run)) == [2]
    world.ask(ReturnBatch(id=new_id(), batch_id=batch.batch_id, reason="总数不符"), by=REVIEWER)
    assert serials(incomplete(world, run)) == [1, 2]


def test_a_clerk_sees_its_region_and_parts_of_it(world):
    rows = [unit(1, phone=None), unit(2, region="410182", phone=None), unit(3, region="410200", phone=None)]
    run = screened(world, rows)
    city = clerk(Post.APPROVER, region="410100")
    assert serials(incomplete(world, run)) == [1, 2, 3]
    page = incomplete(world, run, by=city)
    assert serials(page) == [1, 2] and page.totals.count == 2
    page = incomplete(world, run, by=city, region="410182")
    assert serials(page) == [2] and page.totals.count == 1
    for region in ("410200", "410000"):
        with pytest.raises(Forbidden, match="not_your_region"):
            incomplete(world, run, by=city, region=region)


def test_pages_follow_each_other_without_gap_or_repetition(world):
    rows = [unit(number, phone=None if number % 2 else "19903700001") for number in range(12)]
    run, after, seen = screened(world, rows), None, []
    while True:
        page = incomplete(world, run, after=after, limit=2, with_totals=False)
        assert page.totals is None and len(page.units) <= 2
        seen += serials(page)
        if (after := page.next_after) is None:
            break
    assert seen == [1, 3, 5, 7, 9, 11]


def test_the_list_is_for_those_who_may_call_a_unit(world):
    run = screened(world, LACKING)
    for actor in (APPROVER, REVIEWER, AUDITOR, RECEPTION):
        assert len(incomplete(world, run, by=actor).units) == 4
    for actor in (NOTICE_CLERK, EMPLOYER, clerk(Post.ADMINISTRATOR)):
        with pytest.raises(Forbidden, match="post_required"):
            incomplete(world, run, by=actor)
    with pytest.raises(Forbidden, match="not_your_region"):
        incomplete(world, run, by=clerk(Post.APPROVER, region=""))


def test_the_run_must_be_there_and_finished(world):
    run = screened(world, LACKING, state=ScreeningState.RUNNING)
    with pytest.raises(Refused, match="screening_not_done"):
        incomplete(world, run)
    with pytest.raises(Missing, match="screening_missing"):
        incomplete(world, new_id())
