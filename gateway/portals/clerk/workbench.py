"""The workbench (工作台): what waits for this clerk, and what is under way."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from flask import g, render_template, url_for
from flask_babel import gettext

from gateway.bus import ask
from gateway.labels import label
from gateway.portals.clerk.blueprint import READERS, pages
from services.contracts.identity.certificates import Freshness, ListAuthorities
from services.contracts.identity.credit_codes import ListMaintenances, MaintenanceState
from services.contracts.subsidy.approval import BatchState, ListBatches
from services.contracts.subsidy.registry import ImportState, ListImports
from services.contracts.subsidy.screening import ListScreenings, ScreeningState
from services.contracts.values import Post

UNSETTLED_IMPORTS = {ImportState.RECEIVED, ImportState.LOADING, ImportState.WAITING, ImportState.FAILED}
UNSETTLED_RUNS = {ScreeningState.FREEZING, ScreeningState.RUNNING, ScreeningState.FAILED}
UNSETTLED_BATCHES = {BatchState.FILLING, BatchState.MADE, BatchState.APPROVING, BatchState.RETURNED}


class Matter(NamedTuple):
    """One thing to look at."""

    title: str
    address: str
    state: StrEnum
    by: str
    at: datetime


@pages.get("/")
def home() -> str:
    """Show who is here, what waits, and what this clerk can do."""
    posts = g.actor.posts
    matters = [*_batches()] if posts & READERS else []
    if Post.APPROVER in posts:
        matters += [*_screenings(), *_imports()]
    if Post.RECEPTION in posts:
        matters += _declarations()
    if Post.ADMINISTRATOR in posts:
        matters += _authorities()
    matters.sort(key=lambda matter: matter.at, reverse=True)
    return render_template("clerk/home.html", matters=matters)


def _batches() -> Iterator[Matter]:
    for batch in ask(ListBatches()).batches:
        if batch.state in UNSETTLED_BATCHES:
            address = url_for(".batch", batch_id=batch.batch_id)
            title = gettext("批次 %(number)s", number=batch.number)
            yield Matter(title, address, batch.state, batch.maker, batch.made_at)


def _screenings() -> Iterator[Matter]:
    for run in ask(ListScreenings()).screenings:
        if run.state in UNSETTLED_RUNS:
            address = url_for(".screening", screening_id=run.screening_id)
            title = gettext("%(year)s年度资格筛查", year=run.programme_year)
            yield Matter(title, address, run.state, run.by, run.started_at)


def _imports() -> Iterator[Matter]:
    for one in ask(ListImports()).imports:
        if one.state in UNSETTLED_IMPORTS:
            address = url_for(".import_page", import_id=one.import_id)
            yield Matter(f"{label(one.kind)} · {one.filename}", address, one.state, one.by, one.received_at)


def _declarations() -> Iterator[Matter]:
    for one in ask(ListMaintenances(state=MaintenanceState.DECLARED)).maintenances:
        address = url_for(".declaration", unit_no=one.unit_no, maintenance_id=one.maintenance_id)
        title = gettext("信用代码维护：%(unit)s", unit=one.unit_name)
        yield Matter(title, address, one.state, one.declared_by, one.declared_at)


def _authorities() -> Iterator[Matter]:
    """Those whose word on revocation has run out: soon nobody comes in with their certificates."""
    for one in ask(ListAuthorities()).authorities:
        if one.retired_at is None and one.freshness is not Freshness.FRESH:
            address = url_for(".authority", authority_id=one.authority_id)
            title = gettext("吊销信息：%(subject)s", subject=one.subject)
            yield Matter(title, address, one.freshness, one.added_by, one.fetched_at or one.added_at)
