"""One function per message: load → decide → save → publish."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Missing, Refused
from services.contracts.subsidy.policy import (
    ChangePolicyDraft,
    DiscardPolicyDraft,
    DraftPolicy,
    PolicyBody,
    PolicyDraftSubmitted,
    PolicyDraftView,
    PutPolicyInForce,
    ReturnPolicyDraft,
    SubmitPolicyDraft,
    UseLayoffFormula,
)
from services.contracts.values import DraftId
from services.subsidy.decisions.store import record_decision
from services.subsidy.policy import store
from services.subsidy.policy.domain import Policy, PolicyDraft, PolicyFault
from services.subsidy.policy.domain.drafts import begin_draft, next_version, require_drafter, require_latest
from services.subsidy.policy.views import draft_view


def draft_policy(uow: UnitOfWork, command: DraftPolicy) -> PolicyDraftView:
    """Begin a draft as a copy of a version in force. It takes the id of its command."""
    require_drafter(uow.actor)
    year, version = command.based_on_year, command.based_on_version
    base = store.get_version(uow, year, version).policy
    require_latest(year=year, version=version, latest=store.latest_version(uow, year))
    policy = next_version(base, command.programme_year, store.latest_version(uow, command.programme_year))
    draft = begin_draft(
        id=DraftId(command.id),
        policy=policy,
        digest=store.digest_of(policy),
        base=base,
        by=uow.actor,
        at=uow.now,
    )
    store.add_draft(uow, draft)
    record_decision(uow, command.name, draft.id, command.id)
    return draft_view(uow, draft)


def change_policy_draft(uow: UnitOfWork, command: ChangePolicyDraft) -> PolicyDraftView:
    """Its maker replaces what a draft says."""
    draft = store.get_draft(uow, command.draft_id, alone=True)
    return _change(uow, draft, command.revision, _policy_of(draft, command.body))


def use_layoff_formula(uow: UnitOfWork, command: UseLayoffFormula) -> PolicyDraftView:
    """Its maker lets a draft use a known formula."""
    draft = store.get_draft(uow, command.draft_id, alone=True)
    chosen = [each for each in store.LAYOFF_FORMULAS if each.code == command.formula]
    if not chosen:
        raise Missing("layoff_formula_missing", "there is no such formula", formula=command.formula)
    return _change(uow, draft, command.revision, chosen[0].put_into(draft.policy))


def submit_policy_draft(uow: UnitOfWork, command: SubmitPolicyDraft) -> PolicyDraftView:
    """Its maker hands a draft to the review; a worker computes its effect."""
    draft = store.get_draft(uow, command.draft_id, alone=True)
    codes = store.codes_of_bits(uow)
    draft = draft.submit(by=uow.actor, revision=command.revision, codes=codes, at=uow.now)
    store.save_draft(uow, draft)
    record_decision(uow, command.name, draft.id, command.id)
    uow.publish(PolicyDraftSubmitted(at=uow.now, draft_id=draft.id, revision=draft.revision))
    return draft_view(uow, draft)


def return_policy_draft(uow: UnitOfWork, command: ReturnPolicyDraft) -> PolicyDraftView:
    """Another clerk sends a draft back to its maker."""
    draft = store.get_draft(uow, command.draft_id, alone=True)
    draft = draft.send_back(by=uow.actor, reason=command.reason, at=uow.now)
    store.save_draft(uow, draft)
    record_decision(uow, command.name, draft.id, command.id)
    return draft_view(uow, draft)


def put_policy_in_force(uow: UnitOfWork, command: PutPolicyInForce) -> PolicyDraftView:
    """Another clerk puts the draft in force that it looked at. From here on its text never changes."""
    draft = store.get_draft(uow, command.draft_id, alone=True)
    latest = store.latest_version(uow, draft.policy.programme_year)
    latest_of_base = store.latest_version(uow, draft.based_on_year)
    draft = draft.put_in_force(
        by=uow.actor, digest=command.digest, latest=latest, latest_of_base=latest_of_base, at=uow.now
    )
    store.save_draft(uow, draft)
    store.put_in_force(uow, draft.policy, draft)
    record_decision(uow, command.name, draft.id, command.id)
    return draft_view(uow, draft)


def discard_policy_draft(uow: UnitOfWork, command: DiscardPolicyDraft) -> PolicyDraftView:
    """Its maker gives a draft up."""
    draft = store.get_draft(uow, command.draft_id, alone=True).discard(by=uow.actor)
    store.save_draft(uow, draft)
    record_decision(uow, command.name, draft.id, command.id)
    return draft_view(uow, draft)


def _policy_of(draft: PolicyDraft, body: PolicyBody) -> Policy:
    number = {"programme_year": draft.policy.programme_year, "version": draft.policy.version}
    policy = store.read_policy({**body.to_wire(), **number})
    try:
        policy.check_shapes()
    except PolicyFault as fault:
        raise Refused(fault.code, "this is no expression", **fault.facts) from None
    return policy


def _change(uow: UnitOfWork, draft: PolicyDraft, revision: int, policy: Policy) -> PolicyDraftView:
    digest = store.digest_of(policy)
    draft = draft.change(by=uow.actor, revision=revision, policy=policy, digest=digest, at=uow.now)
    store.save_draft(uow, draft)
    return draft_view(uow, draft)
