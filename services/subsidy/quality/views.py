"""What clerks see of a report: counts, and the findings of their region."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.quality import (
    FindingCountView,
    FindingKind,
    FindingsView,
    FindingView,
    GetImportQuality,
    ImportQualityView,
    ListQualityFindings,
    QualityState,
)
from services.contracts.values import Post, region_prefix
from services.subsidy.quality import store
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import LOOK_UP

_PROVINCE = 2  # digits that all regions of a province share


def get_import_quality(uow: UnitOfWork, query: GetImportQuality) -> ImportQualityView:
    """Show the counts of a report to a clerk."""
    uow.actor.require_post(*Post)
    registry.get_import(uow, query.import_id)
    check = store.get_check(uow, query.import_id)
    counts = check.counts if check else {}
    found = (FindingCountView(kind=kind, count=counts[kind]) for kind in FindingKind if kind in counts)
    return ImportQualityView(
        import_id=query.import_id,
        state=check.state if check else QualityState.WAITING,
        units=check.units if check else 0,
        findings=tuple(found),
        checked_at=check.checked_at if check else None,
    )


def list_quality_findings(uow: UnitOfWork, query: ListQualityFindings) -> FindingsView:
    """Show a page of findings to a clerk who may look up units, those of the clerk's region.

    A clerk of the whole province also sees the numbers that belong to no region of it: nobody else would.
    """
    uow.actor.require_post(*LOOK_UP)
    registry.get_import(uow, query.import_id)
    check = store.get_check(uow, query.import_id)
    if check is None or check.state is not QualityState.DONE:
        return FindingsView(findings=(), next_after=None)
    prefix = region_prefix(uow.actor.region)
    found = store.list_findings(uow, check.check_id, query, prefix if len(prefix) > _PROVINCE else "")
    page = tuple(
        FindingView(
            kind=row.kind,
            unit_no=row.unit_no,
            unit_name=row.unit_name,
            credit_code=row.credit_code,
            facts=row.facts,
        )
        for row in found[: query.limit]
    )
    more = len(found) > query.limit
    return FindingsView(findings=page, next_after=f"{page[-1].unit_no}.{page[-1].kind}" if more else None)
