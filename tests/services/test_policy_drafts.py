"""Policy drafts: changed by their maker, put in force by somebody else, and never changed after that."""

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.subsidy.policy import (
    ComparePolicies,
    GetPolicy,
    GetPolicyDraft,
    ListPolicies,
    ListPolicyDrafts,
    PolicyDraftSubmitted,
    PolicyRef,
)
from services.contracts.values import Post
from services.subsidy.decisions.store import decisions
from services.subsidy.policy.store import policies, policy_drafts
from tests.people import APPROVER, AUDITOR, EMPLOYER, RECEPTION, REVIEWER, clerk
from tests.services.policies import (
    change,
    discard,
    draft,
    in_force,
    ready,
    seed,
    send_back,
    show,
    simulate,
    submit,
    use,
    with_parameters,
)

BOTH = clerk(Post.APPROVER, Post.REVIEWER, id="both")


@pytest.fixture
def house(world):
    seed(world)
    return world


def test_a_draft_is_a_copy_with_the_next_number(house):
    begun = draft(house)
    policy = house.ask(GetPolicy(programme_year=2023), by=APPROVER)
    assert (begun.programme_year, begun.version, begun.revision) == (2023, 2, 1)
    assert (begun.based_on_year, begun.based_on_version, begun.state) == (2023, 1, "draft")
    assert begun.body.parameters == policy.parameters and begun.body.documents == policy.documents
    assert (begun.maker, begun.maker_id, begun.problem) == (APPROVER.name, APPROVER.id, None)
    assert begun.layoff_formula == "net_decrease"


def test_the_first_draft_of_a_new_year_is_about_the_year_before_it(house):
    begun = draft(house, year=2027)
    assert (begun.programme_year, begun.version, begun.body.base_year) == (2027, 1, 2026)
    assert str(begun.body.deadline) == "2027-12-31"


def test_a_changed_draft_reviewed_by_another_clerk_is_the_policy_in_force(house):
    done = in_force(house, ready(house, ratio_large=4000))
    assert (done.state, done.reviewer) == ("in_force", REVIEWER.name)
    policy = house.ask(GetPolicy(programme_year=2023), by=AUDITOR)
    assert (policy.version, policy.parameters["ratio_large"], policy.digest) == (2, 4000, done.digest)
    assert (policy.draft_id, policy.maker, policy.reviewer) == (done.draft_id, APPROVER.name, REVIEWER.name)
    versions = house.ask(ListPolicies(programme_year=2023), by=AUDITOR).policies
    assert [(each.version, each.parameters["ratio_large"]) for each in versions] == [(2, 4000), (1, 3000)]
    assert len(house.ask(ListPolicies(), by=AUDITOR).policies) == 1
    earlier = house.ask(GetPolicy(programme_year=2023, version=1), by=AUDITOR)
    assert (earlier.version, earlier.maker) == (1, None)


def test_who_made_a_policy_is_shown_to_clerks_only(house):
    in_force(house, ready(house))
    policy = house.ask(GetPolicy(programme_year=2023), by=EMPLOYER)
    assert (policy.version, policy.draft_id, policy.maker, policy.reviewer) == (2, None, None, None)


def test_every_change_counts_and_names_the_revision_that_it_saw(house):
    begun = draft(house)
    changed = change(house, begun, with_parameters(begun, min_months=10))
    assert (changed.revision, changed.digest != begun.digest) == (2, True)
    assert change(house, changed, changed.body).revision == 2  # the same text is no change
    with pytest.raises(Conflict, match="draft_changed"):
        change(house, begun, with_parameters(begun, min_months=9))
    with pytest.raises(Conflict, match="draft_changed"):
        submit(house, begun)


def test_only_an_approver_of_a_whole_province_drafts(house):
    for actor in (REVIEWER, RECEPTION, AUDITOR):
        with pytest.raises(Forbidden, match="post_required"):
            draft(house, by=actor)
    for region in ("410100", "410181", ""):
        with pytest.raises(Forbidden, match="province_required"):
            draft(house, by=clerk(Post.APPROVER, region=region))
    with pytest.raises(Forbidden):
        draft(house, by=EMPLOYER)


def test_only_its_maker_changes_submits_and_discards(house):
    begun, other = draft(house), clerk(Post.APPROVER, id="other")
    for act in (submit, discard, lambda *args, **by: change(*args, begun.body, **by)):
        with pytest.raises(Forbidden, match="not_your_draft"):
            act(house, begun, by=other)
    assert use(house, begun, "new_recipients").layoff_formula == "new_recipients"


def test_its_maker_never_reviews_it(house):
    waiting = simulate(house, submit(house, draft(house, by=BOTH), by=BOTH))
    for act in (in_force, send_back):
        with pytest.raises(Forbidden, match="drafter_is_reviewer"):
            act(house, waiting, by=BOTH)
        with pytest.raises(Forbidden, match="post_required"):
            act(house, waiting, by=APPROVER)
        with pytest.raises(Forbidden, match="province_required"):
            act(house, waiting, by=clerk(Post.REVIEWER, region="410100"))
    assert in_force(house, waiting).state == "in_force"


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (policy_drafts, {"reviewer": APPROVER.id}),
        (policy_drafts, {"state": "in_force", "reviewer": None}),
        (policies, {"reviewer": "x", "maker": "x"}),
        (policies, {"draft_id": "draft"}),
    ],
    ids=str,
)
def test_the_database_itself_wants_two_people(house, table, values):
    begun = draft(house)
    values = {name: begun.draft_id if name == "draft_id" else value for name, value in values.items()}
    with pytest.raises(sa.exc.IntegrityError), house.database("subsidy").write() as connection:
        connection.execute(table.update().values(values))


def test_a_returned_draft_is_its_makers_again_with_the_reason(house):
    waiting = ready(house)
    returned = send_back(house, waiting, reason="比例应为 50%")
    assert (returned.state, returned.reason, returned.reviewer) == ("returned", "比例应为 50%", REVIEWER.name)
    with pytest.raises(Conflict, match="draft_not_in_review"):
        in_force(house, returned)
    changed = change(house, returned, with_parameters(returned, ratio_large=5000))
    assert (changed.reason, changed.simulated) == ("比例应为 50%", False)
    again = submit(house, changed)
    assert (again.state, again.reason, again.reviewer, again.simulated) == ("in_review", None, None, False)


def test_what_waits_for_its_review_or_is_over_is_not_changed(house):
    waiting, given_up = ready(house), discard(house, draft(house))
    done = in_force(house, waiting)
    for view in (submit(house, draft(house, version=2)), given_up, done):
        with pytest.raises(Conflict, match="draft_not_open"):
            change(house, view, with_parameters(view, min_months=1))
        with pytest.raises(Conflict, match="draft_not_open"):
            submit(house, view)
    for view in (given_up, done):
        with pytest.raises(Conflict, match="draft_not_open"):
            discard(house, view)
        with pytest.raises(Conflict, match="draft_not_in_review"):
            send_back(house, view)


def test_a_draft_in_review_can_be_given_up(house):
    given_up = discard(house, ready(house))
    assert given_up.state == "discarded"
    with pytest.raises(Conflict, match="draft_not_in_review"):
        in_force(house, given_up)


def test_only_the_text_that_was_looked_at_comes_in_force(house):
    with pytest.raises(Conflict, match="draft_changed"):
        in_force(house, ready(house), digest="0" * 64)


def test_a_draft_whose_effect_is_not_computed_yet_waits(house):
    waiting = submit(house, draft(house))
    with pytest.raises(Refused, match="draft_not_simulated"):
        in_force(house, waiting)
    assert in_force(house, simulate(house, waiting)).state == "in_force"


def test_the_effect_of_an_earlier_revision_is_not_that_of_this_one(house):
    begun = draft(house)
    changed = change(house, begun, with_parameters(begun, min_months=10))
    simulate(house, begun)
    assert not show(house, changed).simulated


def test_a_draft_of_a_version_that_is_not_in_force_any_more_is_refused(house):
    first, second, next_year = ready(house), ready(house, min_months=9), ready(house, year=2027)
    in_force(house, first)
    for late in (second, next_year):
        with pytest.raises(Conflict, match="policy_superseded"):
            in_force(house, late)
    with pytest.raises(Conflict, match="policy_superseded"):
        draft(house, version=1)
    assert draft(house, version=2).version == 3
    with pytest.raises(Missing, match="policy_missing"):
        draft(house, version=7)


def test_a_comparison_names_what_differs_and_nothing_else(house):
    begun = draft(house)
    changed = change(house, begun, with_parameters(begun, min_months=10, new=1))
    version = PolicyRef(programme_year=2023)
    found = house.ask(ComparePolicies(left=version, right=PolicyRef(draft_id=changed.draft_id)), by=AUDITOR)
    assert found.left == PolicyRef(programme_year=2023, version=1)
    assert [(each.path, each.before, each.after) for each in found.differences] == [
        ("parameters.min_months", 12, 10),
        ("parameters.new", None, 1),
    ]
    assert house.ask(ComparePolicies(left=version, right=version), by=AUDITOR).differences == ()
    with pytest.raises(Refused, match="policy_not_named"):
        house.ask(ComparePolicies(left=version, right=PolicyRef()), by=AUDITOR)


def test_drafts_are_shown_to_clerks_the_latest_first(house):
    made = [draft(house).draft_id for _ in range(3)]
    drafts = house.ask(ListPolicyDrafts(limit=2), by=RECEPTION).drafts
    assert [each.draft_id for each in drafts] == made[:0:-1]
    with pytest.raises(Forbidden, match="post_required"):
        house.ask(ListPolicyDrafts(), by=EMPLOYER)
    with pytest.raises(Missing, match="draft_missing"):
        house.ask(GetPolicyDraft(draft_id=new_id()), by=RECEPTION)


def test_every_decision_is_written_down_with_who_when_and_from_where(house):
    house.address = "203.0.113.7"
    done = in_force(house, simulate(house, submit(house, send_back_and_return(house))))
    discard(house, draft(house, version=2))
    written = house.rows("subsidy", decisions)
    assert [(row.what, row.actor_id) for row in written if row.subject_id == done.draft_id] == [
        ("draft_policy", APPROVER.id),
        ("submit_policy_draft", APPROVER.id),
        ("return_policy_draft", REVIEWER.id),
        ("submit_policy_draft", APPROVER.id),
        ("put_policy_in_force", REVIEWER.id),
    ]
    assert [row.what for row in written[5:]] == ["draft_policy", "discard_policy_draft"]
    assert {(row.address, row.at) for row in written} == {("203.0.113.7", house.now)}
    assert len({row.message_id for row in written}) == len(written)


def send_back_and_return(world):
    return send_back(world, submit(world, draft(world)))


def test_a_submitted_draft_is_told_to_who_computes_its_effect(house):
    waiting = submit(house, draft(house))
    [told] = house.published(PolicyDraftSubmitted)
    assert (told.draft_id, told.revision) == (waiting.draft_id, waiting.revision)


def test_a_text_that_was_changed_by_hand_is_found(house):
    done = in_force(house, ready(house))
    waiting = submit(house, draft(house, version=2))
    for table in (policies, policy_drafts):
        with house.database("subsidy").write() as connection:
            for row in connection.execute(sa.select(table)).all():
                changed = {**row.body, "parameters": {**row.body["parameters"], "ratio_large": 9999}}
                connection.execute(table.update().where(table.c.digest == row.digest).values(body=changed))
    with pytest.raises(RuntimeError, match="not the one"):
        house.ask(GetPolicy(programme_year=2023), by=APPROVER)
    for view in (done, waiting):
        with pytest.raises(RuntimeError, match="not the text"):
            show(house, view)
