"""The doors of the worker in counter.py."""

from services.chassis.worker import Worker, every, job
from tests.broker import counter


class CounterWorker(Worker):
    """Weighs."""

    name = "counter-worker"
    on_weighing_asked = job(counter.WeighingAsked, counter.weigh)
    tick = every(0.3, counter.tick)
