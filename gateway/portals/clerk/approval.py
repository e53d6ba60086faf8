"""稳岗返还批量核定: make a batch, look at it, hold units out of it, withdraw, approve or return it."""

import re
from datetime import UTC, datetime
from uuid import UUID

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.api.approval import keep_list
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, fen, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.portals.clerk.incomplete import totals_of
from gateway.queries import from_address
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchFilter,
    BatchState,
    BatchView,
    GetBatch,
    HoldOutItem,
    ItemRemark,
    ListBatches,
    ListBatchItems,
    MakeBatch,
    ReturnBatch,
    TakeItemBack,
    WithdrawBatch,
)
from services.contracts.subsidy.screening import ListScreenings, ScreeningState
from services.contracts.values import BatchId, BlobRef, SizeClass

_REMARK = re.compile(r"\s*([0-9]{12})[\s,，:：]+(.{1,200})")


@pages.get("/batches")
def batches() -> Response:
    """List the latest batches."""
    return show("clerk/batches.html", batches=ask(ListBatches()).batches)


@pages.route("/batches/new", methods=["GET", "POST"])
def new_batch() -> Response:
    """Choose a finished run and a filter, or a file of units; the batch freezes with its totals.

    更新 shows what is said of another run, and keeps what was typed.
    """
    if request.method == "GET" or "refresh" in request.form:
        return _show_new()
    try:
        made = ask(filled(MakeBatch, filter=_filter(), units=_listed()))
    except FAULTS as error:
        return _show_new(error)
    return redirect(url_for(".batch", batch_id=made.batch_id), 303)


@pages.get("/batches/<uuid:batch_id>")
def batch(batch_id: UUID) -> Response:
    """Show a batch with its totals and a page of its lines."""
    return _show(BatchId(batch_id))


@pages.route("/batches/<uuid:batch_id>/hold-out", methods=["GET", "POST"])
def hold_out(batch_id: UUID) -> Response:
    """暂不列入: keep a unit out of a batch, with a reason."""
    return _change(BatchId(batch_id), HoldOutItem, "clerk/hold_out.html", held_out=1)


@pages.post("/batches/<uuid:batch_id>/take-back")
def take_back(batch_id: UUID) -> Response:
    """恢复列入: a unit that was held out counts again."""
    return _decide(BatchId(batch_id), TakeItemBack)


@pages.route("/batches/<uuid:batch_id>/withdraw", methods=["GET", "POST"])
def withdraw_batch(batch_id: UUID) -> Response:
    """撤回, with a reason."""
    return _change(BatchId(batch_id), WithdrawBatch, "clerk/withdraw_batch.html")


@pages.post("/batches/<uuid:batch_id>/approve")
def approve_batch(batch_id: UUID) -> Response:
    """复核通过, with the totals that the page showed."""
    return _decide(BatchId(batch_id), ApproveBatch)


@pages.post("/batches/<uuid:batch_id>/return")
def return_batch(batch_id: UUID) -> Response:
    """退回, with a reason, and with remarks on single lines."""
    return _decide(BatchId(batch_id), ReturnBatch)


def _change(
    batch_id: BatchId, change: type[HoldOutItem] | type[WithdrawBatch], template: str, **then: int
) -> Response:
    """Show the form of a change, or make the change and show the lines that it is about."""
    error = None
    if request.method == "POST":
        try:
            ask(filled(change, batch_id=batch_id))
        except FAULTS as fault:
            error = fault
        else:
            return redirect(url_for(".batch", batch_id=batch_id, **then), 303)
    return show(template, error, batch=ask(GetBatch(batch_id=batch_id)))


def _decide(
    batch_id: BatchId, decision: type[ApproveBatch] | type[ReturnBatch] | type[TakeItemBack]
) -> Response:
    try:
        ask(filled(decision, batch_id=batch_id, **_given(decision)))
    except FAULTS as error:
        return _show(batch_id, error)
    return redirect(url_for(".batch", batch_id=batch_id), 303)


def _given(decision: type[ApproveBatch] | type[ReturnBatch] | type[TakeItemBack]) -> dict[str, object]:
    """Return what a decision takes from the form beside plain texts."""
    if decision is ApproveBatch:
        return {name: _number(name) for name in ("count", "amount")}
    return {"items": _remarks()} if decision is ReturnBatch else {}


def _remarks() -> tuple[ItemRemark, ...]:
    """Read the remarks: a unit number and what is said of it, one a line."""
    lines = [line for line in request.form.get("items", "").splitlines() if line.strip()]
    found = [_REMARK.fullmatch(line.rstrip()) for line in lines]
    if not all(found):
        raise InvalidForm(["items"])
    return tuple(ItemRemark(unit_no=each[1], reason=each[2]) for each in found if each)


def _show(batch_id: BatchId, error: Exception | None = None) -> Response:
    found = ask(GetBatch(batch_id=batch_id))
    is_filled = found.state is not BatchState.FILLING
    items = ask(from_address(ListBatchItems, batch_id=batch_id)) if is_filled else None
    remarked = ListBatchItems(batch_id=batch_id, remarked=True, limit=200)
    return show(
        "clerk/batch.html",
        error,
        batch=found,
        page=items,
        remarked=ask(remarked).items if found.remarks else (),
        is_mine=found.maker_id == g.actor.id,
        minutes_left=minutes_left(found, datetime.now(UTC)),
    )


def minutes_left(batch: BatchView, now: datetime) -> int | None:
    """Return how many minutes the refunds still take, by the pace so far; None: it cannot be told yet."""
    if batch.state is not BatchState.APPROVING or not batch.refunds_made or batch.checked_at is None:
        return None
    seconds = max(0.0, (now - batch.checked_at).total_seconds())
    left = seconds / batch.refunds_made * (batch.count - batch.refunds_made)
    return max(1, -(-int(left) // 60))


def _show_new(error: Exception | None = None) -> Response:
    finished = [run for run in ask(ListScreenings()).screenings if run.state is ScreeningState.DONE]
    chosen = request.form.get("screening_id") or request.args.get("screening_id")
    run = next((run for run in finished if str(run.screening_id) == chosen), next(iter(finished), None))
    lacking = totals_of(run.screening_id) if run else None
    return show("clerk/new_batch.html", error, screenings=finished, run=run, lacking=lacking)


def _filter() -> BatchFilter:
    """Read the filter: yuan become fen."""
    amounts = {name: fen(name) for name in ("min_amount", "max_amount")}
    region = request.form.get("region", "").strip() or None
    sizes = tuple(size for size in SizeClass if size.value in request.form.getlist("sizes"))
    return filled(BatchFilter, region=region, sizes=sizes, **amounts)


def _listed() -> BlobRef | None:
    """Keep the file of units, if there is one."""
    file = request.files.get("units")
    if file is None or not file.filename:
        return None
    with file.stream as stream:
        return keep_list(stream)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isdecimal():
        raise InvalidForm([name])
    return int(text)
