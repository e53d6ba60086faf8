"""A file that waits: its first lines, which column is which, and both downloads of what was refused."""

import io
import re

import pytest

from services.chassis.blobstore import BlobStore
from services.contracts.errors import Refused
from services.contracts.subsidy.registry import (
    ConfirmImport,
    DiscardImport,
    GetImport,
    GetImportPreview,
    ImportPreviewView,
    ImportsView,
    ImportView,
    ListImports,
    ReceiveImport,
)
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741
PAGE = f"/clerk/imports/{I}"
MAPPING = [
    {"header": "单位编号", "optional": False, "column": "单位代码"},
    {"header": "费款所属期", "optional": False, "column": None},
    {"header": "行业", "optional": True, "column": None},
]
ROWS = [
    {"line": 2, "values": {"单位编号": "410181000327"}, "faults": []},
    {"line": 3, "values": {"单位编号": "x"}, "faults": [{"header": "单位编号", "reason": "应为 12 位数字"}]},
    {"line": 4, "values": {}, "faults": [{"header": "", "reason": "空行"}]},
]


@pytest.fixture
def waits(bus: FakeBus) -> FakeBus:
    bus.answers[GetImport] = example(ImportView, state="waiting", rejects=None, rejected_lines=None)
    columns = ["单位代码", "期间<b>", "第3列"]
    bus.answers[GetImportPreview] = example(ImportPreviewView, columns=columns, mapping=MAPPING, rows=ROWS)
    return bus


def fill(clerk: Browser, action: str, **chosen: str):
    clerk.get(PAGE)
    data = {**clerk.hidden(), "action": action, **{f"of-{name}": value for name, value in chosen.items()}}
    return clerk.client.post(PAGE, data=data)


def test_each_of_our_columns_has_a_select_and_each_line_says_what_becomes_of_it(
    clerk: Browser, waits: FakeBus
) -> None:
    page = clerk.get(PAGE).text
    assert "data-live" not in page and "待确认列" in page
    assert re.search(r"<option selected>单位代码</option>", page)
    for header in ("单位编号", "费款所属期", "行业"):
        assert f'name="of-{header}"' in page
    assert "期间&lt;b&gt;" in page and "<b>" not in page.split("期间")[1][:12]
    assert page.count("将被拒绝") == 2 and "单位编号：应为 12 位数字" in page and "空行" in page
    for tag in re.findall(r"<select\b[^>]*>", page):
        [name] = re.findall(r'\sid="([^"]+)"', tag)
        assert f'<label class="form-label" for="{name}"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]* src=)", page)


def test_only_approvers_are_shown_the_first_lines(browser: Browser, waits: FakeBus) -> None:
    browser.sign_in(people.clerk(Post.AUDITOR))
    page = browser.get(PAGE).text
    assert "等待核定岗确认" in page and "410181000327" not in page
    assert not waits.requests(GetImportPreview)


def test_another_mapping_is_looked_at_without_loading(clerk: Browser, waits: FakeBus) -> None:
    response = fill(clerk, "look", 单位编号=" 单位代码 ", 行业="")
    assert response.status_code == 200
    assert waits.last(GetImportPreview).mapping == {"单位编号": "单位代码"}
    assert not waits.requests(ConfirmImport)


def test_confirmed_it_goes_on_to_be_loaded(clerk: Browser, waits: FakeBus) -> None:
    response = fill(clerk, "confirm", 单位编号="单位代码", 费款所属期="第3列", 行业="")
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    assert waits.last(ConfirmImport).mapping == {"单位编号": "单位代码", "费款所属期": "第3列"}


def test_a_mapping_that_is_refused_is_shown_again_with_words(clerk: Browser, waits: FakeBus) -> None:
    waits.answers[ConfirmImport] = Refused("mapping_twice", "", columns="单位编号、行业")
    response = fill(clerk, "confirm", 单位编号="单位代码", 行业="单位代码")
    assert response.status_code == 422
    assert "这些列选择了文件中的同一列：单位编号、行业" in response.text
    assert waits.last(GetImportPreview).mapping == {"单位编号": "单位代码", "行业": "单位代码"}


def test_it_can_be_discarded(clerk: Browser, waits: FakeBus) -> None:
    clerk.get(PAGE)
    response = clerk.client.post(f"{PAGE}/discard", data=clerk.hidden())
    assert response.status_code == 303 and waits.requests(DiscardImport)
    waits.answers[GetImport] = example(ImportView, state="discarded", rejects=None, rejected_lines=None)
    assert "已放弃导入" in clerk.get(PAGE).text


def test_the_tick_on_the_form_asks_for_a_preview(clerk: Browser, bus: FakeBus) -> None:
    assert re.search(r'accept="[^"]*\.xlsx,\.parquet', clerk.get("/clerk/imports").text)
    for ticked in ({"preview": "true"}, {}):
        data = {**clerk.hidden(), "kind": "employers", "file": (io.BytesIO(b"x"), "参保单位.xlsx"), **ticked}
        clerk.client.post("/clerk/imports", data=data, content_type="multipart/form-data")
        assert bus.last(ReceiveImport).preview is bool(ticked)
        clerk.get("/clerk/imports")


@pytest.mark.parametrize(
    ("encoding", "charset"), [("gb18030", "gb18030"), ("utf-8-sig", "utf-8"), (None, "utf-8")]
)
@pytest.mark.parametrize(
    "address", [f"/clerk/imports/{I}/rejected-lines.csv", f"/api/v1/imports/{I}/rejects"]
)
def test_what_was_refused_is_sent_in_the_encoding_of_the_file(
    clerk: Browser, bus: FakeBus, blobs: BlobStore, address: str, encoding: str | None, charset: str
) -> None:
    content = "单位编号,原因".encode(encoding or "utf-8-sig")
    ref = blobs.put("rejects", content)
    bus.answers[GetImport] = example(ImportView, rejects=ref, rejected_lines=ref, encoding=encoding)
    assert "下载被拒绝的原行" in clerk.get(PAGE).text
    response = clerk.client.get(address)
    assert (response.data, response.content_type) == (content, f"text/csv; charset={charset}")
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_an_import_of_an_earlier_version_has_a_list_only(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetImport] = example(ImportView, rejected_lines=None, encoding=None, format=None)
    assert "下载被拒绝的原行" not in clerk.get(PAGE).text
    assert clerk.client.get(f"{PAGE}/rejected-lines.csv").status_code == 404


def test_a_waiting_import_stands_on_the_workbench(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListImports] = ImportsView(imports=(example(ImportView, filename="w.xlsx", state="waiting"),))
    assert "w.xlsx" in clerk.get("/clerk/").text
