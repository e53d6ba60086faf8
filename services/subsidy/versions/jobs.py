"""The heavy part, in the worker: hold a new version against its neighbours, and any two on request."""

from contextlib import closing
from typing import Any
from uuid import UUID

from services.chassis.database import batched
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.registry import ImportKind, ImportLoaded
from services.contracts.subsidy.versions import ChangeKind, ComparisonRequested, ImportCompared
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import Import
from services.subsidy.versions import store
from services.subsidy.versions.adapters.months import MonthsTally, months_at
from services.subsidy.versions.domain import FIELDS, Tally, changes_between

BATCH = 5000


def compare_import(job: Job, event: ImportLoaded) -> None:
    """Compare a new version with the one before, and one that overtook it with it."""
    with job.read() as uow:
        pairs = store.get_lineage(uow, event.kind).pairs(event.import_id)
    for new, old in pairs:
        _compare(job, new, old)
    with job.unit_of_work() as uow:
        uow.publish(ImportCompared(at=uow.now, import_id=event.import_id, kind=event.kind))


def compare_versions(job: Job, event: ComparisonRequested) -> None:
    """Compare any two versions."""
    with job.read() as uow:
        new = registry.get_import(uow, event.import_id)
        old = store.get_lineage(uow, new.kind).against(new, event.against)
    if old is not None:
        _compare(job, new, old)


def _compare(job: Job, new: Import, old: Import) -> None:
    comparison = new_id()
    with job.unit_of_work() as uow:
        if not store.begin(uow, new.id, old.id, comparison):
            return
    if new.kind is ImportKind.CONTRIBUTIONS:
        _compare_months(job, new, old, comparison)
    else:
        _compare_rows(job, new, old, comparison)


def _compare_rows(job: Job, new: Import, old: Import, comparison: UUID) -> None:
    """Read both versions side by side; what is different is kept batch by batch, the counts at the end."""
    tally = Tally()
    with job.read() as uow:
        sides = (store.stream_rows(uow, new.kind, one.id) for one in (old, new))
        with closing(tally.count(changes_between(*sides))) as changes:
            for batch in batched(changes, BATCH):
                with job.unit_of_work() as writing:
                    if not store.add_changes(writing, comparison, batch):
                        return
    counts: dict[str, Any] = {kind.value: tally.kinds[kind] for kind in ChangeKind}
    counts |= {"unchanged": tally.kinds[None], "fields": tally.fields(FIELDS[new.kind])}
    with job.unit_of_work() as uow:
        store.finish(uow, comparison, counts)


def _compare_months(job: Job, new: Import, old: Import, comparison: UUID) -> None:
    """Hold the months of a file, partition by partition, against what counted with `old` as the latest."""
    with job.read() as uow:
        versions = store.get_lineage(uow, new.kind).up_to(old)
        earlier = [registry.list_parts(uow, one.id) for one in versions]
        parts = registry.list_parts(uow, new.id)
    tally = MonthsTally()
    for part in parts:
        now = months_at(job.blobs, [[part]], part.partition)
        tally.take(months_at(job.blobs, earlier, part.partition), now)
    with job.unit_of_work() as uow:
        store.finish(uow, comparison, tally.counts(), tally.first.iter_rows())
