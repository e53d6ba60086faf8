"""The programme of 2023 on the fake bus: its policy, a draft of the next version, a finished run."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from services.contracts.subsidy.policy import (
    ComparePolicies,
    ComparisonView,
    DifferenceView,
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
from services.subsidy import policy as policy_room
from tests.gateway.bus import FakeBus, example

DRAFT = "018a91b2-7c40-7000-8000-000000000020"
PAGE = f"/clerk/policies/drafts/{DRAFT}"
MAKER = "clerk:maker"
RULES = json.loads((Path(policy_room.__file__).parent / "programmes/henan_2023.json").read_text("utf-8"))
NET, RECIPIENTS = (
    LayoffFormulaView(code="net_decrease", zh="净减少人数", en="net decrease", source="71号", uses=()),
    LayoffFormulaView(code="new_recipients", zh="新领人数", en="recipients", source="各地", uses=("base",)),
)


def body(**changes: Any) -> PolicyBody:
    """Return the rules of 2023 as the body of a draft."""
    told = {name: value for name, value in RULES.items() if name not in ("programme_year", "version")}
    return PolicyBody.model_validate({**told, **changes})


def version(number: int, **changes: Any) -> PolicyView:
    """Return a version of the programme."""
    rules = {name: RULES[name] for name in ("parameters", "criteria", "documents")}
    return example(PolicyView, version=number, **{**rules, **changes})


def draft(**changes: Any) -> PolicyDraftView:
    """Return a draft of version 3, that `MAKER` still works on."""
    told = {"body": body().to_wire(), "version": 3, "maker_id": MAKER, "layoff_formula": "net_decrease"}
    return example(PolicyDraftView, **{**told, "state": "draft", "problem": None, "reason": None, **changes})


def tell(bus: FakeBus, *differences: DifferenceView, **changes: Any) -> None:
    """Let the bus answer with two versions and a draft, as changed."""
    two, one = version(2, maker="李强", reviewer="王丽"), version(1, maker=None, reviewer=None, draft_id=None)
    compared = ComparisonView(
        left=PolicyRef(programme_year=2023, version=2),
        right=PolicyRef(draft_id=DRAFT),  # type: ignore[arg-type]
        differences=differences,
    )
    bus.answers.update(
        {
            ListPolicies: lambda query: PoliciesView(policies=(two, one) if query.programme_year else (two,)),
            GetPolicy: lambda query: one if query.version == 1 else two,
            GetPolicyDraft: draft(**changes),
            ListPolicyDrafts: PolicyDraftsView(drafts=(draft(**changes),)),
            ListLayoffFormulas: LayoffFormulasView(formulas=(NET, RECIPIENTS)),
            ComparePolicies: compared,
        }
    )


class _Form(HTMLParser):
    """Collects the fields of the form that is sent to an address, as a browser would send them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields = action, dict[str, str]()
        self._inside, self._area = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a field says."""
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "form":
            self._inside = told.get("action") == self.action and told.get("method") == "post"
        elif self._inside and tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif self._inside and tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.fields[name] = told.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Note where a form or a text ends."""
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Collect the text of a field."""
        if self._area:
            self.fields[self._area] += data


def fields_of_page(page: str, action: str = PAGE) -> dict[str, str]:
    """Return what the form of a page would send if nothing were typed."""
    form = _Form(action)
    form.feed(page)
    return form.fields
