"""Under eventlet a computation has a real thread, and a lock that real threads can wait for."""

import eventlet
from eventlet import patcher, tpool

from services.chassis import off_hub
from services.chassis.off_hub import ThreadLock, off_the_hub

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
