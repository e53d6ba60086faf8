"""Slips (稳岗返还政策确认单): list, PDF, and the public check."""

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.messages import only, query, reply, room
from gateway.bus import ask
from gateway.downloads import download
from services.contracts.archive import CheckSlip, ListSlips, SlipCheckView, SlipsView
from services.contracts.errors import Missing
from services.contracts.values import RefundId

api = room("slips")

RefundPath = only(ListSlips, "refund_id")
PDF_FILE = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}


class SlipPath(BaseModel):
    """Which slip of a refund."""

    model_config = ConfigDict(extra="forbid")
    refund_id: RefundId
    revision: int = Field(ge=1, le=1_000_000)


@api.get("/refunds/<uuid:refund_id>/slips", responses={200: SlipsView})
def list_slips(path: RefundPath) -> Response:
    """Show the slips of a refund, the one that counts first."""
    return reply(ask(query(ListSlips, path)))


@api.get("/refunds/<uuid:refund_id>/slips/<int:revision>/pdf", responses={200: PDF_FILE})
def get_slip(path: SlipPath) -> Response:
    """Download a slip."""
    return slip_file(path.refund_id, path.revision)


@api.get("/slip-check", responses={200: SlipCheckView})
def check_slip(query: CheckSlip) -> Response:
    """Verify a slip by its number and check code; public."""
    return reply(ask(query))


def slip_file(refund_id: RefundId, revision: int) -> Response:
    """Return the PDF of one revision, if whoever asks may see the refund."""
    for slip in ask(ListSlips(refund_id=refund_id)).slips:
        if slip.revision == revision:
            return download(slip.pdf, f"{slip.number}-{revision}.pdf", "application/pdf", inline=True)
    raise Missing("slip_missing", "there is no such slip (yet)")
