"""Runs, the ledger of their chunks, and a verdict with its facts for every unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.screening import ListVerdicts, Outcome, ScreeningState
from services.contracts.values import BlobRef, CreditCode, ScreeningId, SizeClass, UnitNo, UnitType
from services.subsidy.registry.store import imports, units
from services.subsidy.schema import metadata, words
from services.subsidy.screening.domain import Chunk, Screening

if TYPE_CHECKING:
    import polars as pl

screenings = sa.Table(
    "screenings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("programme_year", sa.SmallInteger, nullable=False),
    sa.Column("policy_version", sa.SmallInteger, nullable=False),
    sa.Column("policy_digest", sa.String(64), nullable=False),
    sa.Column("state", words(ScreeningState), nullable=False),
    sa.Column("problem", sa.String(60)),
    sa.Column("snapshot", sa.JSON(none_as_null=True)),
    sa.Column("employers_import_id", sa.ForeignKey(imports.c.id)),
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("chunks_done", sa.Integer, nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("eligible", sa.Integer, nullable=False),
    sa.Column("ineligible", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("by_name", sa.String(100), nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False, index=True),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("cancelled_by", sa.String(80)),
    sa.Column("cancelled_by_name", sa.String(100)),
    sa.Column("released_at", UtcDateTime),
    sa.Column("released_by", sa.String(80)),
    sa.Column("released_by_name", sa.String(100)),
)

screening_chunks = sa.Table(
    "screening_chunks",
    metadata,
    sa.Column("screening_id", sa.ForeignKey(screenings.c.id), primary_key=True),
    sa.Column("chunk", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("eligible", sa.Integer, nullable=False),
    sa.Column("ineligible", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.JSON(none_as_null=True), comment="where its facts lie; NULL: not kept"),
    sa.Column("at", UtcDateTime, nullable=False),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("screening_id", sa.Uuid, primary_key=True),  # no foreign key: it is dear for millions of rows
    sa.Column("unit_no", sa.String(12), primary_key=True),
    sa.Column("outcome", words(Outcome), nullable=False),
    sa.Column("reasons", sa.Integer, nullable=False, comment="bits of the criteria that fail"),
    sa.Column("unknowns", sa.Integer, nullable=False, comment="bits of the criteria whose data are missing"),
    sa.Column("layoff_rate", sa.Integer, comment="basis points; NULL: unknown"),
    sa.Column("ratio", sa.Integer, nullable=False, comment="basis points; 0: unknown"),
    sa.Column("amount", sa.BigInteger, nullable=False, comment="fen; 0 unless eligible"),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("unit_type", words(UnitType), nullable=False),
    sa.Column("size_class", words(SizeClass)),
    sa.Column("labour_dispatch", sa.SmallInteger),
    sa.Column("audit_findings", sa.SmallInteger),
    sa.Column("dishonest", sa.SmallInteger),
    sa.Column("zombie", sa.SmallInteger),
    sa.Column("headcount_now", sa.Integer),
    sa.Column("headcount_start", sa.Integer),
    sa.Column("headcount_end", sa.Integer),
    sa.Column("exempt", sa.Integer),
    sa.Column("months_full", sa.SmallInteger),
    sa.Column("base", sa.BigInteger, nullable=False, comment="fen: premiums paid for the base year"),
    sa.Column("headcount_sum", sa.BigInteger, comment="over the months of the base year"),
    sa.Column("months_insured", sa.SmallInteger, comment="months of the base year that a file has"),
    sa.Column("new_recipients", sa.Integer, comment="NULL: no file says how many"),
)
sa.Index("verdicts_by_outcome", verdicts.c.screening_id, verdicts.c.outcome, verdicts.c.unit_no)

FACT_COLUMNS = (
    "unit_type",
    "size_class",
    "labour_dispatch",
    "audit_findings",
    "dishonest",
    "zombie",
    "headcount_now",
    "headcount_start",
    "headcount_end",
    "exempt",
    "months_full",
    "base",
    "headcount_sum",
    "months_insured",
    "new_recipients",
)
VERDICT_COLUMNS = (
    "unit_no",
    "outcome",
    "reasons",
    "unknowns",
    "layoff_rate",
    "ratio",
    "amount",
    "region",
    *FACT_COLUMNS,
)


def add_screening(uow: UnitOfWork, screening: Screening) -> None:
    """Add a run."""
    uow.connection.execute(screenings.insert().values(_row(screening)))


def save_screening(uow: UnitOfWork, screening: Screening) -> None:
    """Save the state of a run."""
    uow.connection.execute(screenings.update().where(screenings.c.id == screening.id).values(_row(screening)))


def get_screening(uow: UnitOfWork, screening_id: ScreeningId, *, alone: bool = False) -> Screening:
    """Return a run; `alone`: nobody else can change it until we commit."""
    query = sa.select(screenings).where(screenings.c.id == screening_id)
    row = uow.connection.execute(query.with_for_update(key_share=True) if alone else query).one_or_none()
    if row is None:
        raise Missing("screening_missing", "there is no such screening")
    return _screening(row)


def list_screenings(uow: UnitOfWork, limit: int) -> list[Screening]:
    """Return the latest runs."""
    latest = screenings.c.started_at.desc(), screenings.c.id.desc()
    return [
        _screening(row)
        for row in uow.connection.execute(sa.select(screenings).order_by(*latest).limit(limit))
    ]


def list_latest_released(uow: UnitOfWork) -> list[Screening]:
    """Return the latest released run of each programme, the latest programme first."""
    latest = screenings.c.started_at.desc(), screenings.c.id.desc()
    rank = sa.func.row_number().over(partition_by=screenings.c.programme_year, order_by=latest)
    released = sa.select(screenings.c.id, rank.label("rank")).where(screenings.c.released_at.isnot(None))
    ranked = released.subquery()
    query = sa.select(screenings).join(ranked, ranked.c.id == screenings.c.id).where(ranked.c.rank == 1)
    return [
        _screening(row) for row in uow.connection.execute(query.order_by(screenings.c.programme_year.desc()))
    ]


def list_done_with_facts(uow: UnitOfWork, limit: int = 20) -> list[Screening]:
    """Return the latest finished runs whose facts were kept, the latest first."""
    counted = sa.select(
        screening_chunks.c.screening_id, sa.func.count(screening_chunks.c.facts).label("kept")
    )
    kept = counted.group_by(screening_chunks.c.screening_id).subquery()
    query = sa.select(screenings).join(kept, kept.c.screening_id == screenings.c.id)
    whole = (screenings.c.state == ScreeningState.DONE) & (kept.c.kept == screenings.c.chunks)
    latest = screenings.c.started_at.desc(), screenings.c.id.desc()
    rows = uow.connection.execute(query.where(whole).order_by(*latest).limit(limit))
    return [_screening(row) for row in rows]


def add_chunk(uow: UnitOfWork, screening_id: ScreeningId, chunk: Chunk) -> bool:
    """Enter a chunk into the ledger of its run; False when it has been there before."""
    row = {**vars(chunk), "facts": chunk.facts and chunk.facts.model_dump()}
    return insert_if_new(uow.connection, screening_chunks, screening_id=screening_id, **row, at=uow.now)


def list_facts(uow: UnitOfWork, screening_id: ScreeningId) -> list[BlobRef | None]:
    """Return where the facts of each chunk lie; None: they were not kept."""
    query = sa.select(screening_chunks.c.facts).filter_by(screening_id=screening_id)
    kept = uow.connection.scalars(query.order_by(screening_chunks.c.chunk))
    return [None if facts is None else BlobRef(**facts) for facts in kept]


def add_verdicts(uow: UnitOfWork, screening_id: ScreeningId, decided: "pl.DataFrame") -> None:
    """Add verdicts, given as VERDICT_COLUMNS."""
    from services.chassis.frames import insert_frame  # Polars is large: only where workers need it

    insert_frame(uow.connection, verdicts, decided, screening_id=screening_id)


def get_verdict(uow: UnitOfWork, screening_id: ScreeningId, unit_no: UnitNo) -> sa.Row[Any]:
    """Return the verdict on a unit with its name and code as they were in the snapshot."""
    query = _with_units(screening_id).where(verdicts.c.unit_no == unit_no)
    row = uow.connection.execute(query).one_or_none()
    if row is None:
        raise Missing("verdict_missing", "there is no verdict on this unit", unit_no=unit_no)
    return row


def list_verdicts_of(
    uow: UnitOfWork, screening_id: ScreeningId, employer: CreditCode
) -> Sequence[sa.Row[Any]]:
    """Return the verdicts on the units that an employer had in the snapshot, by unit number."""
    query = _with_units(screening_id).where(units.c.credit_code == employer)
    return uow.connection.execute(query.order_by(verdicts.c.unit_no)).all()


def list_verdicts(uow: UnitOfWork, query: ListVerdicts, within: str) -> Sequence[sa.Row[Any]]:
    """Return a page of verdicts and the one after it; `within`: digits that the unit numbers share."""
    number = verdicts.c.unit_no
    page = _with_units(query.screening_id).where(number >= within.ljust(12, "0"))
    page = page.where(number <= within.ljust(12, "9"), number > (query.after or ""))
    if query.outcome:
        page = page.where(verdicts.c.outcome == query.outcome)
    if query.find:
        code = (units.c.credit_code == query.find) | (number == query.find)
        page = page.where(code | units.c.unit_name.contains(query.find, autoescape=True))
    return uow.connection.execute(page.order_by(number).limit(query.limit + 1)).all()


def _with_units(screening_id: ScreeningId) -> sa.Select[Any]:
    """Select verdicts of a run with name and code of their units (nothing sealed)."""
    same = (units.c.import_id == screenings.c.employers_import_id) & (units.c.unit_no == verdicts.c.unit_no)
    joined = verdicts.join(screenings, screenings.c.id == verdicts.c.screening_id).join(units, same)
    columns = (verdicts, units.c.unit_name, units.c.credit_code)
    return sa.select(*columns).select_from(joined).where(verdicts.c.screening_id == screening_id)


def _row(screening: Screening) -> dict[str, Any]:
    return {**vars(screening), "snapshot": screening.snapshot and screening.snapshot.model_dump()}


def _screening(row: sa.Row[Any]) -> Screening:
    snapshot = BlobRef(**row.snapshot) if row.snapshot else None
    return Screening(**{**row._mapping, "snapshot": snapshot})
