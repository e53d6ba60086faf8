"""The doors of the services in counter.py."""

from services.chassis.service import Service, command, event, every, query
from tests.broker import counter


class Counter(Service):
    """Takes commands, publishes."""

    name = "counter"
    add_count = command(counter.AddCount, counter.add_count)
    get_count = query(counter.GetCount, counter.get_count)
    tick = every(0.3, counter.tick)


class Listener(Service):
    """Hears."""

    name = "listener"
    on_counted = event(counter.Counted, counter.on_counted)
