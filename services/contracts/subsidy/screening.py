"""Screening: a stored verdict with reasons for every unit, from a frozen snapshot and one policy version."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import BasisPoints, Money, Region, ScreeningId, SizeClass, UnitNo, Year


class Outcome(StrEnum):
    """Three values: missing data is unknown, never a pass and never a default."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNKNOWN = "unknown"


class ScreeningState(StrEnum):
    """How far a run is."""

    FREEZING = "freezing"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NextStep(StrEnum):
    """What an employer does about a verdict."""

    WAIT = "wait"  # eligible: a batch will take it
    COMPLETE = "complete"  # tell the hall the facts that are missing
    WAIT_FOR_LISTS = "wait_for_lists"  # only lists are missing, which the agency imports
    CORRECT = "correct"  # what is wrong about the data is put right at the hall
    DECLARE = "declare"  # labour dispatch: by declaration, not by this programme
    NOTHING = "nothing"  # eligible, but the amount rounds to 0.00: nothing is paid


class ScreeningView(View):
    """A run with its progress and totals (amount: sum over the eligible, fen).

    `released_at`: since when employers are told of its verdicts; None: they are not.
    """

    screening_id: ScreeningId
    programme_year: Year
    policy_version: int
    policy_digest: str
    snapshot_digest: str | None
    state: ScreeningState
    problem: str | None
    chunks: int
    chunks_done: int
    units: int
    eligible: int
    ineligible: int
    unknown: int
    amount: Money
    by: str
    started_at: datetime
    finished_at: datetime | None
    cancelled_by: str | None = None
    released_at: datetime | None = None
    released_by: str | None = None


class ScreeningsView(View):
    """Runs, the latest first."""

    screenings: tuple[ScreeningView, ...]


class VerdictView(View):
    """The verdict on one unit; `reasons` are codes of criteria that fail or whose data are missing."""

    unit_no: UnitNo
    unit_name: str
    credit_code: str
    region: Region
    size_class: SizeClass | None
    outcome: Outcome
    reasons: tuple[str, ...]
    base: Money
    ratio: BasisPoints
    amount: Money


class VerdictsView(View):
    """A page of verdicts in the order of unit numbers; `next_after` is None on the last page."""

    verdicts: tuple[VerdictView, ...]
    next_after: UnitNo | None


class CriterionResult(View):
    """One criterion applied to one unit, the numbers put into the words."""

    code: str
    clause: str
    result: Literal["pass", "fail", "unknown"]
    zh: str
    en: str


class ExplanationView(View):
    """Why: every criterion, the facts used, and how the amount came about."""

    screening_id: ScreeningId
    verdict: VerdictView
    criteria: tuple[CriterionResult, ...]
    facts: dict[str, int | str | None]
    derivation_zh: str
    derivation_en: str


class OwnVerdictView(View):
    """Why an employer's unit gets a refund or none: what fails or cannot be told, in sentences.

    `missing`: names of the facts that the registry does not have.
    """

    unit_no: UnitNo
    unit_name: str
    outcome: Outcome
    reasons: tuple[CriterionResult, ...]
    missing: tuple[str, ...]
    next: NextStep


class OwnProgrammeView(View):
    """The latest released run of a programme; without verdicts the employer was not in its snapshot."""

    programme_year: Year
    title_zh: str
    title_en: str
    finished_at: datetime
    verdicts: tuple[OwnVerdictView, ...]


class OwnVerdictsView(View):
    """All programmes with a released run, the latest first."""

    programmes: tuple[OwnProgrammeView, ...]


class StartScreening(Command[ScreeningView]):
    """Freeze the registry and screen it by the policy in force of a programme."""

    programme_year: Year


class CancelScreening(Command[ScreeningView]):
    """Stop a run that is not over; a new one can be started at any time."""

    screening_id: ScreeningId


class ReleaseScreening(Command[ScreeningView]):
    """向单位公布筛查结果: from now on employers are told of the verdicts of a finished run. Twice is once."""

    screening_id: ScreeningId


class GetScreening(Query[ScreeningView]):
    """Show one run."""

    screening_id: ScreeningId


class ListScreenings(Query[ScreeningsView]):
    """Show the latest runs."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20


class ListVerdicts(Query[VerdictsView]):
    """Page through the verdicts of a run, within the clerk's region. `find`: part of a name, or a code."""

    screening_id: ScreeningId
    outcome: Outcome | None = None
    region: Region | None = None
    find: Annotated[str, Field(max_length=60)] = ""
    after: UnitNo | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ExplainVerdict(Query[ExplanationView]):
    """Explain the verdict on one unit."""

    screening_id: ScreeningId
    unit_no: UnitNo


class ListOwnVerdicts(Query[OwnVerdictsView]):
    """为什么没有返还: show an employer the verdicts on its own units by the latest released runs."""


class ScreeningStarted(Event):
    """The registry has to be frozen for a run."""

    version: Literal[1] = 1
    screening_id: ScreeningId


class ChunkFrozen(Event):
    """One chunk of a snapshot waits for its verdicts."""

    version: Literal[1] = 1
    screening_id: ScreeningId
    chunk: int
