"""A run: freeze the registry, then decide chunk by chunk, on any number of workers."""

import hashlib
from contextlib import suppress

import polars as pl

from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import ChunkFrozen, Outcome, ScreeningStarted, ScreeningState
from services.contracts.values import BlobRef, ScreeningId
from services.subsidy.policy.store import get_version
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import Import
from services.subsidy.screening import store
from services.subsidy.screening.adapters.snapshot import (
    decide_partitions,
    put_facts,
    put_snapshot,
    read_snapshot,
)
from services.subsidy.screening.domain import Chunk, Screening, Snapshot, Source


class _Cancelled(Exception):
    """The run was cancelled while a chunk was decided: nothing of the chunk stays."""


def freeze_registry(job: Job, event: ScreeningStarted) -> None:
    """Write down which imports count at this moment, by digest, and hand out the chunks."""
    with job.read() as uow:
        if store.get_screening(uow, event.screening_id).state is not ScreeningState.FREEZING:
            return
        snapshot = _take_snapshot(uow)
    if isinstance(snapshot, str):
        _fail(job, event.screening_id, snapshot)
        return
    manifest = put_snapshot(job.blobs, snapshot)
    chunks = len(snapshot.chunks(size=job.settings.units_per_chunk))
    with job.unit_of_work() as uow:
        screening = store.get_screening(uow, event.screening_id, alone=True)
        if screening.state is ScreeningState.FREEZING:
            employers = snapshot.employers.import_id
            frozen = screening.freeze(
                snapshot=manifest, employers=employers, units=snapshot.units, chunks=chunks
            )
            store.save_screening(uow, frozen)
            for chunk in range(chunks):
                uow.publish(ChunkFrozen(at=uow.now, screening_id=screening.id, chunk=chunk))


def screen_chunk(job: Job, event: ChunkFrozen) -> None:
    """Decide on every unit of a chunk; ledger, verdicts and progress are one transaction."""
    with job.read() as uow:
        screening = store.get_screening(uow, event.screening_id)
        if screening.state is not ScreeningState.RUNNING or screening.snapshot is None:
            return
        policy = get_version(uow, screening.programme_year, screening.policy_version).policy
    snapshot = read_snapshot(job.blobs, screening.snapshot)
    partitions = snapshot.chunks(screening.chunks)[event.chunk]
    decided = decide_partitions(job.blobs, snapshot, partitions, policy)
    chunk = _count(event.chunk, decided.verdicts, put_facts(job.blobs, decided))
    with suppress(_Cancelled), job.unit_of_work() as uow:
        if store.add_chunk(uow, screening.id, chunk):
            store.add_verdicts(uow, screening.id, decided.verdicts)
            # Locked last, so that workers write side by side: a run cancelled meanwhile shows only here.
            screening = store.get_screening(uow, screening.id, alone=True)
            if screening.state is not ScreeningState.RUNNING:
                raise _Cancelled
            store.save_screening(uow, screening.add(chunk, at=uow.now))


def _take_snapshot(uow: UnitOfWork) -> Snapshot | str:
    """Return what counts now, or the code of what is missing."""
    employers = _latest(uow, ImportKind.EMPLOYERS)
    contributions = [
        _source(uow, each) for each in reversed(registry.list_done(uow, ImportKind.CONTRIBUTIONS))
    ]
    if employers is None or not employers.parts:
        return "no_employers"
    if not contributions:
        return "no_contributions"
    lists = (_latest(uow, kind) for kind in (ImportKind.DISHONEST, ImportKind.ZOMBIE))
    return Snapshot(employers, tuple(contributions), *lists)


def _latest(uow: UnitOfWork, kind: ImportKind) -> Source | None:
    done = registry.list_done(uow, kind)
    return _source(uow, done[0]) if done else None


def _source(uow: UnitOfWork, one: Import) -> Source:
    return Source(one.id, one.blob.sha256, tuple(registry.list_parts(uow, one.id)))


def _fail(job: Job, screening_id: ScreeningId, problem: str) -> None:
    with job.unit_of_work() as uow:
        screening: Screening = store.get_screening(uow, screening_id, alone=True)
        if screening.state is ScreeningState.FREEZING:
            store.save_screening(uow, screening.fail(problem=problem, at=uow.now))


def _count(number: int, decided: pl.DataFrame, facts: BlobRef) -> Chunk:
    """Return the totals and the digest of the verdicts of a chunk."""
    counts = dict(decided["outcome"].value_counts().iter_rows())
    return Chunk(
        chunk=number,
        digest=hashlib.sha256(decided.write_csv().encode()).hexdigest(),
        units=decided.height,
        eligible=counts.get(Outcome.ELIGIBLE, 0),
        ineligible=counts.get(Outcome.INELIGIBLE, 0),
        unknown=counts.get(Outcome.UNKNOWN, 0),
        amount=int(decided["amount"].sum()),
        facts=facts,
    )
