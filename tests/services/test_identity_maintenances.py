"""Credit-code maintenance as a person declares it and the reception post decides it."""

from datetime import timedelta
from operator import attrgetter

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    ListMaintenances,
    MaintenanceState,
    MaintenanceView,
)
from services.contracts.values import Actor, ActorKind, MaintenanceId, Post
from services.identity.audit.store import audit_entries
from services.identity.credit_codes.store import maintained_units, maintenances
from tests.people import APPROVER, AUDITOR, CODE, EMPLOYER, RECEPTION, clerk
from tests.services import attempts
from tests.services.attempts import together
from tests.services.portal import HANDLER, PHONE, UNIT_NAME, UNIT_NO, Portal

OTHER_CODE, OTHER_UNIT = "91410100MA9K5T3R8R", "410181000328"
THIRD_CODE, FAR_UNIT = "91410181674123453A", "410202000001"
NEW_PHONE = "13900000002"
ID = attrgetter("maintenance_id")
FAR_CLERK = clerk(Post.RECEPTION, region="410200")


def person(number: int) -> Actor:
    """Return somebody who is signed in at the personal portal."""
    return Actor(id=f"person:018a91b2-0000-7000-8000-{number:012}", kind=ActorKind.PERSON, name=f"王{number}")


ANN, BEN = person(1), person(2)


@pytest.fixture
def portal(world):
    return Portal(world)


def refusal(action, *arguments, **facts) -> str:
    return attempts.refusal(action, *arguments, **facts)[1]


def listed(world, by, **query) -> tuple[MaintenanceView, ...]:
    return world.ask(ListMaintenances(**query), by=by).maintenances


def ties(world) -> dict[str, str]:
    return {row.unit_no: row.credit_code for row in world.rows("identity", maintained_units)}


# ---- declared, accepted, refused


def test_a_person_declares_and_the_reception_post_accepts(world, portal):
    declared = portal.declare(ANN)
    assert (declared.state, declared.declared_by, declared.decided_by) == ("declared", "王1", None)
    assert (declared.unit_name, declared.handler_name) == (UNIT_NAME, HANDLER)
    assert (declared.handler_phone_masked, declared.declared_at) == ("199****0001", world.now)
    assert ties(world) == {}
    world.now += timedelta(hours=1)
    accepted = portal.accept(declared)
    assert (accepted.state, accepted.decided_by, accepted.decided_at) == ("accepted", "李建国", world.now)
    assert accepted.declared_at < accepted.decided_at and ties(world) == {UNIT_NO: CODE}
    assert portal.register().handler_name == HANDLER
    lines = [(row.act, row.actor) for row in world.rows("identity", audit_entries)][:2]
    assert lines == [("maintenance_declared", ANN.id), ("maintenance_accepted", "reception")]


def test_a_declaration_alone_opens_nothing(portal):
    portal.declare(ANN)
    assert refusal(portal.register) == "registration_mismatch"


def test_what_is_refused_says_why_ties_nothing_and_counts_for_nothing(world, portal):
    for _ in range(5):
        refused = portal.refuse(portal.declare(ANN), reason="单位名称与登记不符")
        assert (refused.state, refused.reason) == ("refused", "单位名称与登记不符")
    assert ties(world) == {}
    assert {view.reason for view in listed(world, ANN)} == {"单位名称与登记不符"}
    assert portal.declare(BEN, unit_no=OTHER_UNIT), "the code is free for another unit"
    assert portal.maintain() and portal.maintain(), "and the unit has all its maintenances"


def test_what_is_decided_cannot_be_decided_again(portal):
    accepted, refused = portal.declare(ANN), portal.declare(BEN)
    portal.accept(accepted)
    portal.refuse(refused)
    for done in (accepted, refused, portal.maintain()):
        assert refusal(portal.accept, done) == refusal(portal.refuse, done) == "maintenance_decided"


def test_one_decision_at_the_same_moment(world, portal):
    declared = portal.declare(ANN)
    answers = together(6, lambda n: (portal.accept if n % 2 else portal.refuse)(declared))
    assert answers == [""] + ["maintenance_decided"] * 5
    [row] = world.rows("identity", maintenances)
    assert ties(world) == ({UNIT_NO: CODE} if row.state == "accepted" else {})


def test_there_is_no_such_maintenance(world):
    with pytest.raises(Missing, match="maintenance_missing"):
        world.ask(AcceptMaintenance(id=new_id(), maintenance_id=MaintenanceId(new_id())), by=RECEPTION)


# ---- who may


def test_only_a_person_declares(portal):
    for other in (EMPLOYER, RECEPTION, AUDITOR):
        assert refusal(portal.declare, other) == "person_required"
    assert refusal(portal.declare, None) == "session_required"


def test_only_the_reception_post_of_the_units_region_decides(portal):
    declared = portal.declare(ANN)
    for decide in (portal.accept, portal.refuse):
        for other in (APPROVER, AUDITOR, EMPLOYER, ANN):
            assert refusal(decide, declared, by=other) == "post_required"
        assert refusal(decide, declared, by=FAR_CLERK) == "not_your_region"
        assert refusal(decide, declared, by=None) == "session_required"
    assert portal.accept(declared, by=clerk(Post.RECEPTION, region="410181"))


# ---- limits


def test_a_person_has_one_pending_for_a_unit_whatever_it_says(portal):
    declared = portal.declare(ANN)
    assert refusal(portal.declare, ANN, credit_code=OTHER_CODE) == "maintenance_pending"
    assert portal.declare(ANN, unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    assert portal.declare(BEN), "another person's does not stand in the way"
    portal.refuse(declared)
    assert portal.declare(ANN)


def test_one_pending_at_the_same_moment(world, portal):
    world.database("identity")
    assert together(6, lambda _: portal.declare(ANN)) == [""] + ["maintenance_pending"] * 5
    assert len(world.rows("identity", maintenances)) == 1


def test_strangers_cannot_use_up_a_units_maintenances(portal):
    for number in range(3, 9):
        portal.declare(person(number), handler_phone=f"1390000000{number}")
    assert portal.accept(portal.declare(ANN)).state is MaintenanceState.ACCEPTED
    assert portal.register()


def test_who_declares_is_told_early_that_the_limits_are_reached(world, portal):
    portal.maintain()
    portal.maintain()
    assert refusal(portal.declare, ANN) == "maintenance_limit_day"
    world.now = world.now.replace(hour=16)  # midnight in Shanghai
    portal.accept(portal.declare(ANN))
    assert refusal(portal.declare, ANN) == "maintenance_limit_total"


def test_the_limits_are_looked_at_once_more_at_acceptance(world, portal):
    waiting = [portal.declare(person(number)) for number in range(1, 6)]
    portal.accept(waiting[0])
    portal.accept(waiting[1])
    assert refusal(portal.accept, waiting[2]) == "maintenance_limit_day"
    world.now = world.now.replace(hour=15, minute=59, second=59)
    assert refusal(portal.accept, waiting[2]) == "maintenance_limit_day"
    world.now += timedelta(seconds=1)  # midnight in Shanghai
    portal.accept(waiting[2])
    assert refusal(portal.accept, waiting[3]) == "maintenance_limit_total"
    assert portal.refuse(waiting[3]), "it can still be refused"
    portal.register()
    assert refusal(portal.accept, waiting[4]) == "unit_registered"
    assert refusal(portal.declare, ANN) == "unit_registered"


def test_the_day_of_acceptance_counts_not_that_of_the_declaration(world, portal):
    waiting = [portal.declare(person(number)) for number in (1, 2, 3)]
    portal.accept(waiting[0])
    world.now += timedelta(days=1)
    portal.accept(waiting[1])
    portal.accept(waiting[2])
    assert refusal(portal.declare, ANN) == "maintenance_limit_total"


def test_acceptances_at_the_same_moment_do_not_pass_the_limit_together(world, portal):
    waiting = [portal.declare(person(number)) for number in range(1, 9)]
    answers = together(8, lambda n: portal.accept(waiting[n]))
    assert answers == ["", ""] + ["maintenance_limit_day"] * 6
    states = sorted(row.state for row in world.rows("identity", maintenances))
    assert states == ["accepted"] * 2 + ["declared"] * 6


def test_counter_and_acceptance_at_the_same_moment_do_not_pass_the_limit_together(portal):
    waiting = [portal.declare(person(number)) for number in range(1, 4)]
    answers = together(6, lambda n: portal.accept(waiting[n // 2]) if n % 2 else portal.maintain())
    assert answers == ["", ""] + ["maintenance_limit_day"] * 4


def test_registration_and_acceptance_at_the_same_moment_one_after_the_other(world, portal):
    portal.maintain()
    waiting = portal.declare(ANN)
    answers = together(2, lambda n: portal.register() if n else portal.accept(waiting))
    assert answers in (["", ""], ["", "unit_registered"])
    [unit] = world.rows("identity", maintained_units)
    assert unit.registered_at == world.now


# ---- one code, one unit


def test_a_code_of_another_unit_is_refused_early_and_again_at_acceptance(world, portal):
    waiting = portal.declare(ANN, unit_no=OTHER_UNIT)
    portal.maintain()
    assert refusal(portal.declare, BEN, unit_no=OTHER_UNIT) == "credit_code_tied"
    assert refusal(portal.accept, waiting) == "credit_code_tied"
    assert ties(world) == {UNIT_NO: CODE}


def test_two_units_do_not_get_the_same_code_by_acceptances_at_the_same_moment(world, portal):
    waiting = [portal.declare(ANN, unit_no=f"41018100040{number}") for number in range(4)]
    answers = together(4, lambda n: portal.accept(waiting[n]))
    assert answers == [""] + ["credit_code_tied"] * 3
    assert list(ties(world).values()) == [CODE]


def test_an_accepted_correction_sets_the_wrong_code_free(world, portal):
    portal.accept(portal.declare(ANN, credit_code=OTHER_CODE))
    portal.accept(portal.declare(ANN))
    assert ties(world) == {UNIT_NO: CODE}
    assert refusal(portal.register, credit_code=OTHER_CODE) == "registration_mismatch"
    assert portal.declare(BEN, unit_no=OTHER_UNIT, credit_code=OTHER_CODE)


def test_what_was_accepted_last_counts_though_it_was_declared_first(portal):
    first = portal.declare(ANN, handler_phone=NEW_PHONE)
    portal.accept(portal.declare(BEN))
    portal.accept(first)
    assert refusal(portal.register) == "registration_mismatch"
    assert portal.register(phone=NEW_PHONE)


def test_what_was_accepted_last_counts_though_another_clock_is_late(world, portal):
    portal.maintain()
    world.now -= timedelta(seconds=1)
    portal.maintain(handler_phone=NEW_PHONE)
    assert portal.register(phone=NEW_PHONE)


def test_every_maintenance_has_an_id_of_its_own_in_the_order_of_time(portal):
    ids = [portal.maintain().maintenance_id, portal.declare(ANN).maintenance_id]
    assert len(set(ids)) == 2 and all(id.version == 7 for id in ids)


# ---- lists


def test_a_person_sees_its_own_alone(world, portal):
    mine = portal.declare(ANN)
    portal.declare(BEN)
    portal.maintain(unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    assert listed(world, ANN) == (mine,)
    assert listed(world, ANN, find=OTHER_UNIT) == () and listed(world, ANN, find=UNIT_NO) == (mine,)
    assert refusal(listed, world, None) == "session_required"


def test_reception_and_auditor_see_those_of_their_region(world, portal):
    near = portal.declare(ANN)
    far = portal.maintain(by=FAR_CLERK, unit_no=FAR_UNIT, credit_code=OTHER_CODE)
    assert {view.unit_no for view in listed(world, RECEPTION)} == {UNIT_NO, FAR_UNIT}
    assert listed(world, clerk(Post.AUDITOR, region="410100")) == (near,)
    assert listed(world, FAR_CLERK) == (far,)
    assert listed(world, FAR_CLERK, find=UNIT_NO) == ()
    for other in (APPROVER, EMPLOYER):
        assert refusal(listed, world, other) == "post_required"


def test_the_list_is_searched_by_state_by_unit_and_by_code(world, portal):
    refused = portal.refuse(portal.declare(ANN, credit_code=OTHER_CODE))
    accepted = portal.accept(portal.declare(ANN))
    waiting = portal.declare(BEN, credit_code=THIRD_CODE)
    portal.declare(BEN, unit_no=OTHER_UNIT, credit_code=OTHER_CODE)
    history = listed(world, RECEPTION, find=UNIT_NO)
    assert sorted(history, key=ID) == sorted((refused, accepted, waiting), key=ID)
    assert listed(world, RECEPTION, find=UNIT_NO, state="accepted") == (accepted,)
    assert {view.unit_no for view in listed(world, RECEPTION, find=OTHER_CODE)} == {OTHER_UNIT, UNIT_NO}
    assert len(listed(world, RECEPTION, state="declared")) == 2


def test_pages_follow_each_other_latest_first_without_gap_or_repetition_while_more_comes(world, portal):
    made = [portal.declare(person(number)).maintenance_id for number in range(1, 8)]
    seen, after = [], None
    while True:
        page = world.ask(ListMaintenances(limit=3, after=after), by=RECEPTION)
        seen += [view.maintenance_id for view in page.maintenances]
        portal.declare(person(20 + len(seen)))
        after = page.next_after
        if after is None:
            break
    assert seen == sorted(made, reverse=True) and len(seen) == 7


def test_the_handlers_phone_is_sealed_and_masked_everywhere(world, portal):
    portal.accept(portal.declare(ANN))
    with world.database("identity").read() as connection:
        tables = ("maintenances", "audit_entries", "inbox")
        stored = str([connection.execute(sa.text(f"select * from {table}")).all() for table in tables])
    assert PHONE not in stored and "199****0001" in stored
    assert PHONE not in str(listed(world, RECEPTION))


def test_a_clerk_of_no_post_is_told_so(world):
    with pytest.raises(Forbidden, match="post_required"):
        listed(world, clerk(Post.PAYMENT))
