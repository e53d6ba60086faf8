"""A draft of a policy: its maker fills it in and submits it, another clerk puts it in force or returns it."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, filled, once, show
from gateway.portals.clerk.blueprint import pages
from gateway.portals.clerk.draft_form import body_of, fields_of, rows_of
from gateway.portals.clerk.policies import compared_with, formula_of, lines_between
from gateway.queries import from_path
from services.contracts.errors import Conflict, Missing
from services.contracts.subsidy.policy import (
    ChangePolicyDraft,
    DiscardPolicyDraft,
    DraftState,
    GetPolicyDraft,
    ListLayoffFormulas,
    PolicyDraftView,
    PutPolicyInForce,
    ReturnPolicyDraft,
    SubmitPolicyDraft,
    UseLayoffFormula,
)
from services.contracts.subsidy.simulation import GetKeptSimulation, SimulationView
from services.contracts.values import DraftId, Post

OPEN = (DraftState.DRAFT, DraftState.RETURNED)
Answered = type[PutPolicyInForce] | type[ReturnPolicyDraft]


@pages.route("/policies/drafts/<uuid:draft_id>", methods=["GET", "POST"])
def policy_draft(draft_id: UUID) -> Response:
    """Show a draft, its maker's as a form; save it, or let it use a known layoff formula."""
    if request.method == "GET":
        return _show(draft_id)
    try:
        saved = ask(filled(ChangePolicyDraft, draft_id=draft_id, body=body_of(request.form)))
        if request.form.get("action") == "formula":
            ask(
                filled(
                    UseLayoffFormula,
                    id=uuid5(once(), "formula"),
                    draft_id=draft_id,
                    revision=saved.revision,
                    formula=request.form.get("formula", ""),
                )
            )
    except FAULTS as error:
        return _show(draft_id, error, request.form)
    flash(gettext("草稿已保存。"), "success")
    return redirect(url_for(".policy_draft", draft_id=draft_id), 303)


@pages.post("/policies/drafts/<uuid:draft_id>/submission")
def submit_policy_draft(draft_id: UUID) -> Response:
    """提交复核."""
    try:
        ask(filled(SubmitPolicyDraft, draft_id=draft_id))
    except FAULTS as error:
        return _show(draft_id, error)
    return redirect(url_for(".policy_draft", draft_id=draft_id), 303)


@pages.post("/policies/drafts/<uuid:draft_id>/discarding")
def discard_policy_draft(draft_id: UUID) -> Response:
    """作废."""
    try:
        ask(filled(DiscardPolicyDraft, draft_id=draft_id))
    except FAULTS as error:
        return _show(draft_id, error)
    return redirect(url_for(".policies"), 303)


@pages.get("/policies/drafts/<uuid:draft_id>/review")
def review_policy_draft(draft_id: UUID) -> Response:
    """复核: what would change, what it would cost, and the two answers."""
    return _show_review(draft_id)


@pages.post("/policies/drafts/<uuid:draft_id>/in-force")
def put_policy_in_force(draft_id: UUID) -> Response:
    """生效, with the digest of the text that the page showed."""
    return _answer(draft_id, PutPolicyInForce)


@pages.post("/policies/drafts/<uuid:draft_id>/return")
def return_policy_draft(draft_id: UUID) -> Response:
    """退回, with a reason."""
    return _answer(draft_id, ReturnPolicyDraft)


def _answer(draft_id: UUID, message: Answered) -> Response:
    try:
        draft = ask(filled(message, draft_id=draft_id))
    except FAULTS as error:
        return _show_review(draft_id, error)
    if message is PutPolicyInForce:
        return redirect(url_for(".policy", year=draft.programme_year, version=draft.version), 303)
    return redirect(url_for(".policy_draft", draft_id=draft_id), 303)


def _show(draft_id: UUID, error: Exception | None = None, typed: Mapping[str, str] | None = None) -> Response:
    draft = ask(from_path(GetPolicyDraft, draft_id=draft_id))
    is_own = draft.maker_id == g.actor.id
    editable = is_own and draft.state in OPEN and Post.APPROVER in g.actor.posts
    fields = typed if typed is not None else fields_of(draft.body)
    return show(
        "clerk/policy_draft.html",
        error,
        draft=draft,
        editable=editable,
        is_own=is_own,
        fields=fields,
        rows={kind: rows_of(kind, fields) for kind in "rcs"},
        is_overtaken=isinstance(error, Conflict) and typed is not None,
        compared=compared_with(draft),
        formula=formula_of(draft.layoff_formula),
        formulas=ask(ListLayoffFormulas()).formulas if editable else (),
        is_open=draft.state in OPEN,
    )


def _show_review(draft_id: UUID, error: Exception | None = None) -> Response:
    draft = ask(from_path(GetPolicyDraft, draft_id=draft_id))
    compared = compared_with(draft)
    return show(
        "clerk/policy_review.html",
        error,
        draft=draft,
        is_own=draft.maker_id == g.actor.id,
        compared=compared,
        lines=lines_between(compared, draft),
        kept=_kept(draft),
        formula=formula_of(draft.layoff_formula),
    )


def _kept(draft: PolicyDraftView) -> SimulationView | None:
    try:
        return ask(GetKeptSimulation(draft_id=DraftId(draft.draft_id))).simulation
    except Missing:
        return None
