"""Under eventlet a computation has a real thread, and a lock that real threads can wait for."""

import eventlet
from eventlet import patcher, tpool

from services.chassis import off_hub
from services.chassis.off_hub import ThreadLock, off_the_hub
from services.contracts.subsidy.screening import Outcome
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.screening.domain import decide
from services.subsidy.simulation.adapters.effects import effect
from tests.services.simulation import kept, question, with_parameters
from tests.units import by_chance

real_time = patcher.original("time")


def test_two_computations_take_turns_at_a_lock_while_the_hub_goes_on(monkeypatch):
    monkeypatch.setattr(off_hub, "_run", tpool.execute)
    turn, ticks, inside, most = ThreadLock(), [], [], []

    def compute(number):
        with turn:
            inside.append(number)
            most.append(len(inside))
            real_time.sleep(0.1)
            inside.remove(number)
        return number

    def tick():
        while True:
            ticks.append(1)
            eventlet.sleep(0.005)

    ticking = eventlet.spawn(tick)
    asked = [eventlet.spawn(off_the_hub, compute, number) for number in range(4)]
    answers = [each.wait() for each in asked]
    ticking.kill()
    assert answers == [0, 1, 2, 3]
    assert set(most) == {1}, "never two within"
    assert len(ticks) > 4, "the hub went on"


def test_a_simulation_is_computed_beside_the_hub(monkeypatch):
    monkeypatch.setattr(off_hub, "_run", tpool.execute)
    units = list(by_chance(200, seed=5))
    policy = read_programme("henan_2023")
    run, asked = kept(policy, units), question(with_parameters(policy, min_months=25))
    seen = [eventlet.spawn(off_the_hub, effect, run, asked) for _ in range(3)]
    totals = {each.wait().totals for each in seen}
    assert len(totals) == 1 and totals.pop().went_out == sum(
        decide(policy, *unit).outcome is Outcome.ELIGIBLE for unit in units
    )
