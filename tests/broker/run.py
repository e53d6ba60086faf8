"""`python -m tests.broker.run counter`: one process of the small house, run as the real ones are."""

import sys


def main(process: str) -> None:
    """Run until SIGTERM."""
    if process == "counter-worker":
        from services.chassis import worker_host
        from tests.broker.counter import CounterSettings
        from tests.broker.counter_worker import CounterWorker

        worker_host.run(CounterWorker, CounterSettings.read())
        assert not {"nameko", "eventlet"} & set(sys.modules), "a worker is a plain process"
        return
    if process == "notify-worker":
        from services.__main__ import main as run_a_real_one

        sys.argv = ["services", "run", process]
        return run_a_real_one()
    from services.chassis import host  # first: it patches the standard library for eventlet
    from tests.broker.counter import CounterSettings, ListenerSettings
    from tests.broker.counter_services import Counter, Listener

    if process == "counter":
        host.run(Counter, CounterSettings.read())
    else:
        host.run(Listener, ListenerSettings.read())


if __name__ == "__main__":
    main(sys.argv[1])
