"""Batches (稳岗返还批量核定): one clerk makes, changes or withdraws them, another approves or returns."""

from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel, ConfigDict

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.api.registry import RawFile
from gateway.bus import ask
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchesView,
    BatchFilter,
    BatchItemsView,
    BatchLinesView,
    BatchView,
    GetBatch,
    HoldOutItem,
    ListBatches,
    ListBatchItems,
    ListBatchLines,
    MakeBatch,
    ReturnBatch,
    TakeItemBack,
    WithdrawBatch,
)
from services.contracts.subsidy.incomplete import IncompleteUnitsView, ListIncompleteUnits
from services.contracts.values import BlobRef, Region, ScreeningId

api = room("approval")

MakeBatchBody = body_of(MakeBatch, "units")
ApproveBatchBody = body_of(ApproveBatch, "batch_id")
ReturnBatchBody = body_of(ReturnBatch, "batch_id")
HoldOutBody = body_of(HoldOutItem, "batch_id", "unit_no")
WithdrawBatchBody = body_of(WithdrawBatch, "batch_id")
BatchPath = only(GetBatch, "batch_id")
LinePath = only(TakeItemBack, "batch_id", "unit_no")
ItemsQuery = body_of(ListBatchItems, "batch_id")
LinesQuery = body_of(ListBatchLines, "batch_id")
ScreeningPath = only(ListIncompleteUnits, "screening_id")
IncompleteQuery = body_of(ListIncompleteUnits, "screening_id")


class ListedUnitsQuery(BaseModel):
    """Of which run the units are, and of which region they may be."""

    model_config = ConfigDict(extra="forbid")
    screening_id: ScreeningId
    region: Region | None = None


@api.get("/screenings/<uuid:screening_id>/incomplete-units", responses={200: IncompleteUnitsView})
def list_incomplete_units(path: ScreeningPath, query: IncompleteQuery) -> Response:
    """Page through the eligible units that could not be paid or told, and what each lacks."""
    return reply(ask(ListIncompleteUnits(**dict(path), **dict(query))))


@api.post("/batches", responses={202: BatchView})
def make_batch(body: MakeBatchBody) -> Response:
    """Freeze a batch of eligible units that no other batch of the programme holds."""
    return reply(ask(command(MakeBatch, body)), 202)


@api.post("/batches/of-units", responses={202: BatchView})
def make_batch_of_units(query: ListedUnitsQuery, raw: RawFile) -> Response:
    """Freeze a batch of the units whose numbers the file has: CSV or text, UTF-8 or GB18030, one a line."""
    chosen: dict[str, Any] = {"filter": BatchFilter(region=query.region), "units": keep_list(request.stream)}
    return reply(ask(command(MakeBatch, screening_id=query.screening_id, **chosen)), 202)


@api.get("/batches", responses={200: BatchesView})
def list_batches(query: ListBatches) -> Response:
    """Show the latest batches."""
    return reply(ask(query))


@api.get("/batches/<uuid:batch_id>", responses={200: BatchView})
def get_batch(path: BatchPath) -> Response:
    """Show one batch with its control totals."""
    return reply(ask(query(GetBatch, path)))


@api.get("/batches/<uuid:batch_id>/items", responses={200: BatchItemsView})
def list_batch_items(path: BatchPath, query: ItemsQuery) -> Response:
    """Page through the lines of a batch."""
    return reply(ask(ListBatchItems(**dict(path), **dict(query))))


@api.get("/batches/<uuid:batch_id>/lines", responses={200: BatchLinesView})
def list_batch_lines(path: BatchPath, query: LinesQuery) -> Response:
    """Page through the lines of the file that a batch was made of, with what became of each."""
    return reply(ask(ListBatchLines(**dict(path), **dict(query))))


@api.post("/batches/<uuid:batch_id>/items/<string:unit_no>/hold-out", responses={200: BatchView})
def hold_out_item(path: LinePath, body: HoldOutBody) -> Response:
    """Keep a unit out of a batch that waits for its check, with a reason; the totals follow."""
    return reply(ask(command(HoldOutItem, path, body)))


@api.post("/batches/<uuid:batch_id>/items/<string:unit_no>/take-back", responses={200: BatchView})
def take_item_back(path: LinePath) -> Response:
    """Let a unit that was held out count again, unless another batch has taken it."""
    return reply(ask(command(TakeItemBack, path)))


@api.post("/batches/<uuid:batch_id>/withdrawal", responses={200: BatchView})
def withdraw_batch(path: BatchPath, body: WithdrawBatchBody) -> Response:
    """Take a batch back before the check (its maker), with a reason; its units are free again."""
    return reply(ask(command(WithdrawBatch, path, body)))


@api.post("/batches/<uuid:batch_id>/approval", responses={202: BatchView})
def approve_batch(path: BatchPath, body: ApproveBatchBody) -> Response:
    """Approve (another clerk than the maker), with the totals and the digest that were looked at."""
    return reply(ask(command(ApproveBatch, path, body)), 202)


@api.post("/batches/<uuid:batch_id>/return", responses={200: BatchView})
def return_batch(path: BatchPath, body: ReturnBatchBody) -> Response:
    """Send the batch back with a reason, and remarks on single lines; its units are free again."""
    return reply(ask(command(ReturnBatch, path, body)))


def keep_list(stream: Any) -> BlobRef:
    """Keep a file of units; its claim check goes over the bus."""
    kept: BlobRef = current_app.extensions["blobs"].put("units", stream)
    return kept
