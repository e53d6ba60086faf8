"""政策: versions in force and before, one policy, what differs between two, the first line of a draft."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway import differences
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import DRAFTERS, pages
from services.contracts.subsidy.policy import (
    ComparePolicies,
    DraftPolicy,
    GetPolicy,
    GetPolicyDraft,
    LayoffFormulaView,
    ListLayoffFormulas,
    ListPolicies,
    ListPolicyDrafts,
    PolicyDraftView,
    PolicyRef,
    PolicyView,
)
from services.contracts.values import DraftId


@pages.get("/policies")
def policies() -> Response:
    """List the programmes with their versions, and the drafts."""
    in_force = ask(ListPolicies()).policies
    drafts = ask(ListPolicyDrafts()).drafts if g.actor.posts & DRAFTERS else ()
    return show("clerk/policies.html", programmes=[_versions(policy) for policy in in_force], drafts=drafts)


@pages.get("/policies/<int:year>")
def policy(year: int) -> Response:
    """Show the policy in force of a programme, or the version that the address names."""
    found = ask(GetPolicy(programme_year=_year(year), version=_version(request.args.get("version"))))
    draft = ask(GetPolicyDraft(draft_id=found.draft_id)) if _may_read_draft(found) else None
    return show(
        "clerk/policy.html",
        policy=found,
        versions=_versions(found, always=True),
        body=draft.body if draft else None,
        formula=formula_of(found.layoff_formula),
    )


@pages.get("/policies/comparison")
def compare_policies() -> Response:
    """Show what differs; `left` and `right` are "2023.1" or the id of a draft."""
    left, right = (_side(request.args.get(name, "")) for name in ("left", "right"))
    return show(
        "clerk/policy_comparison.html",
        left=left,
        right=right,
        lines=lines_between(left, right),
    )


@pages.route("/policies/drafts/new", methods=["GET", "POST"])
def new_policy_draft() -> Response:
    """起草: choose the version in force to start from, and for which year."""
    if request.method == "GET":
        return _show_new()
    year, _, version = request.form.get("based_on", "").partition(".")
    try:
        if not (year.isdecimal() and version.isdecimal()):
            raise InvalidForm(["based_on"])
        made = ask(filled(DraftPolicy, based_on_year=int(year), based_on_version=int(version)))
    except FAULTS as error:
        return _show_new(error)
    return redirect(url_for(".policy_draft", draft_id=made.draft_id), 303)


def formula_of(code: str | None) -> LayoffFormulaView | None:
    """Return the layoff formula of a code, if it is one of the known."""
    if code is None:
        return None
    return next((one for one in ask(ListLayoffFormulas()).formulas if one.code == code), None)


def compared_with(draft: PolicyDraftView) -> PolicyView:
    """Return what a draft would take the place of: the version in force, or what it was copied from."""
    for one in ask(ListPolicies(limit=50)).policies:
        if one.programme_year == draft.programme_year:
            return one
    return ask(GetPolicy(programme_year=draft.based_on_year, version=draft.based_on_version))


def lines_between(left: PolicyView | PolicyDraftView, right: PolicyView | PolicyDraftView) -> list[Any]:
    """Return what differs between two policies, in words."""
    compared = ask(ComparePolicies(left=_ref(left), right=_ref(right)))
    before, after = _parameters(left), _parameters(right)
    return [differences.read(each, before, after) for each in compared.differences]


def _show_new(error: Exception | None = None) -> Response:
    return show("clerk/policy_new_draft.html", error, choices=ask(ListPolicies(limit=50)).policies)


def _versions(policy: PolicyView, *, always: bool = False) -> tuple[PolicyView, ...]:
    """Return all versions of a programme, the latest first; a first version in force is alone."""
    if policy.version == 1 and not always:
        return (policy,)
    return ask(ListPolicies(programme_year=policy.programme_year, limit=50)).policies or (policy,)


def _may_read_draft(policy: PolicyView) -> bool:
    return policy.draft_id is not None and bool(g.actor.posts & DRAFTERS)


def _side(text: str) -> PolicyView | PolicyDraftView:
    """Return what one side of a comparison names; what names nothing is no page."""
    year, _, version = text.partition(".")
    if year.isdecimal() and version.isdecimal():
        return ask(GetPolicy(programme_year=_year(int(year)), version=_version(version)))
    try:
        return ask(GetPolicyDraft(draft_id=DraftId(UUID(text))))
    except ValueError:
        abort(404)


def _ref(side: PolicyView | PolicyDraftView) -> PolicyRef:
    if isinstance(side, PolicyDraftView):
        return PolicyRef(draft_id=side.draft_id)
    return PolicyRef(programme_year=side.programme_year, version=side.version)


def _parameters(side: PolicyView | PolicyDraftView) -> Mapping[str, int]:
    return side.body.parameters if isinstance(side, PolicyDraftView) else side.parameters


def _year(year: int) -> int:
    return year if 2000 <= year <= 2099 else abort(404)


def _version(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() and text.isascii() and 0 < int(text) < 10_000 else abort(404)
