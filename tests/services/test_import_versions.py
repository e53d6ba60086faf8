"""An import that counts is a version: what it added, removed and changed, field by field."""

import random
from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.registry import ImportKind, ImportLoaded, ImportReceived
from services.contracts.subsidy.versions import (
    ChangeKind,
    ComparisonRequested,
    DiffState,
    GetImportDiff,
    ImportCompared,
    ListImportChanges,
    StartComparison,
)
from services.subsidy.versions import jobs, store
from tests.people import APPROVER, AUDITOR, EMPLOYER, NOTICE_CLERK, RECEPTION
from tests.services.deaths import Killed, deadly
from tests.services.registry import (
    CODE,
    CONTRIBUTIONS,
    EMPLOYERS,
    LISTED,
    employer,
    employers,
    load,
    months_of,
    receive,
    unit_no,
)


def loaded(world, kind, lines):
    """Load a version and let the worker compare it."""
    world.now += timedelta(hours=1)
    view = load(world, kind, lines)
    world.work("subsidy", ImportLoaded(at=world.now, import_id=view.import_id, kind=kind))
    return view


def diff_of(world, view, **given):
    return world.ask(GetImportDiff(import_id=view.import_id, **given), by=AUDITOR)


def changes_of(world, view, by=AUDITOR, **given):
    return world.ask(ListImportChanges(import_id=view.import_id, **given), by=by)


def two_versions(world):
    first = loaded(world, ImportKind.EMPLOYERS, employers(4))
    lines = [
        EMPLOYERS,
        employer(1, people=11),
        employer(2, people=12, 银行账号="622700009999", 联系电话=""),
        employer(3, people=99, 单位名称="新名称有限公司", 劳务派遣="是"),
        employer(5),
    ]
    return first, loaded(world, ImportKind.EMPLOYERS, lines)


def test_the_first_version_has_nothing_before_it(world):
    first = loaded(world, ImportKind.EMPLOYERS, employers(2))
    diff = diff_of(world, first)
    assert (diff.version, diff.state, diff.against, diff.earlier) == (1, DiffState.FIRST, None, ())
    assert changes_of(world, first).changes == ()


def test_counts_say_what_was_added_removed_and_changed_and_in_which_fields(world):
    first, second = two_versions(world)
    diff = diff_of(world, second)
    assert (diff.version, diff.state, diff.against.import_id) == (2, DiffState.DONE, first.import_id)
    assert (diff.added, diff.removed, diff.changed, diff.unchanged) == (1, 1, 2, 1)
    fields = {each.field: each.count for each in diff.fields}
    assert fields == {"unit_name": 1, "headcount": 1, "labour_dispatch": 1, "account": 1, "phone": 1}


def test_changed_lines_show_values_before_and_after_and_mask_what_is_personal(world):
    _, second = two_versions(world)
    shown = {change.key: change for change in changes_of(world, second).changes}
    assert [(key[-1], change.kind) for key, change in shown.items()] == [
        ("2", ChangeKind.CHANGED),
        ("3", ChangeKind.CHANGED),
        ("4", ChangeKind.REMOVED),
        ("5", ChangeKind.ADDED),
    ]
    fields = {(each.field, each.before, each.after) for each in shown[unit_no(2)].fields}
    assert fields == {("account", "****0002", "****9999"), ("phone", "138****0002", None)}
    fields = {(each.field, each.before, each.after) for each in shown[unit_no(3)].fields}
    names = ("unit_name", "第3号有限公司", "新名称有限公司")
    assert fields == {names, ("headcount", "13", "99"), ("labour_dispatch", "no", "yes")}
    assert (shown[unit_no(3)].unit_name, shown[unit_no(4)].unit_name) == ("新名称有限公司", "第4号有限公司")


def test_changes_are_filtered_by_kind_and_field_and_come_in_pages(world):
    _, second = two_versions(world)
    assert [one.key for one in changes_of(world, second, kind="added").changes] == [unit_no(5)]
    assert [one.key for one in changes_of(world, second, field="account").changes] == [unit_no(2)]
    assert changes_of(world, second, field="no_such").changes == ()
    seen, after = [], None
    while True:
        page = changes_of(world, second, limit=1, after=after)
        seen += [one.key for one in page.changes]
        after = page.next_after
        if after is None:
            break
    assert seen == [unit_no(serial) for serial in (2, 3, 4, 5)]


def test_lines_are_shown_to_posts_that_look_up_units_and_of_their_region_only(world):
    loaded(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1)])
    elsewhere = employer(1, region="410182")
    second = loaded(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1, people=13), elsewhere])
    assert diff_of(world, second).added == 1
    of_gongyi = RECEPTION.model_copy(update={"region": "410181"})
    assert [one.key for one in changes_of(world, second, by=of_gongyi).changes] == [unit_no(1)]
    assert len(changes_of(world, second).changes) == 2
    for stranger in (EMPLOYER, NOTICE_CLERK):
        with pytest.raises(Forbidden):
            changes_of(world, second, by=stranger)
    with pytest.raises(Forbidden):
        world.ask(GetImportDiff(import_id=second.import_id), by=EMPLOYER)


def test_an_import_that_does_not_count_is_no_version(world):
    waiting = receive(world, ImportKind.EMPLOYERS, employers(1))
    for query in (GetImportDiff, ListImportChanges):
        with pytest.raises(Refused, match="import_not_done"):
            world.ask(query(import_id=waiting.import_id), by=AUDITOR)


def test_any_two_versions_are_compared_on_request(world):
    first, _ = two_versions(world)
    third = loaded(world, ImportKind.EMPLOYERS, [*employers(4), employer(7)])
    against = {"against": first.import_id}
    assert diff_of(world, third, **against).state is DiffState.WAITING
    command = StartComparison(id=new_id(), import_id=third.import_id, **against)
    assert world.ask(command, by=APPROVER).state is DiffState.WAITING
    [requested] = world.published(ComparisonRequested)
    world.work("subsidy", requested)
    diff = diff_of(world, third, **against)
    assert (diff.added, diff.removed, diff.changed, diff.unchanged) == (1, 0, 0, 4)
    assert [one.version for one in diff.earlier] == [2, 1] and diff.against.version == 1
    assert [one.key for one in changes_of(world, third, **against).changes] == [unit_no(7)]
    world.ask(StartComparison(id=new_id(), import_id=third.import_id, **against), by=APPROVER)
    assert len(world.published(ComparisonRequested)) == 1
    with pytest.raises(Refused, match="version_not_earlier"):
        world.ask(
            StartComparison(id=new_id(), import_id=first.import_id, against=third.import_id), by=APPROVER
        )
    with pytest.raises(Missing, match="import_missing"):
        diff_of(world, third, against=new_id())


def test_an_import_that_was_overtaken_is_compared_with_the_one_that_overtook_it(world):
    loaded(world, ImportKind.EMPLOYERS, employers(2))
    world.now += timedelta(hours=1)
    slow = receive(world, ImportKind.EMPLOYERS, employers(3))
    quick = loaded(world, ImportKind.EMPLOYERS, employers(5))
    assert (diff_of(world, quick).version, diff_of(world, quick).added) == (2, 3)
    world.work("subsidy", ImportReceived(at=world.now, import_id=slow.import_id))
    done = {"import_id": slow.import_id, "kind": ImportKind.EMPLOYERS}
    world.work("subsidy", ImportLoaded(at=world.now, **done))
    assert (diff_of(world, slow).version, diff_of(world, slow).added) == (2, 1)
    assert (diff_of(world, quick).version, diff_of(world, quick).added) == (3, 2)


def test_lists_are_versions_of_their_own_kind(world):
    loaded(world, ImportKind.ZOMBIE, [LISTED, f"{CODE},甲,2023-05-01"])
    loaded(world, ImportKind.DISHONEST, [LISTED, f"{CODE},甲,2023-05-01"])
    second = loaded(world, ImportKind.DISHONEST, [LISTED, f"{CODE},甲乙,2023-05-02"])
    diff = diff_of(world, second)
    assert (diff.version, diff.added, diff.removed, diff.changed) == (2, 0, 0, 1)
    [change] = changes_of(world, second).changes
    assert (change.key, change.unit_name) == (CODE, "甲乙")
    assert [(one.field, one.before, one.after) for one in change.fields] == [
        ("unit_name", "甲", "甲乙"),
        ("listed_on", "2023-05-01", "2023-05-02"),
    ]


def test_a_correction_of_contributions_replaces_months_and_removes_none(world):
    loaded(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months_of(1), *months_of(2)])
    loaded(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months_of(3)])
    right = months_of(1)[:2] + [f"{unit_no(1)},202112,12,100.00,250.50,0,1", f"{unit_no(4)},202201,3,1,1,0,0"]
    third = loaded(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *right])
    diff = diff_of(world, third)
    assert (diff.added, diff.removed, diff.changed, diff.unchanged) == (1, 0, 1, 0)
    months = diff.months
    assert (months.added, months.changed, months.unchanged) == (1, 1, 2)
    assert (months.paid_before, months.paid_after) == (300_00, 2 * 100_00 + 250_50 + 100)
    changes = changes_of(world, third).changes
    assert [(one.key, one.month, one.fields[0].field) for one in changes] == [
        (unit_no(1), 202112, "exempt"),
        (unit_no(1), 202112, "paid"),
    ]
    assert (changes[1].fields[0].before, changes[1].fields[0].after) == ("10000", "25050")
    first = changes_of(world, third, limit=1)
    second = changes_of(world, third, limit=1, after=first.next_after)
    assert [*first.changes, *second.changes] == list(changes) and second.next_after is None
    assert len(changes_of(world, third, field="paid").changes) == 1


@pytest.mark.parametrize("step", ["begin", "add_changes", "finish"])
@pytest.mark.parametrize("after", [0, 2])
def test_killed_in_the_middle_and_delivered_again_it_gives_the_same(world, monkeypatch, step, after):
    monkeypatch.setattr(jobs, "BATCH", 3)
    loaded(world, ImportKind.EMPLOYERS, employers(12))
    world.now += timedelta(hours=1)
    view = load(world, ImportKind.EMPLOYERS, employers(12, people=50)[:-2])
    event = ImportLoaded(at=world.now, import_id=view.import_id, kind=view.kind)
    killed, message_id = False, str(new_id())
    try:
        with deadly(store, step, after=after):
            world.work("subsidy", event, message_id)
    except Killed:
        killed = True
        assert diff_of(world, view).state is DiffState.WAITING
    assert killed or after == 2
    for _ in range(2):
        world.work("subsidy", event, message_id)
    diff = diff_of(world, view)
    assert (diff.added, diff.removed, diff.changed, diff.unchanged) == (0, 2, 10, 0)
    assert len(world.rows("subsidy", store.import_changes)) == 12
    assert world.published(ImportCompared)


def test_who_was_replaced_in_the_middle_writes_nothing_more(world, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 3)
    loaded(world, ImportKind.EMPLOYERS, employers(9))
    world.now += timedelta(hours=1)
    view = load(world, ImportKind.EMPLOYERS, employers(9, people=50))
    event = ImportLoaded(at=world.now, import_id=view.import_id, kind=view.kind)
    real, batches = store.begin, []

    def overtaken(*values):
        mine = real(*values)
        batches.append(mine)
        return mine

    monkeypatch.setattr(jobs.store, "begin", overtaken)
    with monkeypatch.context() as between:
        compare_rows = jobs._compare_rows

        def slow(job, new, old, comparison):
            between.setattr(jobs, "_compare_rows", compare_rows)
            world.work("subsidy", event)  # the message comes a second time, and this worker is quicker
            compare_rows(job, new, old, comparison)

        between.setattr(jobs, "_compare_rows", slow)
        world.work("subsidy", event)
    assert batches == [True, True]
    assert diff_of(world, view).changed == 9
    assert len(world.rows("subsidy", store.import_changes)) == 9


def test_random_versions_in_the_database_are_told_apart_as_dictionaries_are(world):
    chance = random.Random(20230914)
    previous = None
    for _ in range(4):
        version = {
            serial: employer(
                serial, people=chance.choice((10, 20)), 银行账号=chance.choice(("", "622712345"))
            )
            for serial in chance.sample(range(1, 30), 20)
        }
        view = loaded(world, ImportKind.EMPLOYERS, [EMPLOYERS, *version.values()])
        if previous is not None:
            changes = changes_of(world, view, limit=1000).changes
            keys = {kind: {one.key for one in changes if one.kind is kind} for kind in ChangeKind}
            both = version.keys() & previous.keys()
            assert keys == {
                ChangeKind.ADDED: {unit_no(one) for one in version.keys() - both},
                ChangeKind.REMOVED: {unit_no(one) for one in previous.keys() - both},
                ChangeKind.CHANGED: {unit_no(one) for one in both if version[one] != previous[one]},
            }
        previous = version
