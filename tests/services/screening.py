"""Runs as an approver starts them and workers finish them."""

from services.chassis.ids import new_id
from services.contracts.subsidy.screening import (
    ChunkFrozen,
    GetScreening,
    ScreeningStarted,
    ScreeningView,
    StartScreening,
)
from services.contracts.values import ScreeningId
from tests.people import APPROVER, AUDITOR


def start(world, year=2023) -> ScreeningId:
    """Start a run and let a worker freeze the registry for it."""
    started = world.ask(StartScreening(id=new_id(), programme_year=year), by=APPROVER)
    world.work("subsidy", ScreeningStarted(at=world.now, screening_id=started.screening_id))
    return started.screening_id


def chunks_of(world, screening_id) -> list[ChunkFrozen]:
    """Return the chunks that wait for their verdicts."""
    return [each for each in world.published(ChunkFrozen) if each.screening_id == screening_id]


def screen(world, year=2023) -> ScreeningView:
    """Do a whole run."""
    screening_id = start(world, year)
    for chunk in chunks_of(world, screening_id):
        world.work("subsidy", chunk)
    return show(world, screening_id)


def show(world, screening_id) -> ScreeningView:
    """Show a run to an auditor."""
    return world.ask(GetScreening(screening_id=screening_id), by=AUDITOR)
