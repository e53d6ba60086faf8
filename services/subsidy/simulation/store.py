"""Simulations kept with the drafts that they were computed for; one for each submitted text."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.database import UtcDateTime, insert_if_new
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing
from services.contracts.subsidy.simulation import SimulationView
from services.contracts.values import DraftId
from services.subsidy.policy.store import policy_drafts
from services.subsidy.schema import metadata
from services.subsidy.screening.store import screenings

kept_simulations = sa.Table(
    "kept_simulations",
    metadata,
    sa.Column("draft_id", sa.ForeignKey(policy_drafts.c.id), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("screening_id", sa.ForeignKey(screenings.c.id), comment="NULL: no run could serve"),
    sa.Column("view", sa.JSON(none_as_null=True)),
    sa.Column("at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class KeptSimulation:
    """What was computed for a submitted text; None: no finished run could serve."""

    draft_id: DraftId
    revision: int
    view: SimulationView | None


def keep(uow: UnitOfWork, kept: KeptSimulation) -> bool:
    """Keep a simulation; False when there has been one for this text."""
    view = kept.view
    return insert_if_new(
        uow.connection,
        kept_simulations,
        draft_id=kept.draft_id,
        revision=kept.revision,
        screening_id=view and view.screening_id,
        view=view and view.to_wire(),
        at=uow.now,
    )


def is_kept(uow: UnitOfWork, draft_id: DraftId, revision: int) -> bool:
    """Is there a simulation for this text?"""
    query = sa.select(kept_simulations.c.at).filter_by(draft_id=draft_id, revision=revision)
    return uow.connection.execute(query).first() is not None


def get_kept(uow: UnitOfWork, draft_id: DraftId) -> KeptSimulation:
    """Return the simulation of the text that was submitted last."""
    query = sa.select(kept_simulations).filter_by(draft_id=draft_id)
    row = uow.connection.execute(query.order_by(kept_simulations.c.revision.desc()).limit(1)).one_or_none()
    if row is None:
        raise Missing("simulation_missing", "there is no simulation of this draft yet")
    view = None if row.view is None else SimulationView.model_validate(row.view)
    return KeptSimulation(draft_id=row.draft_id, revision=row.revision, view=view)
