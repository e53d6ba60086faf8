"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.versions import ComparisonRequested, ImportDiffView, StartComparison
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import LOOK_UP
from services.subsidy.versions import store
from services.subsidy.versions.domain import refuse_unfinished
from services.subsidy.versions.views import diff_view


def start_comparison(uow: UnitOfWork, command: StartComparison) -> ImportDiffView:
    """A clerk asks to hold a version against another; a worker will, unless it has been done."""
    uow.actor.require_post(*LOOK_UP)
    one = registry.get_import(uow, command.import_id)
    refuse_unfinished(one)
    lineage = store.get_lineage(uow, one.kind)
    lineage.against(one, command.against)
    if store.get_diff(uow, command.import_id, command.against) is None:
        requested = ComparisonRequested(at=uow.now, import_id=command.import_id, against=command.against)
        uow.publish(requested)
    return diff_view(uow, one, lineage, command.against)
