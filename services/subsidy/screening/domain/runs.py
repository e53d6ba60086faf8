"""Runs of a policy version over the registry of one moment, and the chunks they are decided in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.errors import Refused
from services.contracts.subsidy.screening import ScreeningState
from services.contracts.values import BlobRef, ImportId, Money, ScreeningId, Sha256, Year
from services.subsidy.registry.domain import PARTITIONS, Part

UNITS_PER_CHUNK = 50_000


@dataclass(frozen=True, kw_only=True)
class Screening:
    """A run of one policy version over one snapshot; its counters grow with every chunk."""

    id: ScreeningId
    programme_year: Year
    policy_version: int
    policy_digest: Sha256
    by: str
    by_name: str
    started_at: datetime
    state: ScreeningState = ScreeningState.FREEZING
    problem: str | None = None
    snapshot: BlobRef | None = None
    employers_import_id: ImportId | None = None
    chunks: int = 0
    chunks_done: int = 0
    units: int = 0
    eligible: int = 0
    ineligible: int = 0
    unknown: int = 0
    amount: Money = 0
    finished_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_by_name: str | None = None
    released_at: datetime | None = None
    released_by: str | None = None
    released_by_name: str | None = None

    def freeze(self, *, snapshot: BlobRef, employers: ImportId, units: int, chunks: int) -> "Screening":
        """The snapshot stands: its chunks wait for their verdicts."""
        frozen = replace(self, state=ScreeningState.RUNNING, snapshot=snapshot, employers_import_id=employers)
        return replace(frozen, units=units, chunks=chunks)

    def fail(self, *, problem: str, at: datetime) -> "Screening":
        """There is nothing to screen."""
        return replace(self, state=ScreeningState.FAILED, problem=problem, finished_at=at)

    def cancel(self, *, by: str, by_name: str, at: datetime) -> "Screening":
        """Stop the run; cancelled twice it is cancelled once. What is over stays as it is."""
        if self.state is ScreeningState.CANCELLED:
            return self
        if self.state not in (ScreeningState.FREEZING, ScreeningState.RUNNING):
            raise Refused("screening_over", "this run is over", state=self.state.value)
        stopped = replace(self, state=ScreeningState.CANCELLED, finished_at=at)
        return replace(stopped, cancelled_by=by, cancelled_by_name=by_name)

    def release(self, *, by: str, by_name: str, at: datetime) -> "Screening":
        """Let employers see the verdicts of a finished run; released twice it is released once."""
        if self.state is not ScreeningState.DONE:
            raise Refused("screening_not_done", "this run is not finished", state=self.state.value)
        if self.released_at is not None:
            return self
        return replace(self, released_at=at, released_by=by, released_by_name=by_name)

    def add(self, chunk: "Chunk", *, at: datetime) -> "Screening":
        """Count a chunk; the last one finishes the run."""
        done = self.chunks_done + 1
        last = done == self.chunks
        return replace(
            self,
            chunks_done=done,
            eligible=self.eligible + chunk.eligible,
            ineligible=self.ineligible + chunk.ineligible,
            unknown=self.unknown + chunk.unknown,
            amount=self.amount + chunk.amount,
            state=ScreeningState.DONE if last else self.state,
            finished_at=at if last else None,
        )


@dataclass(frozen=True)
class Source:
    """An import that a snapshot rests on: the sha256 of the clerk's file, and the parts made of it."""

    import_id: ImportId
    sha256: Sha256
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Snapshot:
    """The registry at one moment, by digests. Contributions: the earliest import first, a later one wins."""

    employers: Source
    contributions: tuple[Source, ...]
    dishonest: Source | None
    zombie: Source | None

    @property
    def units(self) -> int:
        """Return how many units there are."""
        return sum(part.rows for part in self.employers.parts)

    def chunks(self, count: int | None = None, *, size: int = UNITS_PER_CHUNK) -> list[tuple[int, ...]]:
        """Return the partitions of each chunk; `count`: of a run that was frozen with so many."""
        return plan_chunks({part.partition: part.rows for part in self.employers.parts}, count, size=size)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What came out of one chunk; `digest` is that of its verdict rows, `facts` where they lie apart."""

    chunk: int
    digest: Sha256
    units: int
    eligible: int
    ineligible: int
    unknown: int
    amount: Money
    facts: BlobRef | None = None


def plan_chunks(
    rows: Mapping[int, int], count: int | None = None, *, size: int = UNITS_PER_CHUNK
) -> list[tuple[int, ...]]:
    """Return the partitions of each chunk, given the units in each partition: one chunk for a small province,
    all 64 for a large one; about `size` units each.

    `count`: as many chunks as a run has that was frozen when they may have been of another size.
    """
    groups = 1
    while (plan := _chunks(rows, groups)) and groups < PARTITIONS:
        if count == len(plan) or (count is None and groups * size >= sum(rows.values())):
            break
        groups *= 2
    return plan


def _chunks(rows: Mapping[int, int], groups: int) -> list[tuple[int, ...]]:
    chunks = [tuple(part for part in sorted(rows) if part % groups == group) for group in range(groups)]
    return [chunk for chunk in chunks if chunk]
