"""公示管理: publish what is confirmed in an approved batch."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import pages
from services.contracts.subsidy.approval import BatchState, ListBatches
from services.contracts.subsidy.notice import ListNotices, PublishNotice


@pages.route("/notices", methods=["GET", "POST"])
def notices() -> Response:
    """List the notices; publish another."""
    if request.method == "GET":
        return _show()
    try:
        if "understood" not in request.form:
            raise InvalidForm(["understood"])
        published = ask(filled(PublishNotice))
    except FAULTS as error:
        return _show(error)
    flash(gettext("公示已发布：%(number)s。", number=published.number), "success")
    return redirect(url_for(".notices"), 303)


def _show(error: Exception | None = None) -> Response:
    approved = [batch for batch in ask(ListBatches()).batches if batch.state is BatchState.APPROVED]
    return show(
        "clerk/notices.html",
        error,
        batches=approved,
        chosen=request.values.get("batch_id", ""),
        notices=ask(ListNotices()).notices,
    )
