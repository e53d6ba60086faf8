"""A file whose header is not ours waits: a clerk looks at it, says which column is which, or discards it."""

import csv
import io
import json
from threading import Barrier, Thread

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Refused
from services.contracts.subsidy.registry import (
    ConfirmImport,
    DiscardImport,
    FileFormat,
    GetImport,
    GetImportPreview,
    ImportConfirmed,
    ImportKind,
    ImportReceived,
    ImportState,
    ListImports,
    ReceiveImport,
)
from services.subsidy.registry import store
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER
from tests.services.files import csv_file, parquet_file, xlsx_file
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, employer, employers, load, receive

HEADER = EMPLOYERS.split(",")
MAY_BE_ABSENT = ("从业人员", "营业收入（万元）", "资产总额（万元）")
OTHERS = {"统一社会信用代码": "纳税人识别号", "单位编号": " 单位代码（12位） ", "联系电话": "手机"}
THEIRS = [OTHERS.get(header, header) for header in HEADER]
SERIALS = range(1, 13)
EXACT = {header: OTHERS.get(header, header).strip() for header in HEADER}


def foreign(wrong: int = 5, header=THEIRS) -> list[list[str]]:
    """Return rows of units under a header of others; the phone of one is wrong."""
    rows = [employer(serial, **({"联系电话": "123"} if serial == wrong else {})) for serial in SERIALS]
    return [list(header), *(row.split(",") for row in rows)]


def waiting(world, rows=None, kind=ImportKind.EMPLOYERS):
    view = load(world, kind, csv_file(rows or foreign()))
    assert (view.state, view.problem) == (ImportState.WAITING, None)
    return view


def preview(world, view, mapping=None, by=APPROVER):
    return world.ask(GetImportPreview(import_id=view.import_id, mapping=mapping), by=by)


def mapping_of(shown):
    return {one.header: one.column for one in shown.mapping if one.column}


def confirm(world, view, mapping, by=APPROVER):
    return world.ask(ConfirmImport(id=new_id(), import_id=view.import_id, mapping=mapping), by=by)


def loaded(world, view):
    world.work("subsidy", ImportConfirmed(at=world.now, import_id=view.import_id))
    return world.ask(GetImport(import_id=view.import_id), by=AUDITOR)


def test_a_foreign_header_waits_with_a_proposal_and_the_first_lines_as_they_would_be_read(world):
    shown = preview(world, waiting(world))
    assert (shown.format, shown.encoding, shown.header_line) == (FileFormat.CSV, "gb18030", 1)
    assert shown.columns == tuple(name.strip() for name in THEIRS)
    assert mapping_of(shown) == EXACT
    assert [row.line for row in shown.rows] == list(range(2, 12))
    assert [row.line for row in shown.rows if row.faults] == [6]
    assert [(one.header, one.reason) for one in shown.rows[4].faults] == [("联系电话", "应为 11 位手机号码")]
    assert shown.rows[0].values["单位名称"] == "第1号有限公司"
    assert not world.rows("subsidy", store.units)


def test_another_mapping_can_be_looked_at_first(world):
    view = waiting(world)
    shown = preview(world, view, {**EXACT, "单位名称": "户名"})
    assert {row.values["单位名称"] for row in shown.rows} == {"张三"}
    unnamed = preview(world, view, {header: its for header, its in EXACT.items() if header != "单位名称"})
    assert {("单位名称", "不能为空")} <= {(one.header, one.reason) for one in unnamed.rows[0].faults}
    assert mapping_of(preview(world, view)) == EXACT


def test_confirmed_it_is_loaded_and_every_line_is_accounted_for(world):
    view = waiting(world)
    assert confirm(world, view, EXACT).state is ImportState.LOADING
    done = loaded(world, view)
    assert (done.state, done.total, done.accepted, done.rejected) == (ImportState.DONE, 12, 11, 1)
    [_, *listed] = read(world, done.rejects, done.encoding)
    assert [row[:3] for row in listed] == [["6", "联系电话", "123"]]
    header, line = read(world, done.rejected_lines, done.encoding)
    assert header == [*(name.strip() for name in THEIRS), "行号", "原因"] and line[:-2] == foreign()[5]
    assert loaded(world, view) == done


def read(world, blob, encoding):
    return list(csv.reader(io.StringIO(world.blobs.read(blob).decode(encoding), newline="")))


def test_optional_columns_may_be_left_out_and_are_empty(world):
    optional = ["行业", "企业规模", "参保人数", "户名", "银行账号", "开户行", "联系人", "联系电话"]
    needed = {header: its for header, its in EXACT.items() if header not in optional}
    view = waiting(world)
    confirm(world, view, needed)
    assert loaded(world, view).accepted == 12
    with world.job("subsidy").read() as uow:
        unit = store.get_unit(uow, "410181000001")
    assert (unit.phone, unit.account, unit.headcount, unit.region) == (None, None, None, "410181")


def test_a_file_that_lacks_an_optional_column_waits_for_somebody_to_say_so(world):
    rows = [row[:-1] for row in foreign(header=HEADER)]
    shown = preview(world, waiting(world, rows))
    assert [one.header for one in shown.mapping if one.column is None] == ["联系电话", *MAY_BE_ABSENT]


@pytest.mark.parametrize(
    ("changes", "code", "columns"),
    [
        ({"单位编号": None, "单位名称": None}, "mapping_incomplete", "单位编号、单位名称"),
        ({"联系人": "手机"}, "mapping_twice", "联系人、联系电话"),
        ({"联系人": "不存在的列"}, "mapping_unknown", "联系人"),
        ({"别的": "手机"}, "mapping_unknown", "别的"),
    ],
)
def test_a_mapping_that_does_not_do_is_refused_by_name(world, changes, code, columns):
    view = waiting(world)
    mapping = {header: its for header, its in {**EXACT, **changes}.items() if its is not None}
    with pytest.raises(Refused, match=code) as refused:
        confirm(world, view, mapping)
    assert refused.value.facts == {"columns": columns}
    assert world.ask(GetImport(import_id=view.import_id), by=AUDITOR).state is ImportState.WAITING
    assert not world.published(ImportConfirmed)


def test_what_a_clerk_said_of_a_header_is_proposed_again_for_this_kind_only(world):
    view = waiting(world)
    said = {**EXACT, "户名": "联系人", "联系人": "户名"}
    confirm(world, view, said)
    assert mapping_of(preview(world, waiting(world, foreign(wrong=7)))) == said
    other = [*foreign(wrong=8)]
    assert (
        mapping_of(preview(world, waiting(world, [[*THEIRS, "备注"], *([*row, ""] for row in other[1:])])))
        == EXACT
    )


def test_discarded_the_same_bytes_may_come_again(world):
    view = waiting(world)
    with pytest.raises(Refused, match="import_same"):
        receive(world, ImportKind.EMPLOYERS, csv_file(foreign()))
    gone = world.ask(DiscardImport(id=new_id(), import_id=view.import_id), by=APPROVER)
    assert (gone.state, gone.finished_at) == (ImportState.DISCARDED, world.now)
    world.work("subsidy", ImportReceived(at=world.now, import_id=view.import_id), str(new_id()))
    again = waiting(world)
    states = {one.import_id: one.state for one in world.ask(ListImports(), by=AUDITOR).imports}
    assert states == {view.import_id: ImportState.DISCARDED, again.import_id: ImportState.WAITING}


def test_only_a_waiting_import_is_looked_at_confirmed_or_discarded(world):
    done = load(world, ImportKind.EMPLOYERS, employers(2))
    for ask in (
        lambda: preview(world, done),
        lambda: confirm(world, done, EXACT),
        lambda: world.ask(DiscardImport(id=new_id(), import_id=done.import_id), by=APPROVER),
    ):
        with pytest.raises(Refused, match="import_not_waiting"):
            ask()


@pytest.mark.parametrize("by", [REVIEWER, AUDITOR, EMPLOYER])
def test_only_an_approver_sees_a_preview_confirms_or_discards(world, by):
    view = waiting(world)
    for ask in (
        lambda: preview(world, view, by=by),
        lambda: confirm(world, view, EXACT, by=by),
        lambda: world.ask(DiscardImport(id=new_id(), import_id=view.import_id), by=by),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_a_preview_is_sealed_and_gone_once_the_file_waits_no_more(world):
    view = waiting(world)
    sealed = "SELECT content, header FROM import_previews"
    with world.job("subsidy").read() as uow:
        [(content, header)] = uow.connection.exec_driver_sql(sealed).all()
    assert "138" not in content.split(".")[0] and not content.startswith("{") and not header.startswith("[")
    assert len(json.loads(world.rows("subsidy", store.import_previews)[0].content)["rows"]) == 10
    confirm(world, view, EXACT)
    [row] = world.rows("subsidy", store.import_previews)
    assert row.content is None


def test_a_tick_lets_a_file_wait_that_fits(world):
    content = "\r\n".join(employers(3)).encode("utf-8")
    blob = world.blobs.put("uploads", content)
    command = ReceiveImport(id=new_id(), kind="employers", filename="a.csv", blob=blob, preview=True)
    view = world.ask(command, by=APPROVER)
    for _ in range(2):
        world.work("subsidy", ImportReceived(at=world.now, import_id=view.import_id), str(new_id()))
    shown = preview(world, view)
    assert mapping_of(shown) == {header: header for header in HEADER}
    assert (shown.encoding, len(shown.rows)) == ("utf-8-sig", 3)
    confirm(world, view, mapping_of(shown))
    assert loaded(world, view).accepted == 3


def test_a_header_with_too_few_columns_fails_as_no_mapping_can_help(world):
    view = load(world, ImportKind.EMPLOYERS, csv_file([CONTRIBUTIONS.split(",")[:5], ["1"] * 5]))
    assert (view.state, view.problem) == (ImportState.FAILED, "missing_column")


def test_columns_without_a_name_and_names_that_stand_twice_can_be_told_apart(world):
    rows = foreign()
    rows[0] = ["", *rows[0][1:-2], "联系人", "联系人"]
    shown = preview(world, waiting(world, rows))
    assert shown.columns[0] == "第1列" and shown.columns[-2:] == ("联系人", "联系人（2）")
    confirm(world, waiting_again := shown, {**EXACT, "单位编号": "第1列", "联系电话": "联系人（2）"})
    assert loaded(world, waiting_again).accepted == 11


def test_lines_of_another_shape_are_shown_as_such(world):
    rows = [foreign()[0], ["1", "2"], *foreign()[1:3], []]
    shown = preview(world, waiting(world, rows))
    assert [[one.reason for one in row.faults] for row in shown.rows] == [
        ["应有 15 列，实有 2 列"],
        [],
        [],
        ["空行"],
    ]
    assert shown.rows[0].values == {}


def test_workbooks_and_parquet_wait_and_load_alike(world, tmp_path):
    rows = foreign()
    for content, format_ in (
        (xlsx_file([["2022 年"], *rows]), FileFormat.XLSX),
        (parquet_file(rows, tmp_path), FileFormat.PARQUET),
    ):
        view = load(world, ImportKind.EMPLOYERS, content)
        shown = preview(world, view)
        assert (shown.format, len(shown.rows), mapping_of(shown)) == (format_, 10, EXACT)
        confirm(world, view, EXACT)
        done = loaded(world, view)
        assert (done.format, done.encoding, done.accepted, done.rejected) == (format_, "utf-8-sig", 11, 1)


def test_of_several_clerks_at_once_one_confirms_or_discards(world):
    view = waiting(world)
    start, said = Barrier(4), []

    def answer(discards: bool) -> None:
        start.wait()
        try:
            if discards:
                world.ask(DiscardImport(id=new_id(), import_id=view.import_id), by=APPROVER)
            else:
                confirm(world, view, EXACT)
            said.append("discarded" if discards else "loading")
        except Refused as refused:
            assert refused.code == "import_not_waiting"

    threads = [Thread(target=answer, args=(place % 2 == 0,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [world.ask(GetImport(import_id=view.import_id), by=AUDITOR).state]
    assert len(world.published(ImportConfirmed)) == said.count("loading")
