"""Policy: the rules of a programme as versioned data. Drafted, reviewed by a second person, then in force,
and from then on never changed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from services.contracts.base import Command, Event, Message, Query, View
from services.contracts.values import DraftId, Region, Sha256, ShortText, Year

Expression = Any  # int | str | [operator, Expression, …]: JSON knows no better; the service checks it
Parameters = dict[str, Annotated[int, Field(strict=True, ge=0, lt=2**31)]]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class CriterionView(View):
    """One criterion: a bit that is never reused, the clause it rests on, its words."""

    code: str
    bit: int
    clause: str
    zh: str
    en: str


class PolicyView(View):
    """A policy version in force, or superseded by a later one.

    `maker`, `reviewer`: who drafted and who reviewed it; None for what came with the product.
    `layoff_formula`: the code of the formula it uses, if it is one of the known.
    """

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
    region_overrides: dict[Region, dict[str, int]] = {}
    layoff_formula: str | None = None
    draft_id: DraftId | None = None
    maker: str | None = None
    reviewer: str | None = None


class PoliciesView(View):
    """Policies, the latest programme and version first."""

    policies: tuple[PolicyView, ...]


class CriterionBody(Message):
    """One criterion of a draft; `expression` is true for a unit that passes."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    bit: Annotated[int, Field(ge=0, le=30)]
    clause: Text
    expression: Expression
    zh: Text
    en: Text


class SectionBody(Message):
    """A heading of the statement and its paragraphs, with {placeholders}."""

    heading: Text
    paragraphs: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]


class PolicyBody(Message):
    """Everything that a draft may say: all of a policy but its programme year and version."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base_year: Year
    title_zh: Text
    title_en: Text
    documents: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    deadline: date
    parameters: Parameters
    region_overrides: dict[Region, Parameters] = {}
    layoff_rate: Expression
    ratio: Expression
    amount: Expression
    criteria: Annotated[tuple[CriterionBody, ...], Field(min_length=1, max_length=31)]
    statement_title: Text
    statement_sections: Annotated[tuple[SectionBody, ...], Field(min_length=1, max_length=20)]


class DraftState(StrEnum):
    """How far a draft is. A returned one is its maker's again; in force and discarded are final."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    IN_FORCE = "in_force"
    DISCARDED = "discarded"


class PolicyDraftView(View):
    """A draft: what it starts from, what it says, how far it is.

    `version`: the number it will have in force. `based_on_year`, `based_on_version`: what it was copied from.
    `revision` grows with each change: a change names the one it saw. `problem`: why it cannot be submitted
    (a code), with its facts. `simulated`: its effect was computed for this revision. `reason`: why returned.
    """

    draft_id: DraftId
    programme_year: Year
    version: int
    based_on_year: Year
    based_on_version: int
    state: DraftState
    revision: int
    digest: Sha256
    body: PolicyBody
    layoff_formula: str | None
    maker: str
    maker_id: str
    made_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    simulated: bool = False
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    reason: str | None = None
    problem: str | None = None
    problem_facts: dict[str, int | str] = {}


class PolicyDraftsView(View):
    """Drafts, the latest first."""

    drafts: tuple[PolicyDraftView, ...]


class LayoffFormulaView(View):
    """A way to compute the layoff rate, as some regions' documents have it. `uses`: the facts it rests on."""

    code: str
    zh: str
    en: str
    source: str
    uses: tuple[str, ...]


class LayoffFormulasView(View):
    """The known formulas."""

    formulas: tuple[LayoffFormulaView, ...]


class PolicyRef(Message):
    """A draft, or a version of a programme."""

    draft_id: DraftId | None = None
    programme_year: Year | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class DifferenceView(View):
    """One thing that differs: where (`parameters.min_months`), before and after as JSON; None: not there."""

    path: str
    before: Any
    after: Any


class ComparisonView(View):
    """All that differs between two policies, in the order of the text."""

    left: PolicyRef
    right: PolicyRef
    differences: tuple[DifferenceView, ...]


class GetPolicy(Query[PolicyView]):
    """Show the policy in force of a programme, or one version of it."""

    programme_year: Year
    version: Annotated[int, Field(ge=1)] | None = None


class ListPolicies(Query[PoliciesView]):
    """Show all policies in force; of one programme: all its versions, the superseded too."""

    programme_year: Year | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class ListLayoffFormulas(Query[LayoffFormulasView]):
    """Show the known formulas."""


class ComparePolicies(Query[ComparisonView]):
    """Show what differs between two versions, or a draft and a version."""

    left: PolicyRef
    right: PolicyRef


class GetPolicyDraft(Query[PolicyDraftView]):
    """Show one draft."""

    draft_id: DraftId


class ListPolicyDrafts(Query[PolicyDraftsView]):
    """Show the latest drafts."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30


class DraftPolicy(Command[PolicyDraftView]):
    """Begin a draft as a copy of a version: the next version of its programme, or the first of a new year."""

    programme_year: Year
    based_on_year: Year
    based_on_version: Annotated[int, Field(ge=1)]


class ChangePolicyDraft(Command[PolicyDraftView]):
    """Its maker replaces what a draft says. A Conflict when it was changed since `revision`."""

    draft_id: DraftId
    revision: int
    body: PolicyBody


class UseLayoffFormula(Command[PolicyDraftView]):
    """Its maker lets a draft use a known formula: the rate, the criterion and its words."""

    draft_id: DraftId
    revision: int
    formula: ShortText


class SubmitPolicyDraft(Command[PolicyDraftView]):
    """Its maker hands a draft to the review."""

    draft_id: DraftId
    revision: int


class ReturnPolicyDraft(Command[PolicyDraftView]):
    """Another clerk sends a draft back to its maker."""

    draft_id: DraftId
    reason: ShortText


class PutPolicyInForce(Command[PolicyDraftView]):
    """Another clerk puts the draft in force that it looked at: the digest says which text."""

    draft_id: DraftId
    digest: Sha256


class DiscardPolicyDraft(Command[PolicyDraftView]):
    """Its maker gives a draft up."""

    draft_id: DraftId


class PolicyDraftSubmitted(Event):
    """The effect of a draft has to be computed for its review."""

    version: Literal[1] = 1
    draft_id: DraftId
    revision: int
