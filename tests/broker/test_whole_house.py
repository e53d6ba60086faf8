"""The real house while its processes are killed: nothing lost, nothing done twice, from file to slip."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.demo.people import Employer
from deploy.local.demo.visitor import SaidNo, wait_for
from deploy.local.house import MARK, House
from deploy.local.sample.bring_in import EMPLOYER_PASSWORD, Agency, import_file, maintain
from deploy.local.sample.files import write_province
from services.archive.slips.store import slips
from services.chassis.database import Database
from services.contracts.subsidy.approval import BatchState, BatchView
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.values import Choice
from services.notify.prompts.store import prompts
from services.notify.sms.store import sms_messages
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.confirmation.store import answers
from services.subsidy.screening.store import verdicts

UNITS = 3_000
VICTIMS = ("subsidy-worker", "subsidy", "notify", "notify-worker", "archive-worker", "archive", "identity")
PAUSE = 1.0  # seconds between two kills
ALIVE = 4.0  # seconds a process lives at least: long enough to be in the middle of something
KILLS = 12  # of one kind at most: the supervisor gives up what never stays up


class Killer:
    """kill -9 of one process after the other, until told to stop; the supervisor starts them again."""

    def __init__(self, house: House) -> None:
        self.house, self.kills = house, dict.fromkeys(VICTIMS, 0)
        self._stopping = threading.Event()

    @contextmanager
    def at_work(self, *victims: str) -> Iterator[None]:
        """Kill these in turn meanwhile."""
        self._stopping.clear()
        thread = threading.Thread(target=self._run, args=(itertools.cycle(victims),))
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()

    def _run(self, victims: Iterator[str]) -> None:
        while not self._stopping.wait(PAUSE):
            victim = next(victims)
            for pid in self._pids_of(victim):
                if self.kills[victim] < KILLS and _age(pid) > ALIVE:
                    os.kill(pid, signal.SIGKILL)
                    self.kills[victim] += 1

    def _pids_of(self, name: str) -> list[int]:
        """Return the processes of this house that run `name`, not the shells that keep them."""
        mark, words = f"{MARK}={self.house.folder}".encode(), ["-m", "services", "run", name]
        found = []
        for process in Path("/proc").iterdir():
            try:
                command = (process / "cmdline").read_text().split("\0")
                if command[1:5] == words and mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except (OSError, ValueError):
                continue  # no process, or gone meanwhile
        return found


def _age(pid: int) -> float:
    """Return the seconds since a process was started."""
    return time.time() - Path(f"/proc/{pid}").stat().st_mtime


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    on_postgres = request.param == "postgresql"
    settings = {
        "RETRY_DELAYS_MS": "[200, 1000, 3000, 5000, 5000]",
        "SUBSIDY_REFUNDS_PER_MESSAGE": "1000",
        "SUBSIDY_UNITS_PER_CHUNK": "200",
    }
    with House(
        tmp_path / "house", clock="2023-09-14T09:00+08:00", postgres=on_postgres, settings=settings
    ) as house:
        yield house


@pytest.fixture
def rows(house: House) -> Iterator[Callable[..., list[Any]]]:
    """Read a table of the house: rows("notify", prompts)."""
    databases = {
        name: Database(house.environment[f"{name.upper()}_DATABASE_URL"])
        for name in ("subsidy", "notify", "archive")
    }

    def read(service: str, *columns: Any) -> list[Any]:
        with databases[service].read() as connection:
            return list(connection.execute(sa.select(*columns)).all())

    yield read
    for database in databases.values():
        database.close()


def test_kill_9_of_everybody_loses_nothing_and_doubles_nothing(house, rows, tmp_path):
    agency, killer = Agency(house.gateway_url, 2023, print), Killer(house)
    files = write_province(folder=tmp_path / "province", programme_year=2023, count=UNITS)
    with killer.at_work("subsidy-worker", "subsidy"):
        for file in files:
            import_file(agency, file)
        run = agency.maker.wait_for_screening(agency.maker.start_screening(2023).screening_id)
    assert run.state is ScreeningState.DONE
    assert run.units == len(rows("subsidy", verdicts.c.unit_no)) == UNITS

    with killer.at_work("subsidy-worker", "notify-worker", "subsidy", "notify"):
        batch = approve_everything(agency, run.screening_id)
        told = wait_for("the prompts", lambda: all_of(rows("notify", prompts.c.refund_id), batch.count))
        announced = wait_for("the SMS", lambda: all_of(occasions(rows), batch.count))
    made = {row.id: row.amount for row in rows("subsidy", refunds.c.id, refunds.c.amount)}
    assert len(made) == batch.count and sum(made.values()) == batch.amount
    assert {row.refund_id for row in told} == set(made) and len(told) == batch.count
    assert len(announced) == len({row.occasion for row in announced}) == batch.count

    employers = [employer(agency, unit_no) for unit_no in registrable(agency, rows)]
    with killer.at_work("archive-worker", "subsidy", "archive", "identity", "notify"):
        with ThreadPoolExecutor(len(employers)) as people:
            submitted = sorted(sum(people.map(answer_twice, employers), start=[]))
        slip = (slips.c.refund_id, slips.c.revision)
        kept = wait_for("the slips", lambda: all_of(rows("archive", *slip), len(submitted)))
    assert sorted(map(tuple, kept)) == submitted
    answered = rows("subsidy", answers.c.refund_id, answers.c.revision)
    assert sorted(map(tuple, answered)) == submitted
    assert house.operate("dead-letters") == ""
    assert all(killer.kills.values()), killer.kills
    print(killer.kills)


def approve_everything(agency: Agency, screening_id: Any) -> BatchView:
    """Make a batch of all that is eligible, and let the other clerk approve it."""
    made = agency.maker.make_batch(screening_id)
    batch = agency.checker.wait_for_batch(made.batch_id, BatchState.MADE)
    agency.checker.approve(batch)
    return agency.checker.wait_for_batch(made.batch_id, BatchState.APPROVED)


def registrable(agency: Agency, rows: Callable[..., list[Any]]) -> list[str]:
    """Return the first hand-made units that have a refund."""
    known = {row.unit_no for row in rows("subsidy", refunds.c.unit_no)}
    return [unit_no for unit_no in agency.units if unit_no in known][:4]


def employer(agency: Agency, unit_no: str) -> Employer:
    """Open the account of a unit."""
    maintain(agency, unit_no)
    handler = agency.handler_of(unit_no)
    handler.register()
    handler.become_administrator(EMPLOYER_PASSWORD)
    return handler


def answer_twice(handler: Employer) -> list[tuple[Any, int]]:
    """Confirm, then change one's mind."""
    return [answer(handler, choice) for choice in Choice]


def answer(handler: Employer, choice: Choice) -> tuple[Any, int]:
    """Read, choose, save, submit; return which answer of which refund that was."""
    [refund] = handler.refunds()
    statement = handler.open_statement(refund.refund_id)
    wait_for("the end of the reading", lambda: save(handler, statement, choice))
    outcome = handler.submit(*handler.todos())
    assert (outcome.submitted, outcome.succeeded) == (1, 1)
    return refund.refund_id, refund.revision + 1


def save(handler: Employer, statement: Any, choice: Choice) -> Any:
    """Save once the ten seconds are over."""
    try:
        return handler.save(statement, choice)
    except SaidNo as no:
        if no.code != "statement_too_short":
            raise
        return None


def occasions(rows: Callable[..., list[Any]]) -> list[Any]:
    """Return the SMS that are sent for an occasion."""
    return [row for row in rows("notify", sms_messages.c.occasion) if row.occasion]


def all_of(found: list[Any], count: int) -> list[Any] | None:
    """Return the rows when they are complete."""
    return found if len(found) >= count else None
