"""The report on an import of employers, in the worker; anew when contributions bring another December."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from services.chassis.database import batched
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Job
from services.contracts.subsidy.quality import FindingKind
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.versions import ImportCompared
from services.contracts.values import ImportId
from services.subsidy.quality import store
from services.subsidy.quality.adapters.columns import Gathered, december_headcounts, findings_among
from services.subsidy.quality.domain import Finding, findings_of
from services.subsidy.registry import store as registry
from services.subsidy.size_classes.adapters.standard import STANDARD

BATCH = 5000


def check_import(job: Job, event: ImportCompared) -> None:
    """Look at all units of an import of employers; after contributions at those of today."""
    if event.kind is ImportKind.EMPLOYERS:
        _check(job, event.import_id)
    elif event.kind is ImportKind.CONTRIBUTIONS:
        with job.read() as uow:
            employers = registry.list_done(uow, ImportKind.EMPLOYERS)
        if employers:
            _check(job, employers[0].id)


def _check(job: Job, import_id: ImportId) -> None:
    check_id = new_id()
    with job.unit_of_work() as uow:
        store.begin(uow, import_id, check_id)
    counts: Counter[FindingKind] = Counter()
    gathered = Gathered()
    if _keep(job, check_id, chain(_alone(job, import_id, gathered), _among(job, gathered)), counts):
        with job.unit_of_work() as uow:
            found = {kind.value: counts[kind] for kind in FindingKind if counts[kind]}
            store.finish(uow, check_id, gathered.frame().height, found)


def _keep(job: Job, check_id: UUID, findings: Iterator[Finding], counts: Counter[FindingKind]) -> bool:
    """Write findings batch by batch; False when another worker has begun anew."""
    for batch in batched(findings, BATCH):
        counts.update(finding.kind for finding in batch)
        with job.unit_of_work() as uow:
            if not store.add_findings(uow, check_id, batch):
                return False
    return True


def _alone(job: Job, import_id: ImportId, gathered: Gathered) -> Iterator[Finding]:
    with job.read() as uow:
        for unit in store.stream_units(uow, import_id):
            gathered.take(unit)
            yield from findings_of(unit, STANDARD)


def _among(job: Job, gathered: Gathered) -> Iterator[Finding]:
    with job.read() as uow:
        contributions = reversed(registry.list_done(uow, ImportKind.CONTRIBUTIONS))
        parts = [[part.blob for part in registry.list_parts(uow, one.id)] for one in contributions]
    yield from findings_among(gathered.frame(), december_headcounts(job.blobs, parts))
