"""What clerks see of imports."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.registry import (
    GetImport,
    GetUnit,
    ImportsView,
    ImportView,
    ListImports,
    UnitView,
)
from services.contracts.values import Post, mask_phone
from services.subsidy.registry import store
from services.subsidy.registry.domain import LOOK_UP, Import


def get_import(uow: UnitOfWork, query: GetImport) -> ImportView:
    """Show an import to a clerk."""
    uow.actor.require_post(*Post)
    return import_view(store.get_import(uow, query.import_id))


def list_imports(uow: UnitOfWork, query: ListImports) -> ImportsView:
    """Show the latest imports to a clerk."""
    uow.actor.require_post(*Post)
    return ImportsView(imports=tuple(import_view(each) for each in store.list_imports(uow, query.limit)))


def get_unit(uow: UnitOfWork, query: GetUnit) -> UnitView:
    """Show an insured unit as the registry of today has it to a clerk of its region."""
    uow.actor.require_post(*LOOK_UP)
    unit = store.get_unit(uow, query.unit_no)
    uow.actor.require_post(*LOOK_UP, region=unit.region)
    return UnitView(
        unit_no=unit.unit_no,
        credit_code=unit.credit_code,
        unit_name=unit.unit_name,
        region=unit.region,
        contact=unit.contact,
        phone_masked=mask_phone(unit.phone) if unit.phone else None,
    )


def import_view(one: Import) -> ImportView:
    """Return the view of an import."""
    return ImportView(
        import_id=one.id,
        kind=one.kind,
        filename=one.filename,
        sha256=one.blob.sha256,
        size=one.blob.size,
        state=one.state,
        total=one.total,
        accepted=one.accepted,
        rejected=one.rejected,
        rejects=one.rejects,
        problem=one.problem,
        problem_facts=one.problem_facts,
        by=one.by_name or one.by,
        received_at=one.received_at,
        finished_at=one.finished_at,
        format=one.format,
        encoding=one.encoding,
        rejected_lines=one.rejected_lines,
    )
