"""Drafts at the same moment: one wins, the other hears that something else was there first."""

from services.contracts.subsidy.policy import ListPolicies
from services.contracts.values import Post
from services.subsidy.policy.store import criterion_bits
from tests.people import AUDITOR, clerk
from tests.services.attempts import together
from tests.services.policies import (
    change,
    draft,
    in_force,
    ready,
    seed,
    send_back,
    show,
    simulate,
    submit,
    with_criterion,
    with_parameters,
)

REVIEWERS = [clerk(Post.REVIEWER, id=f"reviewer-{number}") for number in range(2)]


def versions(world, year=2023):
    return [each.version for each in world.ask(ListPolicies(programme_year=year), by=AUDITOR).policies]


def test_of_two_reviewers_at_once_one_decides(world):
    seed(world)
    waiting = ready(world)
    acts = [in_force, send_back]
    refused = together(2, lambda number: acts[number](world, waiting, by=REVIEWERS[number]))
    assert refused == ["", "draft_not_in_review"]
    assert len(versions(world)) == (2 if show(world, waiting).state == "in_force" else 1)


def test_twice_put_in_force_at_once_it_is_in_force_once(world):
    seed(world)
    waiting = ready(world)
    refused = together(2, lambda number: in_force(world, waiting, by=REVIEWERS[number]))
    assert refused == ["", "draft_not_in_review"]
    assert versions(world) == [2, 1]


def test_a_change_that_meets_a_submission_is_in_what_was_submitted_or_refused(world):
    seed(world)
    begun = draft(world)
    acts = [lambda: change(world, begun, with_parameters(begun, min_months=9)), lambda: submit(world, begun)]
    refused = together(2, lambda number: acts[number]())
    assert refused[0] == "" and refused[1] in ("draft_changed", "draft_not_open")
    now = show(world, begun)
    assert (now.state, now.revision) in {("in_review", 1), ("draft", 2)}


def test_of_two_changes_at_once_one_is_kept(world):
    seed(world)
    begun = draft(world)
    refused = together(2, lambda number: change(world, begun, with_parameters(begun, min_months=number)))
    assert refused == ["", "draft_changed"]
    assert show(world, begun).revision == 2


def test_of_two_drafts_of_a_programme_put_in_force_at_once_one_comes_in_force(world):
    seed(world)
    waiting = [ready(world, min_months=number) for number in (9, 10)]
    refused = together(2, lambda number: in_force(world, waiting[number], by=REVIEWERS[number]))
    assert refused == ["", "policy_superseded"]
    assert versions(world) == [2, 1]
    states = sorted(show(world, each).state for each in waiting)
    assert states == ["in_force", "in_review"]


def test_two_programmes_at_once_do_not_give_one_bit_two_codes(world):
    seed(world, "henan_2023", "henan_2025")
    waiting = []
    for year, code in ((2023, "one"), (2025, "another")):
        begun = draft(world, year, year)
        changed = change(world, begun, with_criterion(begun, code=code))
        waiting.append(simulate(world, submit(world, changed)))
    refused = together(2, lambda number: in_force(world, waiting[number], by=REVIEWERS[number]))
    assert refused == ["", "policy_bit_reused"]
    codes = {row.bit: row.code for row in world.rows("subsidy", criterion_bits)}
    assert codes[20] in ("one", "another") and len(versions(world, 2023) + versions(world, 2025)) == 3


def test_two_approvers_may_draft_the_same_programme(world):
    seed(world)
    refused = together(2, lambda number: draft(world, by=clerk(Post.APPROVER, id=f"approver-{number}")))
    assert refused == ["", ""]
