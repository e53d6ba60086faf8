"""享受稳岗返还信息确认: see the refund, read the statement for ten seconds, choose, save.

The same pages serve the employer and, at the counter, the reception clerk who acts for it.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.api.slips import slip_file
from gateway.bus import ask
from gateway.formats import SHANGHAI
from gateway.forms import FAULTS, filled, once, show
from services.contracts.archive import ListSlips
from services.contracts.subsidy.confirmation import (
    GetRefund,
    OpenStatement,
    RefundState,
    RefundView,
    SaveChoice,
    StatementView,
)
from services.contracts.values import ActorKind, Post, RefundId


def add_to(pages: Blueprint) -> None:
    """Give a portal these pages."""
    pages.get("/refunds/<uuid:refund_id>")(refund)
    pages.post("/refunds/<uuid:refund_id>")(save_choice)
    pages.post("/refunds/<uuid:refund_id>/statement")(open_statement)
    pages.get("/refunds/<uuid:refund_id>/slips/<int:revision>.pdf")(slip)


def refund(refund_id: UUID) -> Response:
    """Show a refund with the form, or why there is none."""
    return _show(RefundId(refund_id))


def open_statement(refund_id: UUID) -> Response:
    """Open the statement: the clock starts on the server. Sent again, the same reading goes on."""
    reading = once()
    statement = ask(OpenStatement(id=reading, refund_id=RefundId(refund_id)))
    return _show(RefundId(refund_id), statement=statement, reading=reading)


def save_choice(refund_id: UUID) -> Response:
    """保存: into 待办. A refusal keeps the statement open and says how many seconds are left."""
    try:
        saved = ask(filled(SaveChoice, refund_id=RefundId(refund_id), agreed="agreed" in request.form))
    except FAULTS as error:
        statement, reading = _reopened(RefundId(refund_id))
        return _show(RefundId(refund_id), error, statement=statement, reading=reading)
    flash(gettext("保存成功。该业务已进入待办区，请勾选后点击“提交”完成办理。"), "success")
    return redirect(url_for(".todos", saved=saved.todo_id), 303)


def slip(refund_id: UUID, revision: int) -> Response:
    """Open a slip."""
    return slip_file(RefundId(refund_id), revision)


def _reopened(refund_id: RefundId) -> tuple[StatementView | None, UUID | None]:
    """Return the statement that was open: the same command id gets the same reading."""
    try:
        reading = UUID(request.form.get("reading", ""))
    except ValueError:
        return None, None
    try:
        return ask(OpenStatement(id=reading, refund_id=refund_id)), reading
    except FAULTS:  # the page says already why the choice was not saved
        return None, None


def _show(
    refund_id: RefundId,
    error: Exception | None = None,
    statement: StatementView | None = None,
    reading: UUID | None = None,
) -> Response:
    found = ask(GetRefund(refund_id=refund_id))
    now: datetime = current_app.extensions["clock"]()
    left = (statement.readable_at - now).total_seconds() if statement else 0
    return show(
        "confirmation/refund.html",
        error,
        refund=found,
        slips=ask(ListSlips(refund_id=refund_id)).slips if found.choice else (),
        closed=_why_closed(found, now),
        statement=statement,
        reading=reading,
        seconds_left=max(0, -int(-left // 1)),
    )


def _why_closed(refund: RefundView, now: datetime) -> str | None:
    """Say why there is nothing to choose; the service refuses in any case."""
    if refund.state is RefundState.NOTICED:
        return "noticed"
    if now.astimezone(SHANGHAI).date() > refund.deadline:
        return "deadline"
    is_onlooker = g.actor.kind is ActorKind.CLERK and Post.RECEPTION not in g.actor.posts
    return "onlooker" if is_onlooker else None
