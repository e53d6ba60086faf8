"""统一社会信用代码维护 as declared by persons: the reception post compares, then accepts or refuses."""

import unicodedata
from typing import NamedTuple
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.problems import code_of
from gateway.queries import from_address, from_path
from services.contracts.errors import Missing
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    ListMaintenances,
    MaintenanceState,
    MaintenancesView,
    MaintenanceView,
    RefuseMaintenance,
)
from services.contracts.subsidy.registry import GetUnit, UnitView

WHOLE_HISTORY = 200
ALL = "all"


class Compared(NamedTuple):
    """One value, as declared and as registered. `same` is None where the registry says nothing; `must`: it
    should be the same, while a handler need not be the unit's contact."""

    title: str
    declared: str
    registered: str | None
    same: bool | None
    must: bool


@pages.get("/maintenances")
def maintenances() -> Response:
    """List what waits; by the address also what is decided, or the history of one unit."""
    find = request.args.get("find", "").strip().upper()
    tab = request.args.get("state") or (ALL if find else MaintenanceState.DECLARED.value)
    error, page = None, MaintenancesView(maintenances=(), next_after=None)
    try:
        page = ask(from_address(ListMaintenances, find=find or None, state=None if tab == ALL else tab))
    except InvalidForm as fault:
        error = fault
    tabs = (*MaintenanceState, ALL)
    return show("clerk/maintenances.html", error, page=page, find=find, tab=tab, tabs=tabs)


@pages.get("/maintenances/<string:unit_no>/<uuid:maintenance_id>")
def declaration(unit_no: str, maintenance_id: UUID) -> Response:
    """Show one maintenance beside what the registry says, and the history of its unit."""
    return _show(unit_no, maintenance_id)


@pages.post("/maintenances/<string:unit_no>/<uuid:maintenance_id>/accept")
def accept_declaration(unit_no: str, maintenance_id: UUID) -> Response:
    """受理通过."""
    return _decide(AcceptMaintenance, unit_no, maintenance_id)


@pages.post("/maintenances/<string:unit_no>/<uuid:maintenance_id>/refuse")
def refuse_declaration(unit_no: str, maintenance_id: UUID) -> Response:
    """不予受理, with a reason."""
    return _decide(RefuseMaintenance, unit_no, maintenance_id)


def compare(declared: MaintenanceView, unit: UnitView) -> tuple[Compared, ...]:
    """Set what was declared against the registry of today; phones are compared as far as they are shown."""
    return (
        _compared(gettext("单位名称"), declared.unit_name, unit.unit_name),
        _compared(gettext("统一社会信用代码"), declared.credit_code, unit.credit_code),
        _compared(gettext("经办人"), declared.handler_name, unit.contact, must=False),
        _compared(gettext("手机号"), declared.handler_phone_masked, unit.phone_masked, must=False),
    )


def _compared(title: str, declared: str, registered: str | None, *, must: bool = True) -> Compared:
    same = None if registered is None else _plain(declared) == _plain(registered)
    return Compared(title, declared, registered, same, must)


def _plain(text: str) -> str:
    """Return a text without what does not matter: （） and (), full and half width, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _decide(
    decision: type[AcceptMaintenance] | type[RefuseMaintenance], unit_no: str, maintenance_id: UUID
) -> Response:
    try:
        decided = ask(filled(decision, maintenance_id=maintenance_id))
    except FAULTS as error:
        return _show(unit_no, maintenance_id, error)
    if decided.state is MaintenanceState.ACCEPTED:
        flash(gettext("已受理通过。单位现在可以注册。"), "success")
    else:
        flash(gettext("已不予受理，申报人可以看到原因。"), "success")
    return redirect(url_for(".declaration", unit_no=unit_no, maintenance_id=maintenance_id), 303)


def _show(unit_no: str, maintenance_id: UUID, error: Exception | None = None) -> Response:
    history = ask(from_path(ListMaintenances, find=unit_no, limit=WHOLE_HISTORY)).maintenances
    one = next((found for found in history if found.maintenance_id == maintenance_id), None)
    if one is None:
        raise Missing("maintenance_missing", "there is no such maintenance of this unit")
    unit, silence = _registered(unit_no)
    return show(
        "clerk/declaration.html",
        error,
        one=one,
        history=history,
        unit=unit,
        silence=silence,
        lines=compare(one, unit) if unit else (),
    )


def _registered(unit_no: str) -> tuple[UnitView | None, str | None]:
    """Return what the registry says of a unit, or the code for why it says nothing."""
    try:
        return ask(from_path(GetUnit, unit_no=unit_no)), None
    except FAULTS as fault:
        _, code, _ = code_of(fault)
        return None, code
