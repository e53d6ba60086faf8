"""Batches by file: the list goes to the blob store, each line shows what became of it; remarks on lines."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.labels import LABELS
from gateway.portals.clerk.approval import minutes_left
from services.chassis.blobstore import BlobStore
from services.chassis.rpc_client import Unavailable
from services.contracts.subsidy.approval import (
    BatchItemsView,
    BatchLinesView,
    BatchLineView,
    BatchView,
    GetBatch,
    LineOutcome,
    ListBatchItems,
    ListBatchLines,
    MakeBatch,
    ReturnBatch,
)
from services.contracts.subsidy.incomplete import ListIncompleteUnits
from services.contracts.subsidy.screening import (
    GetScreening,
    ListScreenings,
    ReleaseScreening,
    ScreeningsView,
    ScreeningView,
)
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LINES = f"/clerk/batches/{I}/lines"


def line(**changes: Any) -> BatchLineView:
    return example(BatchLineView, **changes)


def of(*lines: BatchLineView, next_after: int | None = None) -> BatchLinesView:
    return BatchLinesView(lines=lines, next_after=next_after)


def hand_in(clerk: Browser, content: bytes, **fields: str) -> Any:
    """Send the form of a new batch with a file."""
    clerk.get("/clerk/batches/new")
    data = {**clerk.hidden(), "screening_id": I, **fields, "units": (io.BytesIO(content), "名单.csv")}
    return clerk.client.post("/clerk/batches/new", data=data, content_type="multipart/form-data")


def test_a_list_goes_to_the_blob_store_and_its_claim_check_to_the_service(
    clerk: Browser, bus: FakeBus, blobs: BlobStore
) -> None:
    content = "单位编号\n".encode() + b"410181000327\n" * 30_000
    response = hand_in(clerk, content, region="410181")
    made = bus.last(MakeBatch)
    assert response.headers["Location"].startswith("/clerk/batches/")
    assert made.units is not None and blobs.read(made.units) == content
    assert made.filter.region == "410181"


def test_without_a_file_a_batch_has_no_list(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/clerk/batches/new")
    clerk.post("/clerk/batches/new", screening_id=I)
    assert bus.last(MakeBatch).units is None


def test_the_api_takes_a_list_as_it_is(clerk: Browser, bus: FakeBus, blobs: BlobStore) -> None:
    address = f"/api/v1/batches/of-units?screening_id={I}&region=410181"
    response = clerk.client.post(address, data=b"410181000327", content_type="text/csv")
    assert response.status_code == 202, response.text
    made = bus.last(MakeBatch)
    assert made.units is not None and blobs.read(made.units) == b"410181000327"
    assert (str(made.screening_id), made.filter.region) == (I, "410181")
    given = {"screening_id": I, "units": made.units.model_dump()}
    assert clerk.client.post("/api/v1/batches", json=given).status_code == 422


def test_every_outcome_has_its_word_and_each_line_is_shown_with_it(clerk: Browser, bus: FakeBus) -> None:
    assert set(LABELS[LineOutcome]) == set(LineOutcome)
    lines = [line(line=number, outcome=each.value) for number, each in enumerate(LineOutcome, 2)]
    lines[1] = line(outcome="left_out", missing=("bank", "phone"))
    lines[2] = line(outcome="held", held_by="PL-2023-0007")
    lines[9] = line(outcome="no_number", unit_no=None, unit_name=None)
    bus.answers[ListBatchLines] = of(*lines, next_after=51)
    page = clerk.get(f"{LINES}?outcome=held&after=1").text
    asked = bus.last(ListBatchLines)
    assert (asked.outcome, asked.after) == (LineOutcome.HELD, 1)
    assert "开户行、联系电话" in page and "PL-2023-0007" in page
    assert f"{LINES}?outcome=held&amp;after=51" in page
    assert all(str(word) in page for word in LABELS[LineOutcome].values())


def test_a_line_leads_to_its_refund(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ListBatchLines] = of(line(refund_id=I))
    assert f"/clerk/refunds/{I}" in clerk.get(LINES).text


@pytest.mark.parametrize("address", [LINES, f"{LINES}.csv"])
def test_an_outcome_that_is_none_is_named(clerk: Browser, bus: FakeBus, address: str) -> None:
    response = clerk.get(f"{address}?outcome=shoes")
    assert response.status_code == 422 and "没有这种结果" in response.text
    assert not bus.requests(ListBatchLines)


def test_the_export_holds_every_page_with_one_header(clerk: Browser, bus: FakeBus) -> None:
    held = line(line=9, outcome="held", held_by="PL-2023-0007", unit_name="=1+1")
    bus.answers[ListBatchLines] = lambda query: of(held) if query.after else of(line(), next_after=2)
    response = clerk.get(f"{LINES}.csv?outcome=held&after=7")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert [(row["行号"], row["处理结果"], row["所在批次"]) for row in rows] == [
        ("2", "已列入", ""),
        ("9", "已在其他批次", "PL-2023-0007"),
    ]
    assert rows[1]["单位名称"] == "'=1+1"
    asked = [(one.outcome, one.after, one.limit) for one in bus.requests(ListBatchLines)]
    assert asked == [(LineOutcome.HELD, None, 1000), (LineOutcome.HELD, 2, 1000)]


def test_a_batch_shows_its_outcomes_and_leads_to_the_lines(clerk: Browser, bus: FakeBus) -> None:
    outcomes = [{"outcome": "taken", "count": 3}, {"outcome": "held", "count": 2}]
    bus.answers[GetBatch] = example(BatchView, batch_id=I, outcomes=outcomes, lines=5)
    page = clerk.get(f"/clerk/batches/{I}").text
    assert "查看名单 5 行" in page and f'href="{LINES}?outcome=held"' in page
    bus.answers[GetBatch] = example(BatchView, batch_id=I, outcomes=outcomes, lines=0)
    page = clerk.get(f"/clerk/batches/{I}").text
    assert "辖区内符合条件的单位" in page and "已在其他批次" in page and LINES not in page


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("empty_batch", "没有可以列入的单位"),
        ("units_not_text", "UTF-8 或 GB18030"),
        ("units_too_many", "400,000 行"),
    ],
)
def test_a_batch_that_went_back_by_itself_says_why_in_words(
    clerk: Browser, bus: FakeBus, code: str, said: str
) -> None:
    bus.answers[GetBatch] = example(BatchView, state="returned", reason=code, checker=None)
    page = clerk.get(f"/clerk/batches/{I}").text
    assert said in page and code not in page


def test_a_reviewer_returns_with_remarks_on_lines(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    clerk.get(f"/clerk/batches/{I}")
    text = "410181000327 户名不符\n\n 410181000328，账号 待核实 \n"
    clerk.post(f"/clerk/batches/{I}/return", reason="见逐户意见", items=text)
    assert [(one.unit_no, one.reason) for one in bus.last(ReturnBatch).items] == [
        ("410181000327", "户名不符"),
        ("410181000328", "账号 待核实"),
    ]


def test_a_reviewer_finds_the_field_for_remarks_empty(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    page = clerk.get(f"/clerk/batches/{I}").text
    assert re.search(r'<textarea [^>]*id="items"[^>]*></textarea>', page) and 'id="items-wrong"' not in page


@pytest.mark.parametrize("text", ["41018100032 x", "410181000327", "户名不符", "410181000327 x\n" * 201])
def test_remarks_that_are_none_are_caught_beside_their_field(clerk: Browser, bus: FakeBus, text: str) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    clerk.get(f"/clerk/batches/{I}")
    page = clerk.post(f"/clerk/batches/{I}/return", reason="x", items=text).text
    assert 'id="items-wrong"' in page and not bus.requests(ReturnBatch)


def test_a_returned_batch_shows_the_remarks(clerk: Browser, bus: FakeBus) -> None:
    item = example(BatchItemsView).items[0].model_copy(update={"remark": "户名不符"})
    bus.answers[ListBatchItems] = BatchItemsView(items=(item,), next_after=None)
    bus.answers[GetBatch] = example(BatchView, state="returned", reason="x", remarks=1)
    page = clerk.get(f"/clerk/batches/{I}").text
    assert "复核人逐户意见" in page and "户名不符" in page
    assert bus.last(ListBatchItems).remarked


def test_a_batch_under_way_shows_progress_and_how_long_it_still_takes(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(
        BatchView,
        state="approving",
        count=300_000,
        refunds_made=100_000,
        checked_at=(datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
    )
    page = clerk.get(f"/clerk/batches/{I}").text
    assert "100,000 / 300,000" in page and 'data-live="reload"' in page and "预计还需约" in page


@pytest.mark.parametrize(
    ("made", "seconds", "minutes"),
    [(0, 60, None), (100, 60, 9), (999, 60, 1), (1000, 60, 1), (500, -5, 1)],
)
def test_the_time_left_follows_the_pace(made: int, seconds: int, minutes: int | None) -> None:
    batch = example(BatchView, state="approving", count=1000, refunds_made=made)
    assert batch.checked_at is not None
    assert minutes_left(batch, batch.checked_at + timedelta(seconds=seconds)) == minutes


def test_the_note_follows_the_run_that_is_chosen_and_what_was_typed_stays(
    clerk: Browser, bus: FakeBus
) -> None:
    other = "018a91b2-7c40-7000-8000-000000000099"
    runs = (example(ScreeningView), example(ScreeningView, screening_id=other))
    bus.answers[ListScreenings] = ScreeningsView(screenings=runs)
    assert 'data-refresh="refresh"' in clerk.get("/clerk/batches/new").text
    response = clerk.post("/clerk/batches/new", screening_id=other, min_amount="12", refresh="1")
    assert response.status_code == 200 and not bus.requests(MakeBatch)
    assert str(bus.last(ListIncompleteUnits).screening_id) == other
    assert f'value="{other}" selected' in response.text and 'value="12"' in response.text


@pytest.mark.parametrize("address", [f"/clerk/screenings/{I}", "/clerk/batches/new"])
def test_pages_do_without_the_note_when_it_cannot_be_had(clerk: Browser, bus: FakeBus, address: str) -> None:
    bus.answers[ListIncompleteUnits] = Unavailable("subsidy")
    response = clerk.get(address)
    assert response.status_code == 200 and "因资料缺失暂不能发放" not in response.text


def test_a_run_is_released_by_a_button_that_says_what_it_means(browser: Browser, bus: FakeBus) -> None:
    browser.sign_in(people.APPROVER)
    bus.answers[GetScreening] = example(ScreeningView, released_at=None, released_by=None)
    page = browser.get(f"/clerk/screenings/{I}").text
    assert "向单位公布筛查结果" in page and "尚未向单位公布" in page
    response = browser.post(f"/clerk/screenings/{I}/release")
    assert (response.status_code, response.headers["Location"]) == (303, f"/clerk/screenings/{I}")
    assert str(bus.last(ReleaseScreening).screening_id) == I
    browser.sign_in(people.REVIEWER)
    page = browser.get(f"/clerk/screenings/{I}").text
    assert "向单位公布筛查结果" not in page and "尚未向单位公布" in page
    bus.answers[GetScreening] = example(ScreeningView)
    assert "向单位公布（李强）" in browser.get(f"/clerk/screenings/{I}").text


def test_the_pages_speak_english(clerk: Browser, bus: FakeBus) -> None:
    names = {"unit_name": "Hengyuan"}
    lines = [line(line=number, outcome=each.value, **names) for number, each in enumerate(LineOutcome, 2)]
    lines += [line(missing=("bank",), **names), line(refund_id=I, **names)]
    bus.answers[ListBatchLines] = of(*lines)
    outcomes = [{"outcome": each.value, "count": 1} for each in LineOutcome]
    item = example(BatchItemsView).items[0].model_copy(update={"remark": "wrong", **names})
    bus.answers[ListBatchItems] = BatchItemsView(items=(item,), next_after=None)
    made = {"maker": "Li", "checker": None, "outcomes": outcomes, "remarks": 1}
    clerk.get("/language/en")
    for state in ("made", "approving"):
        bus.answers[GetBatch] = example(BatchView, state=state, **made)
        for address in (LINES, f"/clerk/batches/{I}", "/clerk/batches/new"):
            page = clerk.get(address).text.replace("社会保障网上服务平台", "").replace(">中文</a>", "")
            found = CHINESE.findall(page.replace("李建国", "").replace("headed 单位编号", ""))
            assert not found, (address, found)
