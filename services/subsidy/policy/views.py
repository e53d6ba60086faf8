"""What is shown of policies and drafts. Drafts, and who made a version, are for clerks."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.subsidy.policy import (
    ComparePolicies,
    ComparisonView,
    CriterionView,
    DifferenceView,
    DraftState,
    GetPolicy,
    GetPolicyDraft,
    LayoffFormulasView,
    LayoffFormulaView,
    ListLayoffFormulas,
    ListPolicies,
    ListPolicyDrafts,
    PoliciesView,
    PolicyBody,
    PolicyDraftsView,
    PolicyDraftView,
    PolicyRef,
    PolicyView,
)
from services.contracts.values import ActorKind, Post
from services.subsidy.policy import store
from services.subsidy.policy.domain import Policy, PolicyDraft, PolicyInForce
from services.subsidy.policy.domain.comparison import differences
from services.subsidy.policy.domain.drafts import fault_of
from services.subsidy.policy.domain.formulas import formula_of

FINAL = {DraftState.IN_FORCE, DraftState.DISCARDED}


def get_policy(uow: UnitOfWork, query: GetPolicy) -> PolicyView:
    """Show the policy in force of a programme, or one version of it."""
    return _policy_view(uow, _version(uow, query.programme_year, query.version))


def list_policies(uow: UnitOfWork, query: ListPolicies) -> PoliciesView:
    """Show all policies in force, or all versions of one programme."""
    if query.programme_year is None:
        found = store.list_in_force(uow, query.limit)
    else:
        found = store.list_versions(uow, query.programme_year, query.limit)
    return PoliciesView(policies=tuple(_policy_view(uow, each) for each in found))


def list_layoff_formulas(uow: UnitOfWork, query: ListLayoffFormulas) -> LayoffFormulasView:
    """Show the known formulas to a clerk."""
    uow.actor.require_post(*Post)
    names = [name for name in LayoffFormulaView.model_fields]
    return LayoffFormulasView(
        formulas=tuple(
            LayoffFormulaView(**{name: getattr(each, name) for name in names})
            for each in store.LAYOFF_FORMULAS
        )
    )


def compare_policies(uow: UnitOfWork, query: ComparePolicies) -> ComparisonView:
    """Show a clerk what differs between two versions, or a draft and a version."""
    uow.actor.require_post(*Post)
    (left, before), (right, after) = _referred(uow, query.left), _referred(uow, query.right)
    found = tuple(DifferenceView(**vars(each)) for each in differences(before, after))
    return ComparisonView(left=left, right=right, differences=found)


def get_policy_draft(uow: UnitOfWork, query: GetPolicyDraft) -> PolicyDraftView:
    """Show one draft to a clerk."""
    uow.actor.require_post(*Post)
    return draft_view(uow, store.get_draft(uow, query.draft_id))


def list_policy_drafts(uow: UnitOfWork, query: ListPolicyDrafts) -> PolicyDraftsView:
    """Show the latest drafts to a clerk."""
    uow.actor.require_post(*Post)
    found = store.list_drafts(uow, query.limit)
    return PolicyDraftsView(drafts=tuple(draft_view(uow, each) for each in found))


def draft_view(uow: UnitOfWork, draft: PolicyDraft) -> PolicyDraftView:
    """Return the view of a draft, with the first fault that keeps it from being submitted."""
    fault = None if draft.state in FINAL else fault_of(draft.policy, store.codes_of_bits(uow))
    own = {name: value for name, value in vars(draft).items() if name in PolicyDraftView.model_fields}
    shown = {
        "draft_id": draft.id,
        "programme_year": draft.policy.programme_year,
        "version": draft.policy.version,
        "body": _body(draft.policy),
        "layoff_formula": formula_of(draft.policy, store.LAYOFF_FORMULAS),
        "maker": draft.maker_name or draft.maker,
        "maker_id": draft.maker,
        "simulated": draft.simulated,
        "reviewer": draft.reviewer_name or draft.reviewer,
        "problem": fault.code if fault else None,
        "problem_facts": fault.facts if fault else {},
    }
    return PolicyDraftView(**{**own, **shown})


def _body(policy: Policy) -> PolicyBody:
    data = policy.to_data()
    return PolicyBody.model_validate({name: data[name] for name in PolicyBody.model_fields})


def _version(uow: UnitOfWork, year: int, version: int | None) -> PolicyInForce:
    return store.get_in_force(uow, year) if version is None else store.get_version(uow, year, version)


def _referred(uow: UnitOfWork, ref: PolicyRef) -> tuple[PolicyRef, Policy]:
    """Return what is meant: a draft, a version, or the one in force of a programme."""
    if ref.draft_id is not None:
        return PolicyRef(draft_id=ref.draft_id), store.get_draft(uow, ref.draft_id).policy
    if ref.programme_year is None:
        raise Refused("policy_not_named", "say which draft, or which programme")
    policy = _version(uow, ref.programme_year, ref.version).policy
    return PolicyRef(programme_year=policy.programme_year, version=policy.version), policy


def _policy_view(uow: UnitOfWork, in_force: PolicyInForce) -> PolicyView:
    policy = in_force.policy
    title_zh, title_en = policy.titles()
    criteria = tuple(
        CriterionView(code=each.code, bit=each.bit, clause=each.clause, zh=each.zh, en=each.en)
        for each in policy.criteria
    )
    own = {"draft_id": in_force.draft_id, "maker": in_force.maker, "reviewer": in_force.reviewer}
    is_clerk = uow.actor.kind is ActorKind.CLERK
    return PolicyView(
        programme_year=policy.programme_year,
        base_year=policy.base_year,
        version=policy.version,
        digest=in_force.digest,
        title_zh=title_zh,
        title_en=title_en,
        documents=policy.documents,
        parameters=policy.parameters,
        region_overrides=policy.region_overrides,
        layoff_formula=formula_of(policy, store.LAYOFF_FORMULAS),
        deadline=policy.deadline,
        criteria=criteria,
        in_force_at=in_force.in_force_at,
        **(own if is_clerk else {}),
    )
