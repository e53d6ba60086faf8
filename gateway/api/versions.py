"""Versions: what an import changed."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.subsidy.versions import (
    GetImportDiff,
    ImportChangesView,
    ImportDiffView,
    ListImportChanges,
    StartComparison,
)

api = room("versions")

DiffPath = only(GetImportDiff, "import_id")
DiffQuery = body_of(GetImportDiff, "import_id")
ChangesQuery = body_of(ListImportChanges, "import_id")
StartComparisonBody = body_of(StartComparison, "import_id")


@api.get("/imports/<uuid:import_id>/diff", responses={200: ImportDiffView})
def get_import_diff(path: DiffPath, query: DiffQuery) -> Response:
    """Count what is different from an earlier version, the one before unless `against` says which."""
    return reply(ask(GetImportDiff(**dict(path), **dict(query))))


@api.get("/imports/<uuid:import_id>/changes", responses={200: ImportChangesView})
def list_import_changes(path: DiffPath, query: ChangesQuery) -> Response:
    """Page through the changed lines: `after` is `next_after` of the page before."""
    return reply(ask(ListImportChanges(**dict(path), **dict(query))))


@api.post("/imports/<uuid:import_id>/comparisons", responses={202: ImportDiffView})
def start_comparison(path: DiffPath, body: StartComparisonBody) -> Response:
    """Have an import compared with another earlier version; look at its diff for the answer."""
    return reply(ask(command(StartComparison, path, body)), 202)
