"""Drafts of policies: made by one clerk, put in force by another. Pure: (state, facts, at) → state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.contracts.errors import Conflict, Forbidden, Refused
from services.contracts.subsidy.policy import DraftState
from services.contracts.values import Actor, DraftId, Post, Sha256, Year
from services.subsidy.policy.domain.expressions import PolicyFault
from services.subsidy.policy.domain.policies import Policy

_MAKERS = {DraftState.DRAFT, DraftState.RETURNED}


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    """A version on its way. `revision` grows with each change of the text, whose digest is `digest`.

    `simulated_revision`: the text whose effect was computed last.
    """

    id: DraftId
    policy: Policy
    digest: Sha256
    based_on_year: Year
    based_on_version: int
    maker: str
    maker_name: str
    made_at: datetime
    changed_at: datetime
    state: DraftState = DraftState.DRAFT
    revision: int = 1
    simulated_revision: int | None = None
    submitted_at: datetime | None = None
    reviewer: str | None = None
    reviewer_name: str | None = None
    reviewed_at: datetime | None = None
    reason: str | None = None

    @property
    def simulated(self) -> bool:
        """Was the effect of this text computed?"""
        return self.simulated_revision == self.revision

    def change(
        self, *, by: Actor, revision: int, policy: Policy, digest: Sha256, at: datetime
    ) -> "PolicyDraft":
        """Its maker replaces the text; faults in it may wait until it is submitted, odd shapes may not."""
        self._require_maker(by, revision)
        if digest == self.digest:
            return self
        return replace(self, policy=policy, digest=digest, revision=self.revision + 1, changed_at=at)

    def submit(self, *, by: Actor, revision: int, codes: Mapping[int, str], at: datetime) -> "PolicyDraft":
        """Its maker hands it to the review. `codes`: those that the bits of criteria have had, by bit."""
        self._require_maker(by, revision)
        if fault := fault_of(self.policy, codes):
            raise Refused(fault.code, "these rules could not be in force", **fault.facts)
        open_again = replace(self, reviewer=None, reviewer_name=None, reviewed_at=None, reason=None)
        return replace(open_again, state=DraftState.IN_REVIEW, submitted_at=at)

    def discard(self, *, by: Actor) -> "PolicyDraft":
        """Its maker gives it up, in review or not."""
        self._require_maker(by, self.revision, {*_MAKERS, DraftState.IN_REVIEW})
        return replace(self, state=DraftState.DISCARDED)

    def send_back(self, *, by: Actor, reason: str, at: datetime) -> "PolicyDraft":
        """Another clerk sends it back to its maker."""
        self._require_reviewer(by)
        return replace(self._reviewed(DraftState.RETURNED, by, at), reason=reason)

    def put_in_force(
        self, *, by: Actor, digest: Sha256, latest: int, latest_of_base: int, at: datetime
    ) -> "PolicyDraft":
        """Another clerk puts the text in force that it looked at, unless a later version came before it.

        `latest`, `latest_of_base`: the version in force of its programme (0: none), and of the one copied.
        """
        self._require_reviewer(by)
        if digest != self.digest:
            raise Conflict("draft_changed", "this is another text than the one that was looked at")
        if not self.simulated:
            raise Refused("draft_not_simulated", "the effect of this draft is still being computed")
        require_latest(year=self.policy.programme_year, version=self.policy.version - 1, latest=latest)
        require_latest(year=self.based_on_year, version=self.based_on_version, latest=latest_of_base)
        return self._reviewed(DraftState.IN_FORCE, by, at)

    def _reviewed(self, state: DraftState, by: Actor, at: datetime) -> "PolicyDraft":
        return replace(self, state=state, reviewer=by.id, reviewer_name=by.name, reviewed_at=at)

    def _require_maker(self, by: Actor, revision: int, states: set[DraftState] = _MAKERS) -> None:
        require_drafter(by)
        if by.id != self.maker:
            raise Forbidden("not_your_draft", "only who made a draft changes it")
        if self.state not in states:
            raise Conflict("draft_not_open", "this draft is not its maker's any more", state=self.state.value)
        if revision != self.revision:
            raise Conflict("draft_changed", "the draft was changed meanwhile", revision=self.revision)

    def _require_reviewer(self, by: Actor) -> None:
        by.require_post(Post.REVIEWER)
        _require_province(by)
        if by.id == self.maker:
            raise Forbidden("drafter_is_reviewer", "who made a draft cannot review it")
        if self.state is not DraftState.IN_REVIEW:
            raise Conflict(
                "draft_not_in_review", "this draft does not wait for a review", state=self.state.value
            )


def begin_draft(
    *, id: DraftId, policy: Policy, digest: Sha256, base: Policy, by: Actor, at: datetime
) -> PolicyDraft:
    """Return a new draft with this text, a copy of `base`."""
    return PolicyDraft(
        id=id,
        policy=policy,
        digest=digest,
        based_on_year=base.programme_year,
        based_on_version=base.version,
        maker=by.id,
        maker_name=by.name,
        made_at=at,
        changed_at=at,
    )


def next_version(base: Policy, year: Year, latest: int) -> Policy:
    """Return a copy of `base` as the version after the latest (0: none) of a programme."""
    policy = base if year == base.programme_year else base.for_year(year)
    return replace(policy, version=latest + 1)


def fault_of(policy: Policy, codes: Mapping[int, str]) -> PolicyFault | None:
    """Return why rules cannot come in force; None: they can."""
    try:
        policy.check()
        policy.check_bits(codes)
    except PolicyFault as fault:
        return fault
    return None


def require_latest(*, year: Year, version: int, latest: int) -> None:
    """A draft follows the version in force, not an earlier one."""
    if version != latest:
        raise Conflict(
            "policy_superseded", "another version came in force meanwhile", year=year, version=latest
        )


def require_drafter(actor: Actor) -> None:
    """Rules are drafted by an approver of a whole province."""
    actor.require_post(Post.APPROVER)
    _require_province(actor)


def _require_province(actor: Actor) -> None:
    if not actor.region.endswith("0000"):
        raise Forbidden("province_required", "rules are made for a whole province")
