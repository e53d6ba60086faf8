"""Twenty people sign in with passwords at once: the hub of identity is not blocked by argon2id.

    python -m tests.benchmarks.identity_passwords [--postgres]

Another question to the same process keeps its latency: its p99 beside that of a quiet house, in one run. The
rate of sign-ins stands beside argon2id alone on as many threads.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path

from argon2 import PasswordHasher

from deploy.local.demo.people import Clerk
from deploy.local.house import House
from deploy.local.sample.bring_in import CLERK_PASSWORD
from deploy.local.sample.codes import credit_code
from gateway.auth import COOKIE
from services.chassis.ids import new_id
from services.chassis.rpc_client import RpcClient
from services.contracts.errors import Problem
from services.contracts.identity.sessions import ListSessions, SignInEmployer
from services.identity.settings import Settings

SECONDS = 5
SIGNING_IN = 20
GOAL = 2.0


def main(postgres: bool) -> None:
    """Measure a quiet house, then one where twenty sign in without a pause."""
    with tempfile.TemporaryDirectory() as folder, House(Path(folder), postgres=postgres) as house:
        bus = RpcClient(house.environment["BROKER_URL"])
        token = Clerk(house.gateway_url).sign_in("auditor", CLERK_PASSWORD).http.cookies[COOKIE]

        def ask() -> None:
            bus.ask(ListSessions(), token)

        quiet = latencies(ask)
        tries = count()
        with ThreadPoolExecutor(SIGNING_IN) as crowd:
            stop = threading.Event()
            crowd_of = [crowd.submit(sign_in_again_and_again, bus, tries, stop) for _ in range(SIGNING_IN)]
            time.sleep(1)
            busy = latencies(ask)
            stop.set()
            rate = sum(one.result() for one in crowd_of) / (SECONDS + 1)
        bus.close()
    tell(quiet, busy, rate)


def latencies(ask: Callable[[], None]) -> list[float]:
    """Ask one after the other for some seconds; return how long each took."""
    taken: list[float] = []
    end = time.monotonic() + SECONDS
    while (began := time.monotonic()) < end:
        ask()
        taken.append(time.monotonic() - began)
    return taken


def sign_in_again_and_again(bus: RpcClient, tries: "count[int]", stop: threading.Event) -> int:
    """Guess at accounts that do not exist, each from another address: all the work, and no lock."""
    done = 0
    while not stop.is_set():
        number = next(tries)
        code = credit_code(unit_type="企业", region="410181", body=f"B{number:08}"[-8:])
        command = SignInEmployer(id=new_id(), credit_code=code, password="not the password")
        with suppress(Problem):
            bus.ask(command, address=f"198.51.{number // 250 % 250}.{number % 250}")
        done += 1
    return done


def bare_rate() -> float:
    """Return how often a second argon2id alone runs, with the costs of the service, on all cores."""
    fields = Settings.model_fields
    memory, passes = fields["password_memory_kib"].default, fields["password_passes"].default
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    end = time.monotonic() + SECONDS

    def hash_until_the_end(_: int) -> int:
        done = 0
        while time.monotonic() < end:
            hasher.hash("not the password")
            done += 1
        return done

    with ThreadPoolExecutor(SIGNING_IN) as pool:
        return sum(pool.map(hash_until_the_end, range(SIGNING_IN))) / SECONDS


def tell(quiet: list[float], busy: list[float], rate: float) -> None:
    """Print latencies and rates beside each other."""
    p99 = {}
    for name, taken in (("quiet", quiet), (f"{SIGNING_IN} signing in", busy)):
        p99[name] = statistics.quantiles(taken, n=100)[98]
        middle = statistics.median(taken)
        told = f"median {middle * 1000:.1f} ms, p99 {p99[name] * 1000:.1f} ms"
        print(f"{name:14} {len(taken):6} questions, {told}")
    ratio = p99[f"{SIGNING_IN} signing in"] / p99["quiet"]
    print(f"p99 while {SIGNING_IN} sign in: {ratio:.1f}× of the quiet one (goal: at most {GOAL}×)")
    bare = bare_rate()
    print(f"sign-ins {rate:.0f}/s, argon2id alone on all cores {bare:.0f}/s: {rate / bare:.2f} of it")


if __name__ == "__main__":
    main("--postgres" in sys.argv)
