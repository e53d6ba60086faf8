"""为什么没有返还: what the latest screening says of each insured unit, in plain words."""

from flask import render_template

from gateway.bus import ask
from gateway.portals.employer.blueprint import pages
from services.contracts.subsidy.confirmation import ListRefunds, RefundView
from services.contracts.subsidy.screening import ListOwnVerdicts, OwnProgrammeView


@pages.get("/eligibility")
def eligibility() -> str:
    """Explain each unit's verdict; a unit that has its refund is shown the way to it."""
    refunds = {(one.programme_year, one.unit_no): one for one in ask(ListRefunds()).refunds}
    programmes = ask(ListOwnVerdicts()).programmes
    return render_template("employer/eligibility.html", programmes=programmes, refunds=refunds)


def without_refund(refunds: tuple[RefundView, ...]) -> list[OwnProgrammeView]:
    """Return the screened programmes in which a unit of this employer, or all of it, has no refund."""
    has = {(one.programme_year, one.unit_no) for one in refunds}
    return [
        programme
        for programme in ask(ListOwnVerdicts()).programmes
        if not programme.verdicts
        or any((programme.programme_year, one.unit_no) not in has for one in programme.verdicts)
    ]
