"""What approvers and reviewers do before a batch, by HTTP: versions of the registry, policies, what-if."""

from typing import Any
from uuid import UUID

from deploy.local.demo.people import Clerk
from services.contracts.subsidy.approval import BatchItemsView, BatchView
from services.contracts.subsidy.policy import (
    ComparisonView,
    DifferenceView,
    PolicyBody,
    PolicyDraftView,
    PolicyView,
)
from services.contracts.subsidy.registry import ImportView
from services.contracts.subsidy.screening import ScreeningView
from services.contracts.subsidy.simulation import EffectsView, EffectView, KeptSimulationView, SimulationView
from services.contracts.subsidy.versions import ImportChangesView, ImportChangeView, ImportDiffView


class Officer(Clerk):
    """A clerk who looks after programmes (核定、复核)."""

    def sign_in(self, account: str, password: str) -> "Officer":
        """Sign in to the clerk console."""
        super().sign_in(account, password)
        return self

    # the registry

    def diff(self, version: ImportView) -> ImportDiffView:
        """See what a version changed."""
        return self._get(ImportDiffView, f"/imports/{version.import_id}/diff")

    def changes(self, version: ImportView, **query: Any) -> tuple[ImportChangeView, ...]:
        """See line by line what a version changed."""
        path = f"/imports/{version.import_id}/changes"
        return self._get(ImportChangesView, path, limit=1000, **query).changes

    # policies

    def draft_policy(self, year: int, *, based_on: PolicyView) -> PolicyDraftView:
        """起草."""
        base = {"based_on_year": based_on.programme_year, "based_on_version": based_on.version}
        return self._post(PolicyDraftView, "/policy-drafts", programme_year=year, **base)

    def change_draft(self, draft: PolicyDraftView, **changes: Any) -> PolicyDraftView:
        """Change what a draft says."""
        body = PolicyBody.model_validate({**draft.body.model_dump(), **changes}).to_wire()
        path = f"/policy-drafts/{draft.draft_id}"
        answer = self._ask("PUT", path, json={"revision": draft.revision, "body": body})
        return PolicyDraftView.model_validate(answer.json())

    def draft(self, draft_id: UUID) -> PolicyDraftView:
        """Look at a draft."""
        return self._get(PolicyDraftView, f"/policy-drafts/{draft_id}")

    def submit_draft(self, draft: PolicyDraftView) -> PolicyDraftView:
        """提交复核."""
        return self._decide(draft, "submission", revision=draft.revision)

    def put_in_force(self, draft: PolicyDraftView) -> PolicyDraftView:
        """生效: exactly the text that was looked at."""
        return self._decide(draft, "entry-into-force", digest=draft.digest)

    def compare(self, draft: PolicyDraftView) -> tuple[DifferenceView, ...]:
        """See what a draft changes."""
        base = {"programme_year": draft.based_on_year, "version": draft.based_on_version}
        sides = {"left": base, "right": {"draft_id": str(draft.draft_id)}}
        return self._post(ComparisonView, "/policy-comparisons", **sides).differences

    def kept_simulation(self, draft: PolicyDraftView) -> SimulationView | None:
        """See the effect that was computed for the review."""
        path = f"/policy-drafts/{draft.draft_id}/simulation"
        return self._get(KeptSimulationView, path).simulation

    def _decide(self, draft: PolicyDraftView, what: str, **body: Any) -> PolicyDraftView:
        return self._post(PolicyDraftView, f"/policy-drafts/{draft.draft_id}/{what}", **body)

    def screening(self, screening_id: UUID) -> ScreeningView:
        """See how far a run is."""
        return self._get(ScreeningView, f"/screenings/{screening_id}")

    # what-if

    def simulate(self, run: ScreeningView, **question: Any) -> SimulationView:
        """测算."""
        return self._post(SimulationView, "/simulations", screening_id=str(run.screening_id), **question)

    def effects(self, run: ScreeningView, **question: Any) -> tuple[EffectView, ...]:
        """Name the units."""
        path, run_id = "/simulations/effects", str(run.screening_id)
        return self._post(EffectsView, path, screening_id=run_id, **question).effects

    # batches

    def hold_out(self, batch: BatchView, unit_no: str, reason: str) -> BatchView:
        """暂不列入."""
        return self._post(BatchView, f"/batches/{batch.batch_id}/items/{unit_no}/hold-out", reason=reason)

    def items(self, batch: BatchView, **query: Any) -> BatchItemsView:
        """See lines of a batch."""
        return self._get(BatchItemsView, f"/batches/{batch.batch_id}/items", **query)
