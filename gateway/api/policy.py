"""The policies in force; public."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gateway.api.messages import only, query, reply
from gateway.bus import ask
from services.contracts.subsidy.policy import GetPolicy, ListPolicies, PoliciesView, PolicyView

api = APIBlueprint("policy", __name__, abp_tags=[Tag(name="policy")])

PolicyPath = only(GetPolicy, "programme_year")


@api.get("/policies", responses={200: PoliciesView})
def list_policies(query: ListPolicies) -> Response:
    """Show all policies in force."""
    return reply(ask(query))


@api.get("/policies/<int:programme_year>", responses={200: PolicyView})
def get_policy(path: PolicyPath) -> Response:
    """Show the policy in force of a programme."""
    return reply(ask(query(GetPolicy, path)))
