"""Two workers at the same versions at once: one of them is believed, and nothing is counted twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from services.contracts.subsidy.quality import FindingKind, GetImportQuality, QualityState
from services.contracts.subsidy.registry import ImportKind, ImportLoaded
from services.contracts.subsidy.versions import DiffState, GetImportDiff, ImportCompared
from services.subsidy.quality import jobs as quality
from services.subsidy.quality import store as quality_store
from services.subsidy.versions import jobs, store
from tests.people import AUDITOR
from tests.services.registry import employers, load

WORKERS = 3


def at_once(world, event):
    """Let several workers do the same, each under a message of its own; raise what any of them raises."""
    world.database("subsidy")
    start = threading.Barrier(WORKERS)

    def work(_):
        start.wait()
        world.work("subsidy", event)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


def two_versions(world):
    load(world, ImportKind.EMPLOYERS, employers(40))
    world.now += timedelta(hours=1)
    return load(world, ImportKind.EMPLOYERS, employers(40, people=90)[:-5])


def test_several_workers_compare_the_same_versions_and_one_result_stays(world, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 4)
    view = two_versions(world)
    at_once(world, ImportLoaded(at=world.now, import_id=view.import_id, kind=view.kind))
    diff = world.ask(GetImportDiff(import_id=view.import_id), by=AUDITOR)
    assert (diff.state, diff.added, diff.removed, diff.changed) == (DiffState.DONE, 0, 5, 35)
    assert len(world.rows("subsidy", store.import_changes)) == 40


def test_several_workers_check_the_same_import_and_one_report_stays(world, monkeypatch):
    monkeypatch.setattr(quality, "BATCH", 4)
    view = two_versions(world)
    at_once(world, ImportCompared(at=world.now, import_id=view.import_id, kind=view.kind))
    report = world.ask(GetImportQuality(import_id=view.import_id), by=AUDITOR)
    assert report.state is QualityState.DONE
    assert [(one.kind, one.count) for one in report.findings] == [(FindingKind.SHARED_CODE, 35)]
    assert len(world.rows("subsidy", quality_store.quality_findings)) == 35
