"""What is shown of the policies in force, to whoever is signed in."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.policy import CriterionView, GetPolicy, ListPolicies, PoliciesView, PolicyView
from services.subsidy.policy import store
from services.subsidy.policy.domain import PolicyInForce


def get_policy(uow: UnitOfWork, query: GetPolicy) -> PolicyView:
    """Show the policy in force of a programme."""
    _ = uow.actor
    return policy_view(store.get_in_force(uow, query.programme_year))


def list_policies(uow: UnitOfWork, query: ListPolicies) -> PoliciesView:
    """Show all policies in force."""
    _ = uow.actor
    return PoliciesView(policies=tuple(policy_view(each) for each in store.list_in_force(uow, query.limit)))


def policy_view(in_force: PolicyInForce) -> PolicyView:
    """Return the view of a policy in force."""
    policy = in_force.policy
    title_zh, title_en = policy.titles()
    criteria = tuple(
        CriterionView(code=each.code, bit=each.bit, clause=each.clause, zh=each.zh, en=each.en)
        for each in policy.criteria
    )
    return PolicyView(
        programme_year=policy.programme_year,
        base_year=policy.base_year,
        version=policy.version,
        digest=in_force.digest,
        title_zh=title_zh,
        title_en=title_en,
        documents=policy.documents,
        parameters=policy.parameters,
        deadline=policy.deadline,
        criteria=criteria,
        in_force_at=in_force.in_force_at,
    )
