"""A clerk's file becomes units, months and lists: once, whole, and whatever is interrupted."""

import csv
import io
from datetime import timedelta

import polars as pl
import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.subsidy.registry import (
    GetImport,
    ImportKind,
    ImportReceived,
    ImportState,
    ListImports,
    ReceiveImport,
)
from services.contracts.values import BlobRef
from services.subsidy.registry import store
from services.subsidy.registry.domain import partition_of
from tests.people import APPROVER, AUDITOR, EMPLOYER, REVIEWER
from tests.services.deaths import Killed, deadly
from tests.services.registry import employers, load, months, receive


def rejects_of(world, view):
    return list(csv.reader(io.StringIO(world.blobs.read(view.rejects).decode(view.encoding))))


def test_employers_become_units_with_sealed_personal_data(world):
    view = load(world, ImportKind.EMPLOYERS, employers(3))
    assert (view.state, view.total, view.accepted, view.rejected) == (ImportState.DONE, 3, 3, 0)
    with world.job("subsidy").read() as uow:
        unit = store.get_unit(uow, "410181000002")
        raw = uow.connection.exec_driver_sql("SELECT account, phone FROM units").all()
    assert (unit.account, unit.phone, unit.headcount) == ("622700000002", "13800000002", 12)
    assert all("6227" not in account and "1380" not in phone for account, phone in raw)


def test_parts_hold_nothing_personal_and_are_where_the_hash_says(world):
    view = load(world, ImportKind.EMPLOYERS, employers(40))
    with world.job("subsidy").read() as uow:
        parts = store.list_parts(uow, view.import_id)
    assert len(parts) > 20 and sum(part.rows for part in parts) == 40
    for part in parts:
        frame = pl.read_parquet(io.BytesIO(world.blobs.read(part.blob)))
        assert {partition_of(number) for number in frame["unit_no"]} == {part.partition}
        assert not {"account", "phone", "contact", "bank", "account_name"} & set(frame.columns)


def test_months_go_into_parts_only_and_lists_into_both(world):
    load(world, ImportKind.CONTRIBUTIONS, months(2))
    listed = load(
        world,
        ImportKind.DISHONEST,
        ["统一社会信用代码,单位名称,列入日期", "91410181170508042W,甲,2023-05-01"],
    )
    assert len(world.rows("subsidy", store.import_parts)) == 3
    [entry] = world.rows("subsidy", store.list_entries)
    assert (entry.import_id, entry.credit_code) == (listed.import_id, "91410181170508042W")
    assert not world.rows("subsidy", store.units)


def test_rejects_are_a_file_in_the_order_of_lines(world):
    lines = employers(3)
    lines += [lines[1], "", lines[2].replace("410181,12", "410182,12")]
    view = load(world, ImportKind.EMPLOYERS, lines)
    assert (view.total, view.accepted, view.rejected) == (6, 3, 3)
    header, *rejects = rejects_of(world, view)
    assert header == ["行号", "字段", "值", "原因"]
    assert [(row[0], row[1]) for row in rejects] == [("5", "单位编号"), ("6", ""), ("7", "行政区划")]


@pytest.mark.parametrize(
    ("content", "problem", "facts"),
    [
        (b"", "empty_file", {}),
        ("单位编号\n".encode(), "missing_column", None),
        ("\r\n".join(employers(1)).encode() + b"\r\n\xff\xff", "undecodable", {"line": 3}),
    ],
)
def test_a_file_that_cannot_be_read_fails_as_a_whole_and_says_where(world, content, problem, facts):
    view = load(world, ImportKind.EMPLOYERS, content)
    assert (view.state, view.problem, view.total) == (ImportState.FAILED, problem, 0)
    assert facts is None or facts.items() <= view.problem_facts.items()
    assert not world.rows("subsidy", store.units)


def test_a_file_that_is_not_in_the_store_fails(world):
    ghost = BlobRef(key="uploads/" + "0" * 64, sha256="0" * 64, size=1)
    view = world.ask(ReceiveImport(id=new_id(), kind="zombie", filename="x", blob=ghost), by=APPROVER)
    world.work("subsidy", ImportReceived(at=world.now, import_id=view.import_id))
    assert world.ask(GetImport(import_id=view.import_id), by=AUDITOR).problem == "file_missing"


def test_the_same_bytes_are_refused_with_the_time_of_the_first(world):
    first = receive(world, ImportKind.EMPLOYERS, employers(1))
    world.now += timedelta(hours=1)
    with pytest.raises(Refused, match="import_same") as refused:
        receive(world, ImportKind.EMPLOYERS, employers(1))
    assert refused.value.facts["received_at"] == first.received_at.isoformat()
    receive(world, ImportKind.ZOMBIE, employers(1))  # the same bytes as something else are something else
    assert len(world.published(ImportReceived)) == 2


def test_bytes_that_failed_may_come_again(world):
    load(world, ImportKind.EMPLOYERS, b"")
    assert load(world, ImportKind.EMPLOYERS, b"").problem == "empty_file"


def test_only_an_approver_hands_in_files_and_only_clerks_see_them(world):
    view = receive(world, ImportKind.EMPLOYERS, employers(1))
    with pytest.raises(Forbidden):
        receive(world, ImportKind.EMPLOYERS, employers(2), by=REVIEWER)
    for query in (GetImport(import_id=view.import_id), ListImports()):
        world.ask(query, by=AUDITOR)
        with pytest.raises(Forbidden):
            world.ask(query, by=EMPLOYER)
    with pytest.raises(Missing):
        world.ask(GetImport(import_id=new_id()), by=AUDITOR)


def test_the_latest_done_import_is_the_registry_of_today(world):
    load(world, ImportKind.EMPLOYERS, employers(3))
    world.now += timedelta(days=1)
    waiting = receive(world, ImportKind.EMPLOYERS, employers(1, people=99))
    with world.job("subsidy").read() as uow:
        assert len(store.get_units(uow, ["410181000001", "410181000003"])) == 2
    world.work("subsidy", ImportReceived(at=world.now, import_id=waiting.import_id))
    with world.job("subsidy").read() as uow:
        assert store.get_unit(uow, "410181000001").headcount == 100
        with pytest.raises(Missing, match="unit_missing"):
            store.get_unit(uow, "410181000003")
    imports = world.ask(ListImports(limit=1), by=AUDITOR).imports
    assert [each.import_id for each in imports] == [waiting.import_id]


@pytest.mark.parametrize("kind", [ImportKind.EMPLOYERS, ImportKind.CONTRIBUTIONS])
@pytest.mark.parametrize("step", ["add_part", "add_rows", "save_import"])
@pytest.mark.parametrize("after", [0, 1, 7])
def test_killed_in_the_middle_and_delivered_again_it_gives_the_same(world, kind, step, after):
    lines = (employers if kind is ImportKind.EMPLOYERS else months)(30)
    view = receive(world, kind, lines + [lines[1]])
    event, message_id = ImportReceived(at=world.now, import_id=view.import_id), str(new_id())
    killed = False
    try:
        with deadly(store, step, after=after):
            world.work("subsidy", event, message_id)
    except Killed:
        killed = True
        with world.job("subsidy").read() as uow:
            assert not store.list_done(uow, kind)
    assert killed or step == "add_rows" and kind is ImportKind.CONTRIBUTIONS or step == "save_import"
    for _ in range(2):
        world.work("subsidy", event, message_id)
    done = world.ask(GetImport(import_id=view.import_id), by=AUDITOR)
    rows = 30 if kind is ImportKind.EMPLOYERS else 30 * 24
    assert (done.state, done.accepted, done.rejected) == (ImportState.DONE, rows, 1)
    parts = world.rows("subsidy", store.import_parts)
    assert sum(part.rows for part in parts) == rows and len({part.partition for part in parts}) == len(parts)
    units = world.rows("subsidy", store.units)
    assert len(units) == (30 if kind is ImportKind.EMPLOYERS else 0)


def test_another_body_under_the_same_id_is_a_conflict(world):
    blob = world.blobs.put("uploads", b"x")
    command = ReceiveImport(id=new_id(), kind="employers", filename="a.csv", blob=blob)
    assert world.ask(command, by=APPROVER) == world.ask(command, by=APPROVER)
    with pytest.raises(Conflict):
        world.ask(command.model_copy(update={"filename": "b.csv"}), by=APPROVER)
