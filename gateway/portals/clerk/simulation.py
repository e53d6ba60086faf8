"""政策测算 (what-if): what other rules would do to a finished run. The question is the address."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway import parameters
from gateway.bus import ask
from gateway.exports import PAGE, Row, csv_file, read_pages
from gateway.formats import money
from gateway.forms import FAULTS, InvalidForm, show
from gateway.labels import CRITERIA, EFFECT_KINDS, label
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address
from services.contracts.subsidy.policy import (
    DraftState,
    GetPolicy,
    GetPolicyDraft,
    ListPolicyDrafts,
    PolicyDraftView,
)
from services.contracts.subsidy.screening import (
    GetScreening,
    ListScreenings,
    ScreeningState,
    ScreeningView,
)
from services.contracts.subsidy.simulation import (
    EffectsView,
    EffectView,
    ListEffects,
    SimulatePolicy,
    SimulationView,
)
from services.contracts.values import DraftId, ScreeningId

PREFIX = "p."
STILL_OPEN = (DraftState.DRAFT, DraftState.RETURNED, DraftState.IN_REVIEW)


@pages.get("/simulations")
def simulation() -> Response:
    """Show the form, and the effect once a run is chosen."""
    found, error = None, None
    if request.args.get("screening_id"):
        try:
            found = ask(from_address(SimulatePolicy, parameters=_changed()))
        except FAULTS as fault:
            error = fault
    return _show(found, error)


@pages.get("/simulations/units")
def effects() -> Response:
    """Name the units of one kind, page by page."""
    page, error = EffectsView(effects=(), next_after=None), None
    try:
        page = ask(from_address(ListEffects, parameters=_changed()))
    except FAULTS as fault:
        error = fault
    kind = request.args.get("kind", "")
    if kind not in EFFECT_KINDS:
        abort(404)
    screening_id = request.args.get("screening_id", "")
    return show(
        "clerk/simulation_units.html",
        error,
        page=page,
        kind=kind,
        screening_id=screening_id,
        question=question(),
        changed=_changed_in_words(),
        size_class=request.args.get("size_class", ""),
        region=request.args.get("region", ""),
    )


@pages.get("/simulations/units.csv")
def effects_export() -> Response:
    """Download all units of one kind."""
    first = from_address(ListEffects, parameters=_changed(), after=None, limit=PAGE)
    filename = f"{gettext('政策测算')}-{EFFECT_KINDS[first.kind]}.csv"
    return csv_file(read_pages(first, _header(), _rows), filename)


def question() -> dict[str, str]:
    """Return what the address asks, without page and kind: for links to the same question."""
    kept = ("screening_id", "draft_id", "region")
    return {
        name: text.strip()
        for name, text in request.args.items()
        if text.strip() and (name in kept or name.startswith(PREFIX))
    }


def _show(found: SimulationView | None, error: Exception | None) -> Response:
    runs = [run for run in ask(ListScreenings()).screenings if run.state is ScreeningState.DONE]
    drafts = [draft for draft in ask(ListPolicyDrafts(limit=100)).drafts if draft.state in STILL_OPEN]
    run, draft = _run(runs), _draft(drafts)
    values = draft.body.parameters if draft else _parameters_of(run) if run else {}
    known = [name for name in parameters.PARAMETERS if name in values]
    return show(
        "clerk/simulation.html",
        error,
        runs=runs,
        drafts=drafts,
        run=run,
        draft=draft,
        values=values,
        names=known + sorted(set(values) - set(known)),
        typed_parameters={
            name: text for name, text in request.args.items() if name.startswith(PREFIX) and text.strip()
        },
        region=request.args.get("region", "").strip(),
        found=found,
        question=question(),
    )


def _run(runs: list[ScreeningView]) -> ScreeningView | None:
    """Return the run that the address names, though it may be an old one; else the latest."""
    named = _id("screening_id")
    if named is None:
        return runs[0] if runs else None
    for run in runs:
        if run.screening_id == named:
            return run
    runs.append(ask(GetScreening(screening_id=ScreeningId(named))))
    return runs[-1]


def _draft(drafts: list[PolicyDraftView]) -> PolicyDraftView | None:
    named = _id("draft_id")
    if named is None:
        return None
    for draft in drafts:
        if draft.draft_id == named:
            return draft
    drafts.append(ask(GetPolicyDraft(draft_id=DraftId(named))))
    return drafts[-1]


def _parameters_of(run: ScreeningView) -> Mapping[str, int]:
    return ask(GetPolicy(programme_year=run.programme_year, version=run.policy_version)).parameters


def _id(name: str) -> UUID | None:
    text = request.args.get(name, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _changed() -> dict[str, int]:
    """Read the parameters of the address, typed as people type them: p.max_layoff_rate=6 is 600."""
    found, faults = {}, []
    for field, text in request.args.items():
        name = field.removeprefix(PREFIX)
        if field == name or not text.strip():
            continue
        try:
            found[name] = parameters.read(name, text, field)
        except InvalidForm:
            faults.append(field)
    if faults:
        raise InvalidForm(faults)
    return found


def _changed_in_words() -> list[tuple[str, str]]:
    try:
        changed = _changed()
    except InvalidForm:
        return []
    return [(parameters.words_of(name), parameters.shown(name, value)) for name, value in changed.items()]


def _header() -> Row:
    return (
        gettext("单位编号"),
        gettext("单位名称"),
        gettext("统一社会信用代码"),
        gettext("行政区划"),
        gettext("企业规模"),
        gettext("原结论"),
        gettext("测算结论"),
        gettext("原金额（元）"),
        gettext("测算金额（元）"),
        gettext("测算后的原因"),
        gettext("说明地址"),
    )


def _rows(page: EffectsView) -> list[Row]:
    return [_row(effect) for effect in page.effects]


def _row(effect: EffectView) -> Row:
    explanation: dict[str, Any] = {
        "screening_id": UUID(request.args["screening_id"].strip()),
        "unit_no": effect.unit_no,
    }
    return (
        effect.unit_no,
        effect.unit_name,
        effect.credit_code,
        effect.region,
        label(effect.size_class),
        label(effect.outcome_before),
        label(effect.outcome_after),
        money(effect.amount_before),
        money(effect.amount_after),
        gettext("、").join(str(CRITERIA.get(code, code)) for code in effect.reasons_after),
        url_for(".verdict", _external=True, **explanation),
    )
