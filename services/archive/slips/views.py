"""Reads."""

from typing import Any

from services.archive.slips import store
from services.archive.slips.domain import require_may_see
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.archive import CheckSlip, ListSlips, SlipCheckView, SlipsView, SlipView
from services.contracts.errors import Forbidden, Missing
from services.contracts.values import ActorKind, BlobRef, mask_code


def list_slips(uow: UnitOfWork, query: ListSlips) -> SlipsView:
    """Show the slips of a refund, the one that counts first; none while the first is being drawn."""
    if uow.actor.kind is ActorKind.PERSON:
        raise Forbidden("employer_required", "this is for employers")
    rows = store.list_slips(uow, query.refund_id)
    for row in rows:
        require_may_see(actor=uow.actor, employer=row.employer, unit_no=row.unit_no)
    return SlipsView(slips=tuple(_slip_view(row) for row in rows))


def check_slip(uow: UnitOfWork, query: CheckSlip) -> SlipCheckView:
    """Tell anybody who holds number and check code what the archive knows of the slip."""
    row = store.find_slip(uow, query.number, query.check_code)
    if row is None:
        raise Missing("slip_missing", "no slip carries this number and check code")
    return SlipCheckView(
        number=row.number,
        revision=row.revision,
        programme_year=row.programme_year,
        choice=row.choice,
        unit_name=row.unit_name,
        credit_code_masked=mask_code(row.employer),
        amount=row.amount,
        answered_at=row.answered_at,
        superseded=row.superseded,
    )


def _slip_view(row: Any) -> SlipView:
    return SlipView(
        refund_id=row.refund_id,
        revision=row.revision,
        number=row.number,
        programme_year=row.programme_year,
        choice=row.choice,
        amount=row.amount,
        check_code=row.check_code,
        pdf=BlobRef(key=row.pdf_key, sha256=row.pdf_sha256, size=row.pdf_size),
        noticed=row.noticed,
        answered_at=row.answered_at,
        archived_at=row.archived_at,
    )
