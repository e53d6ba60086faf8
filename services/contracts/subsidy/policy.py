"""Policy: the rules of a programme as versioned data. In force it never changes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.contracts.base import Query, View
from services.contracts.values import Sha256, Year


class CriterionView(View):
    """One criterion: a bit that is never reused, the clause it rests on, its words."""

    code: str
    bit: int
    clause: str
    zh: str
    en: str


class PolicyView(View):
    """A policy version in force."""

    programme_year: Year
    base_year: Year
    version: int
    digest: Sha256
    title_zh: str
    title_en: str
    documents: tuple[str, ...]
    parameters: dict[str, int]
    deadline: date
    criteria: tuple[CriterionView, ...]
    in_force_at: datetime


class PoliciesView(View):
    """The policies in force, the latest programme first."""

    policies: tuple[PolicyView, ...]


class GetPolicy(Query[PolicyView]):
    """Show the policy in force of a programme."""

    programme_year: Year


class ListPolicies(Query[PoliciesView]):
    """Show all policies in force."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20
