"""Quality: what in an import of employers is missing or should be looked at."""

from flask import Response

from gateway.api.messages import body_of, only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.quality import (
    FindingsView,
    GetImportQuality,
    ImportQualityView,
    ListQualityFindings,
)

api = room("quality")

QualityPath = only(GetImportQuality, "import_id")
FindingsQuery = body_of(ListQualityFindings, "import_id")


@api.get("/imports/<uuid:import_id>/quality", responses={200: ImportQualityView})
def get_import_quality(path: QualityPath) -> Response:
    """Count what was found in an import of employers."""
    return reply(ask(query(GetImportQuality, path)))


@api.get("/imports/<uuid:import_id>/findings", responses={200: FindingsView})
def list_quality_findings(path: QualityPath, query: FindingsQuery) -> Response:
    """Page through the findings: `after` is `next_after` of the page before."""
    return reply(ask(ListQualityFindings(**dict(path), **dict(query))))
