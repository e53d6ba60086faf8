"""The report on an import of employers: what is missing, shared, or a jump; and sizes by the standard."""

from datetime import timedelta

import pytest

from deploy.local.sample.codes import credit_code
from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing
from services.contracts.subsidy.quality import (
    FindingKind,
    GetImportQuality,
    ListQualityFindings,
    QualityState,
)
from services.contracts.subsidy.registry import ImportKind, ImportLoaded, ImportState
from services.contracts.subsidy.versions import ImportCompared
from services.contracts.values import SizeClass
from services.subsidy.quality import jobs, store
from services.subsidy.registry.domain import SizeFrom
from services.subsidy.registry.store import units
from tests.people import APPROVER, AUDITOR, EMPLOYER, NOTICE_CLERK, RECEPTION
from tests.services.deaths import Killed, deadly
from tests.services.registry import (
    CODE,
    CONTRIBUTIONS,
    EMPLOYERS,
    employer,
    load,
    months,
    months_of,
    receive,
    unit_no,
)

OTHER = "91410100MA9K5T3R8R"
SIZES = f"{EMPLOYERS},从业人员,营业收入（万元）,资产总额（万元）"


def checked(world, lines, kind=ImportKind.EMPLOYERS):
    """Load an import and let the worker look at it."""
    world.now += timedelta(hours=1)
    view = load(world, kind, lines)
    assert view.state is ImportState.DONE and not view.rejected, view
    world.work("subsidy", ImportCompared(at=world.now, import_id=view.import_id, kind=kind))
    return view


def report(world, view):
    return world.ask(GetImportQuality(import_id=view.import_id), by=AUDITOR)


def findings(world, view, by=AUDITOR, **given):
    return world.ask(ListQualityFindings(import_id=view.import_id, limit=1000, **given), by=by).findings


def of_kind(world, view, kind):
    """Return serial and facts of the findings of a kind."""
    return [(int(one.unit_no[6:]), one.facts) for one in findings(world, view, kind=kind)]


def alone(serial, **changes):
    """Return a line with a name, and a code and account that differ from the others'."""
    return employer(serial, **changes)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("银行账号", FindingKind.NO_ACCOUNT),
        ("户名", FindingKind.NO_ACCOUNT_NAME),
        ("开户行", FindingKind.NO_BANK),
        ("联系人", FindingKind.NO_CONTACT),
        ("联系电话", FindingKind.NO_PHONE),
        ("企业规模", FindingKind.NO_SIZE),
    ],
)
def test_what_is_missing_is_found(world, header, kind):
    view = checked(world, [EMPLOYERS, alone(1, **{header: ""})])
    assert [(one.kind, one.count) for one in report(world, view).findings] == [(kind, 1)]
    [found] = findings(world, view)
    assert (found.kind, found.unit_no, found.unit_name) == (kind, unit_no(1), "第1号有限公司")
    assert (found.credit_code, found.facts) == (CODE, {})


def test_only_an_enterprise_needs_a_size(world):
    view = checked(world, [EMPLOYERS, alone(1, 单位类型="社会团体", 企业规模="")])
    assert report(world, view).findings == () and report(world, view).units == 1


def test_several_units_of_a_code_are_shown(world):
    view = checked(world, [EMPLOYERS, alone(1), alone(2), alone(3, 统一社会信用代码=OTHER)])
    assert of_kind(world, view, FindingKind.SHARED_CODE) == [(1, {"units": 2}), (2, {"units": 2})]


def test_an_account_of_several_employers_is_found_and_one_of_several_units_is_not(world):
    same = {"银行账号": "622700009999"}
    lines = [alone(1, **same), alone(2, **same), alone(3), alone(4, 银行账号=""), alone(5, 银行账号="")]
    view = checked(world, [EMPLOYERS, *lines])
    assert of_kind(world, view, FindingKind.SHARED_ACCOUNT) == []
    view = checked(world, [EMPLOYERS, *lines[:2], alone(3, 统一社会信用代码=OTHER, **same)])
    found = of_kind(world, view, FindingKind.SHARED_ACCOUNT)
    assert found == [(serial, {"employers": 2}) for serial in (1, 2, 3)]
    text = str(world.rows("subsidy", store.quality_findings)) + str(
        world.rows("subsidy", store.import_checks)
    )
    assert "6227" not in text


def test_a_name_of_several_employers_is_found(world):
    same = {"单位名称": "同名有限公司"}
    view = checked(world, [EMPLOYERS, alone(1, **same), alone(2, 统一社会信用代码=OTHER, **same), alone(3)])
    assert of_kind(world, view, FindingKind.SHARED_NAME) == [(1, {"employers": 2}), (2, {"employers": 2})]


@pytest.mark.parametrize(("count", "found"), [(20, 0), (21, 21)])
def test_a_phone_of_more_than_twenty_employers_is_found(world, count, found):
    phone = {"联系电话": "13800001111"}
    lines = [alone(n, 统一社会信用代码=code, **phone) for n, code in enumerate(codes(count), 1)]
    view = checked(world, [EMPLOYERS, *lines])
    assert len(of_kind(world, view, FindingKind.SHARED_PHONE)) == found


def codes(count):
    """Return credit codes with right check digits."""
    bodies = [f"17050{number:03}" for number in range(count)]
    return [credit_code(unit_type="企业", region="410181", body=body) for body in bodies]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [(20, 40, True), (20, 39, False), (40, 20, True), (40, 21, False), (5, 14, False), (5, 15, True)],
)
def test_a_jump_against_the_latest_december_is_found(world, before, now, found):
    load(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months_of(1, people=before), *months_of(2)])
    view = checked(world, [EMPLOYERS, alone(1, people=now), alone(2), alone(3)])
    facts = {"month": 202212, "before": before, "now": now}
    expected = [(1, facts)] if found else []
    assert of_kind(world, view, FindingKind.HEADCOUNT_JUMP) == expected


def test_contributions_that_come_later_renew_the_report_on_todays_employers(world):
    view = checked(world, [EMPLOYERS, alone(1, people=100)])
    assert report(world, view).findings == ()
    checked(world, [CONTRIBUTIONS, *months_of(1, people=12)], ImportKind.CONTRIBUTIONS)
    assert len(of_kind(world, view, FindingKind.HEADCOUNT_JUMP)) == 1
    world.now += timedelta(hours=1)
    corrected = [line for line in months_of(1, people=90) if ",202212," in line]
    checked(world, [CONTRIBUTIONS, *corrected], ImportKind.CONTRIBUTIONS)
    assert report(world, view).findings == ()


def test_numbers_of_another_province_are_found_where_one_is_usual(world):
    strangers = [alone(1, region="420100")]
    usual = [alone(serial) for serial in range(1, 100)]
    view = checked(world, [EMPLOYERS, *usual, *strangers])
    [found] = findings(world, view, kind=FindingKind.OTHER_REGION)
    assert (found.unit_no, found.facts) == ("420100000001", {"usual": "41"})
    of_a_city = AUDITOR.model_copy(update={"region": "410100"})
    assert findings(world, view, by=of_a_city, kind=FindingKind.OTHER_REGION) == ()
    few = checked(world, [EMPLOYERS, *usual[:50], *strangers])
    assert not [one for one in report(world, few).findings if one.kind is FindingKind.OTHER_REGION]


def test_findings_come_in_pages_and_of_the_clerks_region(world):
    gaps = {"银行账号": "", "开户行": ""}
    view = checked(world, [EMPLOYERS, alone(1, **gaps), alone(2, **gaps), alone(1, region="410182", **gaps)])
    seen, after = [], None
    while True:
        query = ListQualityFindings(import_id=view.import_id, after=after, limit=2)
        page = world.ask(query, by=AUDITOR)
        seen += [(one.unit_no, one.kind) for one in page.findings]
        after = page.next_after
        if after is None:
            break
    assert seen == sorted(set(seen)) and len(seen) == 3 * 3
    gongyi = RECEPTION.model_copy(update={"region": "410181"})
    assert {one.unit_no for one in findings(world, view, by=gongyi)} == {unit_no(1), unit_no(2)}


def test_reports_are_for_clerks_and_findings_for_posts_that_look_up_units(world):
    view = receive(world, ImportKind.EMPLOYERS, [EMPLOYERS, alone(1)])
    empty = report(world, view)
    assert (empty.state, empty.units, empty.checked_at) == (QualityState.WAITING, 0, None)
    assert findings(world, view) == ()
    with pytest.raises(Forbidden):
        world.ask(GetImportQuality(import_id=view.import_id), by=EMPLOYER)
    with pytest.raises(Forbidden):
        findings(world, view, by=NOTICE_CLERK)
    with pytest.raises(Missing):
        world.ask(GetImportQuality(import_id=new_id()), by=APPROVER)


@pytest.mark.parametrize("step", ["begin", "add_findings", "finish"])
def test_killed_in_the_middle_and_delivered_again_it_gives_the_same(world, monkeypatch, step):
    monkeypatch.setattr(jobs, "BATCH", 4)
    load(world, ImportKind.CONTRIBUTIONS, months(1))
    view = load(world, ImportKind.EMPLOYERS, [EMPLOYERS, *(alone(n, 开户行="") for n in range(1, 11))])
    event = ImportCompared(at=world.now, import_id=view.import_id, kind=view.kind)
    message_id = str(new_id())
    with pytest.raises(Killed), deadly(store, step):
        world.work("subsidy", event, message_id)
    for _ in range(2):
        world.work("subsidy", event, message_id)
    counts = {one.kind: one.count for one in report(world, view).findings}
    assert counts == {FindingKind.NO_BANK: 10, FindingKind.SHARED_CODE: 10}
    assert len(world.rows("subsidy", store.quality_findings)) == 20
    assert [one.import_id for one in world.published(ImportLoaded)][-1] == view.import_id


def sized(serial, size, people, revenue, assets="", **changes):
    return f"{alone(serial, 企业规模=size, **changes)},{people},{revenue},{assets}"


def test_an_empty_size_is_filled_by_the_standard_and_says_so(world):
    lines = [
        sized(1, "", 300, "2000"),
        sized(2, "", 299, "2000.000001"),
        sized(3, "", "", "299.99"),  # one indicator below is enough for micro
        sized(4, "", 300, ""),
        sized(5, "大型", 1, "1"),
        sized(6, "", 300, "2000", 行业="没有这种行业"),
        sized(7, "", 300, "2000", 单位类型="社会团体"),
    ]
    view = checked(world, [SIZES, *lines])
    found = {int(row.unit_no[6:]): (row.size_class, row.size_from) for row in world.rows("subsidy", units)}
    assert found == {
        1: (SizeClass.MEDIUM, SizeFrom.STANDARD),
        2: (SizeClass.SMALL, SizeFrom.STANDARD),
        3: (SizeClass.MICRO, SizeFrom.STANDARD),
        4: (None, None),
        5: (SizeClass.LARGE, SizeFrom.FILE),
        6: (None, None),
        7: (None, None),
    }
    [second] = [row for row in world.rows("subsidy", units) if row.unit_no == unit_no(2)]
    assert (second.employees, second.revenue, second.assets) == (299, 2_000_000_001, None)
    assert of_kind(world, view, FindingKind.NO_SIZE) == [(4, {}), (6, {})]
    assert of_kind(world, view, FindingKind.SIZE_DIFFERS) == [(5, {"file": "large", "standard": "micro"})]


def test_a_file_may_have_some_of_the_columns_only_and_what_is_wrong_in_them_is_a_reject(world):
    lines = [f"{EMPLOYERS},从业人员", alone(1, 企业规模="") + ",19", alone(2) + ",-3", alone(3) + ","]
    view = load(world, ImportKind.EMPLOYERS, lines)
    assert (view.accepted, view.rejected) == (2, 1)
    found = {row.unit_no: row.size_class for row in world.rows("subsidy", units)}
    assert found == {unit_no(1): SizeClass.MICRO, unit_no(3): SizeClass.LARGE}
    again = load(world, ImportKind.EMPLOYERS, [f"{EMPLOYERS},从业人员,从业人员", alone(1) + ",1,2"])
    assert again.problem == "repeated_column"
