"""The sample province through the real doors: dirty lines are found, hand-made units get their verdicts."""

import csv
import io

import pytest

from deploy.local.sample.files import write_province
from deploy.local.sample.showcase import showcase
from services.chassis.ids import new_id
from services.contracts.subsidy.registry import GetImport, ImportReceived, ImportState, ReceiveImport
from services.contracts.subsidy.screening import (
    ChunkFrozen,
    GetScreening,
    ListVerdicts,
    ScreeningStarted,
    ScreeningState,
    StartScreening,
)
from services.subsidy import seed
from tests.people import APPROVER

SHOWN = showcase(2023)


@pytest.fixture
def files(tmp_path):
    return write_province(folder=tmp_path / "province", programme_year=2023, count=120)


@pytest.fixture
def imported(world, files):
    """The files and what became of them."""
    return [(file, _import(world, file)) for file in files]


def _import(world, file):
    with open(file.path, "rb") as content:
        blob = world.blobs.put("imports", content)
    received = world.ask(
        ReceiveImport(id=new_id(), kind=file.kind, filename=file.path.name, blob=blob), by=APPROVER
    )
    world.work("subsidy", world.published(ImportReceived)[-1])
    return world.ask(GetImport(import_id=received.import_id), by=APPROVER)


def test_every_line_is_accounted_for_and_each_dirty_one_is_named(world, imported):
    for file, view in imported:
        assert view.state is ImportState.DONE
        assert (view.accepted, view.rejected) == (file.accepted, len(file.dirty)), file.kind
        if file.dirty:
            text = world.blobs.read(view.rejects).decode("gb18030")
            found = [(int(line), field) for line, field, *_ in list(csv.reader(io.StringIO(text)))[1:]]
            assert found == [(dirty.line, dirty.field) for dirty in file.dirty]


def test_each_hand_made_unit_gets_the_verdict_of_the_table(world, imported):
    seed.seed(world.job("subsidy"))
    started = world.ask(StartScreening(id=new_id(), programme_year=2023), by=APPROVER)
    world.work("subsidy", world.published(ScreeningStarted)[-1])
    for chunk in world.published(ChunkFrozen):
        world.work("subsidy", chunk)
    run = world.ask(GetScreening(screening_id=started.screening_id), by=APPROVER)
    assert (run.state, run.units) == (ScreeningState.DONE, 120)
    found = {
        verdict.unit_no: (verdict.outcome.value, verdict.amount)
        for outcome in ("eligible", "ineligible", "unknown")
        for verdict in world.ask(
            ListVerdicts(screening_id=run.screening_id, outcome=outcome, limit=200), by=APPROVER
        ).verdicts
    }
    wrong = [
        (shown.shows, found[shown.unit.unit_no])
        for shown in SHOWN
        if found[shown.unit.unit_no] != (shown.outcome, shown.amount or 0)
    ]
    assert wrong == []
