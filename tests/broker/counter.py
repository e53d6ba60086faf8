"""A house in small, for the tests of the chassis: messages, tables and functions; its doors are beside it.

`counter` takes commands and publishes; `listener` hears; `counter-worker` does jobs, on the
counter's database. Tables of effects have no unique key: a thing done twice is seen as two rows.
"""

import logging
import time
from pathlib import Path

import sqlalchemy as sa
from pydantic_settings import SettingsConfigDict

from services.chassis.database import insert_if_new
from services.chassis.settings import Settings
from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.base import Command, Event, Nudge, Query, View
from services.contracts.errors import Refused

log = logging.getLogger(__name__)
metadata = sa.MetaData()


def _effects(name: str) -> sa.Table:
    return sa.Table(
        name, metadata, sa.Column("seq", sa.Integer, primary_key=True), sa.Column("number", sa.Integer)
    )


counts, heard, begun, weighed = map(_effects, ("counts", "heard", "begun", "weighed"))
scales = sa.Table("scales", metadata, sa.Column("number", sa.Integer, primary_key=True))


class CounterSettings(Settings):
    """COUNTER_DATABASE_URL, shared by counter and counter-worker."""

    model_config = SettingsConfigDict(env_prefix="COUNTER_")
    hold: str = ""  # while this file is there, weighing does not end


class ListenerSettings(Settings):
    """LISTENER_DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="LISTENER_")
    cure: str = ""  # once this file is there, poison is none


class CountView(View):
    """How many."""

    count: int
    by: str = ""


class AddCount(Command[CountView]):
    """Count one more; negative numbers are refused."""

    number: int


class GetCount(Query[CountView]):
    """How many are counted."""


class Counted(Event):
    """One more; -1 is poison until there is a cure."""

    number: int


class Flickered(Nudge):
    """A hint."""


class WeighingAsked(Event):
    """Something heavy to be weighed; -1 is poison."""

    number: int


class Weighed(Event):
    """It is weighed."""

    number: int


def add_count(work: UnitOfWork, command: AddCount) -> CountView:
    """One row, one event."""
    if command.number < 0:
        raise Refused("negative", "only what is there can be counted", number=command.number)
    work.connection.execute(counts.insert().values(number=command.number))
    work.publish(Counted(at=work.now, number=command.number))
    log.info("counted %s", command.number)
    return CountView(count=1, by=work.actor.id)


def get_count(work: UnitOfWork, query: GetCount) -> CountView:
    """Count the rows."""
    return CountView(count=work.connection.scalar(sa.select(sa.func.count()).select_from(counts)) or 0)


def on_counted(work: UnitOfWork, event: Counted) -> None:
    """One row."""
    work.connection.execute(heard.insert().values(number=event.number))
    log.info("heard %s", event.number)
    if event.number == -1 and not Path(work.settings.cure).exists():
        raise RuntimeError("poison")


def weigh(job: Job, event: WeighingAsked) -> None:
    """Two transactions with a wait between them; what is weighed stays weighed."""
    with job.unit_of_work() as work:
        work.connection.execute(begun.insert().values(number=event.number))
    if event.number == -1:
        raise RuntimeError("poison")
    while job.settings.hold and Path(job.settings.hold).exists():
        time.sleep(0.05)
    with job.unit_of_work() as work:
        if insert_if_new(work.connection, scales, number=event.number):
            work.connection.execute(weighed.insert().values(number=event.number))
            work.publish(Weighed(at=work.now, number=event.number))


def tick(job: Job) -> None:
    """Fails each other time: periodic work goes on after a failure."""
    with job.unit_of_work() as work:
        work.connection.execute(counts.insert().values(number=-100))
    with job.read() as work:
        ticks = work.connection.scalar(sa.select(sa.func.count()).where(counts.c.number == -100))
    if ticks and ticks % 2:
        raise RuntimeError("each other time")
