"""待补资料单位: before a batch is made, whom to ask for what, on the screen and as a file."""

from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.formats import money
from gateway.forms import InvalidForm, show
from gateway.labels import MISSING, TO_ASK
from gateway.portals.clerk.blueprint import CALLERS, pages
from gateway.queries import from_address
from services.chassis.rpc_client import ServiceFailed, Unavailable
from services.contracts.subsidy.incomplete import (
    IncompleteTotalsView,
    IncompleteUnitsView,
    IncompleteUnitView,
    Lack,
    ListIncompleteUnits,
)
from services.contracts.subsidy.screening import GetScreening, ListScreenings, ScreeningState
from services.contracts.values import ScreeningId

FILTERS = ("missing", "region")
# What 单位银行账户变更 puts right.
OF_ACCOUNT = frozenset({Lack.ACCOUNT, Lack.ACCOUNT_NAME, Lack.BANK})


@pages.get("/incomplete-units")
def latest_incomplete() -> Response:
    """Go to the units of the latest finished run."""
    for run in ask(ListScreenings()).screenings:
        if run.state is ScreeningState.DONE:
            return redirect(url_for(".incomplete", screening_id=run.screening_id))
    flash(gettext("还没有已完成的筛查。"), "warning")
    return redirect(url_for(".home"))


@pages.get("/screenings/<uuid:screening_id>/incomplete-units")
def incomplete(screening_id: UUID) -> Response:
    """Show a page of units by the filters of the address; the first also has the totals of the region."""
    given = {"screening_id": screening_id, "with_totals": not request.args.get("after")}
    try:
        return _show(screening_id, ask(from_address(ListIncompleteUnits, **given)))
    except InvalidForm as error:
        return _show_fault(screening_id, error)


@pages.get("/screenings/<uuid:screening_id>/incomplete-units.csv")
def incomplete_export(screening_id: UUID) -> Response:
    """Download all units that the filters of the address leave."""
    given = {"screening_id": screening_id, "after": None, "limit": PAGE, "with_totals": False}
    try:
        first = from_address(ListIncompleteUnits, **given)
    except InvalidForm as error:
        return _show_fault(screening_id, error)
    return csv_file(read_pages(first, _header(), _rows), gettext("待补资料单位") + ".csv")


def totals_of(screening_id: ScreeningId) -> IncompleteTotalsView | None:
    """Return the totals of a finished run for the pages that lead here; None: not for this clerk, or not now.

    A province takes seconds to count: whoever filters or turns pages there has been told before.
    """
    if not g.actor.posts & CALLERS or request.args.keys() - {"screening_id"}:
        return None
    try:
        return ask(ListIncompleteUnits(screening_id=screening_id, limit=1)).totals
    except (Unavailable, ServiceFailed):
        return None


def _show_fault(screening_id: UUID, error: InvalidForm) -> Response:
    return _show(screening_id, IncompleteUnitsView(units=(), next_after=None, totals=None), error)


def _show(screening_id: UUID, page: IncompleteUnitsView, error: Exception | None = None) -> Response:
    return show(
        "clerk/incomplete.html",
        error,
        run=ask(GetScreening(screening_id=ScreeningId(screening_id))),
        page=page,
        filters={name: request.args.get(name, "").strip() for name in FILTERS},
        lacks=tuple(Lack),
        to_ask=TO_ASK,
        of_account=OF_ACCOUNT,
    )


def _rows(page: IncompleteUnitsView) -> list[Row]:
    return [_row(unit) for unit in page.units]


def _header() -> Row:
    return (
        gettext("单位编号"),
        gettext("单位名称"),
        gettext("统一社会信用代码"),
        gettext("行政区划"),
        gettext("返还金额（元）"),
        gettext("缺少"),
        gettext("需要补正"),
        gettext("联系人"),
        gettext("联系电话"),
    )


def _row(unit: IncompleteUnitView) -> Row:
    return (
        unit.unit_no,
        unit.unit_name,
        unit.credit_code,
        unit.region,
        money(unit.amount),
        "、".join(str(MISSING[lack]) for lack in unit.missing),
        " ".join(dict.fromkeys(str(TO_ASK[lack]) for lack in unit.missing)),
        unit.contact or "",
        unit.phone_masked or "",
    )
