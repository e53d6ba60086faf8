"""The rules of credit-code maintenance, whatever is declared, accepted, refused, and when."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from services.contracts.errors import Refused
from services.contracts.identity.credit_codes import DeclareMaintenance, MaintenanceState
from services.contracts.values import Actor, ActorKind
from services.identity.credit_codes.domain import MaintainedUnit, Maintenance, plain_name

START = datetime(2023, 9, 14, 15, 50, tzinfo=UTC)  # ten minutes before midnight in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
CODE, UNIT_NO = "91410181170508042W", "410181000327"
PERSON = Actor(id="person:018a91b2-0000-7000-8000-000000000001", kind=ActorKind.PERSON, name="王喆")
CLERK = Actor(id="clerk:chen.reception", kind=ActorKind.CLERK, name="陈静")


def day_of(moment: datetime) -> object:
    return moment.astimezone(SHANGHAI).date()


def declared(number: int = 1, at: datetime = START) -> Maintenance:
    command = DeclareMaintenance(
        id=UUID(int=number),
        credit_code=CODE,
        unit_no=UNIT_NO,
        unit_name="巩义市恒远精密制造有限公司",
        handler_name="张敏",
        handler_phone="19903700001",
    )
    return Maintenance.declare(command, id=UUID(int=number), by=PERSON, at=at)


def refusal(action, **facts) -> Refused:
    with pytest.raises(Refused) as refused:
        action(**facts)
    return refused.value


class Unit(RuleBasedStateMachine):
    """One unit through days and months; what is written down here is counted by the calendar of the wall."""

    waiting = Bundle("waiting")

    def __init__(self) -> None:
        super().__init__()
        self.now, self.number = START, 0
        self.unit = MaintainedUnit(unit_no=UNIT_NO, credit_code=CODE, maintenance_id=UUID(int=0))
        self.on_the_wall: list[datetime] = []

    @rule(seconds=st.one_of(st.integers(0, 3600), st.integers(0, 3 * 24 * 3600)))
    def time_goes_by(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(target=waiting)
    def a_person_declares(self):
        self.number += 1
        return declared(self.number, self.now)

    @rule(maintenance=consumes(waiting))
    def the_hall_refuses(self, maintenance):
        refused = maintenance.refuse(reason="与登记不符", by=CLERK, at=self.now)
        assert refused.state is MaintenanceState.REFUSED and refused.reason == "与登记不符"

    @rule(maintenance=waiting)
    def the_hall_accepts(self, maintenance):
        accepted = maintenance.accept(by=CLERK, at=self.now)
        expected = self.expected_refusal()
        if expected:
            assert refusal(self.unit.require_another, at=self.now).code == expected
            return
        self.unit.require_another(at=self.now)
        self.unit = replace(self.unit, accepted=(*self.unit.accepted, accepted.decided_at))
        self.on_the_wall.append(self.now)

    @precondition(lambda self: self.on_the_wall and self.unit.registered_at is None)
    @rule(lucky=st.integers(0, 9))
    def the_unit_registers(self, lucky):
        if lucky == 0:
            self.unit = replace(self.unit, registered_at=self.now)

    @invariant()
    def never_more_than_three_in_all_and_two_a_shanghai_day(self):
        assert len(self.unit.accepted) <= 3
        assert max(Counter(map(day_of, self.unit.accepted)).values(), default=0) <= 2

    def expected_refusal(self) -> str:
        if self.unit.registered_at:
            return "unit_registered"
        if len(self.on_the_wall) == 3:
            return "maintenance_limit_total"
        today = [moment for moment in self.on_the_wall if day_of(moment) == day_of(self.now)]
        return "maintenance_limit_day" if len(today) == 2 else ""


TestUnit = Unit.TestCase
TestUnit.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_the_day_of_a_maintenance_changes_at_midnight_in_shanghai():
    late = datetime(2023, 9, 14, 15, 59, 59, tzinfo=UTC)
    unit = MaintainedUnit(
        unit_no=UNIT_NO, credit_code=CODE, maintenance_id=UUID(int=0), accepted=(late, late)
    )
    problem = refusal(unit.require_another, at=late)
    assert (problem.code, problem.facts) == ("maintenance_limit_day", {"limit": 2})
    unit.require_another(at=late + timedelta(seconds=1))


def test_what_is_decided_cannot_be_decided_again_and_says_how_it_was():
    for done in (
        declared().accept(by=CLERK, at=START),
        declared().refuse(reason="重复", by=CLERK, at=START),
    ):
        assert (done.decided_by, done.decided_by_name) == (CLERK.id, CLERK.name)
        for again in (
            refusal(done.accept, by=CLERK, at=START),
            refusal(done.refuse, reason="重复", by=CLERK, at=START),
        ):
            assert (again.code, again.facts) == ("maintenance_decided", {"state": done.state.value})


@pytest.mark.parametrize(
    "typed", ["巩义市(恒远)有限公司", "巩义市（恒远） 有限公司", " 巩义市（恒远)有限公司\t"]
)
def test_brackets_of_two_widths_and_blanks_make_no_other_name(typed):
    assert plain_name(typed) == plain_name("巩义市（恒远）有限公司")
