"""Drafts of policies as an approver makes them and a reviewer decides on them."""

from services.chassis.ids import new_id
from services.contracts.subsidy.policy import (
    ChangePolicyDraft,
    DiscardPolicyDraft,
    DraftPolicy,
    GetPolicyDraft,
    PolicyBody,
    PolicyDraftView,
    PutPolicyInForce,
    ReturnPolicyDraft,
    SubmitPolicyDraft,
    UseLayoffFormula,
)
from services.subsidy.policy.adapters.programmes import read_programme
from services.subsidy.policy.store import mark_simulated, put_in_force
from tests.people import APPROVER, REVIEWER


def seed(world, *names: str) -> None:
    """Put programmes in force as the product brings them along."""
    with world.job("subsidy").unit_of_work() as uow:
        for name in names or ("henan_2023",):
            put_in_force(uow, read_programme(name))


def draft(world, year=2023, based_on=2023, version=1, by=APPROVER) -> PolicyDraftView:
    """Begin a draft."""
    begin = DraftPolicy(id=new_id(), programme_year=year, based_on_year=based_on, based_on_version=version)
    return world.ask(begin, by=by)


def body(view: PolicyDraftView, **changes) -> PolicyBody:
    """Return what a draft says, with changes."""
    return PolicyBody.model_validate({**view.body.to_wire(), **changes})


def with_parameters(view: PolicyDraftView, **parameters: int) -> PolicyBody:
    """Return what a draft says with other parameters."""
    return body(view, parameters={**view.body.parameters, **parameters})


def with_criterion(view: PolicyDraftView, **changes) -> PolicyBody:
    """Return what a draft says with one criterion more."""
    new = {"code": "new", "bit": 20, "clause": "§", "expression": [">", "base", 0], "zh": "新", "en": "new"}
    return body(view, criteria=[*view.body.to_wire()["criteria"], {**new, **changes}])


def change(world, view: PolicyDraftView, to: PolicyBody, by=APPROVER) -> PolicyDraftView:
    """Replace what a draft says."""
    command = ChangePolicyDraft(id=new_id(), draft_id=view.draft_id, revision=view.revision, body=to)
    return world.ask(command, by=by)


def use(world, view: PolicyDraftView, formula: str, by=APPROVER) -> PolicyDraftView:
    """Let a draft use a known formula."""
    command = UseLayoffFormula(id=new_id(), draft_id=view.draft_id, revision=view.revision, formula=formula)
    return world.ask(command, by=by)


def submit(world, view: PolicyDraftView, by=APPROVER) -> PolicyDraftView:
    """Hand a draft to the review."""
    command = SubmitPolicyDraft(id=new_id(), draft_id=view.draft_id, revision=view.revision)
    return world.ask(command, by=by)


def simulate(world, view: PolicyDraftView) -> PolicyDraftView:
    """Note that the effect of a draft was computed."""
    with world.job("subsidy").unit_of_work() as uow:
        mark_simulated(uow, view.draft_id, view.revision)
    return show(world, view)


def send_back(world, view: PolicyDraftView, by=REVIEWER, reason="参数有误") -> PolicyDraftView:
    """Send a draft back to its maker."""
    return world.ask(ReturnPolicyDraft(id=new_id(), draft_id=view.draft_id, reason=reason), by=by)


def in_force(world, view: PolicyDraftView, by=REVIEWER, digest=None) -> PolicyDraftView:
    """Put a draft in force."""
    command = PutPolicyInForce(id=new_id(), draft_id=view.draft_id, digest=digest or view.digest)
    return world.ask(command, by=by)


def discard(world, view: PolicyDraftView, by=APPROVER) -> PolicyDraftView:
    """Give a draft up."""
    return world.ask(DiscardPolicyDraft(id=new_id(), draft_id=view.draft_id), by=by)


def show(world, view: PolicyDraftView, by=REVIEWER) -> PolicyDraftView:
    """Show a draft."""
    return world.ask(GetPolicyDraft(draft_id=view.draft_id), by=by)


def ready(world, year=2023, based_on=2023, **parameters: int) -> PolicyDraftView:
    """Return a draft that waits for its review, its effect computed."""
    begun = draft(world, year, based_on)
    changed = change(world, begun, with_parameters(begun, **({"min_months": 10} | parameters)))
    return simulate(world, submit(world, changed))
