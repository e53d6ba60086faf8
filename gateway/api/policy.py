"""Policies: the versions in force (public), drafts of the next one, known formulas, what differs."""

from flask import Response

from gateway.api.messages import body_of, command, only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.policy import (
    ChangePolicyDraft,
    ComparePolicies,
    ComparisonView,
    DiscardPolicyDraft,
    DraftPolicy,
    GetPolicy,
    GetPolicyDraft,
    LayoffFormulasView,
    ListLayoffFormulas,
    ListPolicies,
    ListPolicyDrafts,
    PoliciesView,
    PolicyDraftsView,
    PolicyDraftView,
    PolicyView,
    PutPolicyInForce,
    ReturnPolicyDraft,
    SubmitPolicyDraft,
    UseLayoffFormula,
)

api = room("policy")

PolicyPath = only(GetPolicy, "programme_year")
VersionPath = only(GetPolicy, "programme_year", "version")
DraftPath = only(GetPolicyDraft, "draft_id")
ComparePoliciesBody = body_of(ComparePolicies)
DraftPolicyBody = body_of(DraftPolicy)
ChangeDraftBody = body_of(ChangePolicyDraft, "draft_id")
FormulaBody = body_of(UseLayoffFormula, "draft_id")
SubmitDraftBody = body_of(SubmitPolicyDraft, "draft_id")
ReturnDraftBody = body_of(ReturnPolicyDraft, "draft_id")
InForceBody = body_of(PutPolicyInForce, "draft_id")


@api.get("/policies", responses={200: PoliciesView})
def list_policies(query: ListPolicies) -> Response:
    """Show all policies in force, or all versions of one programme."""
    return reply(ask(query))


@api.get("/policies/<int:programme_year>", responses={200: PolicyView})
def get_policy(path: PolicyPath) -> Response:
    """Show the policy in force of a programme."""
    return reply(ask(query(GetPolicy, path)))


@api.get("/policies/<int:programme_year>/versions/<int:version>", responses={200: PolicyView})
def get_policy_version(path: VersionPath) -> Response:
    """Show one version of a programme, in force or superseded."""
    return reply(ask(query(GetPolicy, path)))


@api.get("/layoff-formulas", responses={200: LayoffFormulasView})
def list_layoff_formulas() -> Response:
    """Show the known ways to compute the layoff rate, with their sources."""
    return reply(ask(ListLayoffFormulas()))


@api.post("/policy-comparisons", responses={200: ComparisonView})
def compare_policies(body: ComparePoliciesBody) -> Response:
    """Show what differs between two versions, or a draft and a version."""
    return reply(ask(query(ComparePolicies, body)))


@api.post("/policy-drafts", responses={201: PolicyDraftView})
def draft_policy(body: DraftPolicyBody) -> Response:
    """Begin a draft as a copy of a version in force."""
    return reply(ask(command(DraftPolicy, body)), 201)


@api.get("/policy-drafts", responses={200: PolicyDraftsView})
def list_policy_drafts(query: ListPolicyDrafts) -> Response:
    """Show the latest drafts."""
    return reply(ask(query))


@api.get("/policy-drafts/<uuid:draft_id>", responses={200: PolicyDraftView})
def get_policy_draft(path: DraftPath) -> Response:
    """Show one draft, with what keeps it from being submitted."""
    return reply(ask(query(GetPolicyDraft, path)))


@api.put("/policy-drafts/<uuid:draft_id>", responses={200: PolicyDraftView})
def change_policy_draft(path: DraftPath, body: ChangeDraftBody) -> Response:
    """Replace what a draft says (its maker), faults and all."""
    return reply(ask(command(ChangePolicyDraft, path, body)))


@api.post("/policy-drafts/<uuid:draft_id>/layoff-formula", responses={200: PolicyDraftView})
def use_layoff_formula(path: DraftPath, body: FormulaBody) -> Response:
    """Let a draft use a known formula (its maker): the rate, the criterion and its words."""
    return reply(ask(command(UseLayoffFormula, path, body)))


@api.post("/policy-drafts/<uuid:draft_id>/submission", responses={202: PolicyDraftView})
def submit_policy_draft(path: DraftPath, body: SubmitDraftBody) -> Response:
    """Hand a draft to the review (its maker); its effect is computed meanwhile."""
    return reply(ask(command(SubmitPolicyDraft, path, body)), 202)


@api.post("/policy-drafts/<uuid:draft_id>/return", responses={200: PolicyDraftView})
def return_policy_draft(path: DraftPath, body: ReturnDraftBody) -> Response:
    """Send a draft back (another clerk than its maker), with a reason."""
    return reply(ask(command(ReturnPolicyDraft, path, body)))


@api.post("/policy-drafts/<uuid:draft_id>/entry-into-force", responses={200: PolicyDraftView})
def put_policy_in_force(path: DraftPath, body: InForceBody) -> Response:
    """Put a draft in force (another clerk than its maker), with the digest that was looked at."""
    return reply(ask(command(PutPolicyInForce, path, body)))


@api.post("/policy-drafts/<uuid:draft_id>/discarding", responses={200: PolicyDraftView})
def discard_policy_draft(path: DraftPath) -> Response:
    """Give a draft up (its maker)."""
    return reply(ask(command(DiscardPolicyDraft, path)))
