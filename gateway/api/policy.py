"""The policies in force; public."""

from flask import Response

from gateway.api.messages import only, query, reply, room
from gateway.bus import ask
from services.contracts.subsidy.policy import GetPolicy, ListPolicies, PoliciesView, PolicyView

api = room("policy")

PolicyPath = only(GetPolicy, "programme_year")


@api.get("/policies", responses={200: PoliciesView})
def list_policies(query: ListPolicies) -> Response:
    """Show all policies in force."""
    return reply(ask(query))


@api.get("/policies/<int:programme_year>", responses={200: PolicyView})
def get_policy(path: PolicyPath) -> Response:
    """Show the policy in force of a programme."""
    return reply(ask(query(GetPolicy, path)))
