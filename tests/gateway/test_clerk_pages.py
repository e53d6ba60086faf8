"""The clerk console: each form asks the right question; filters live in the address."""

import io
from typing import Any

import pytest

from services.chassis.blobstore import BlobStore
from services.contracts.errors import Conflict, Forbidden, Refused
from services.contracts.identity.credit_codes import EnterMaintenance, ListMaintenances, MaintenancesView
from services.contracts.identity.sessions import SessionView, SignInClerk, SignInView
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchesView,
    BatchItemsView,
    BatchView,
    GetBatch,
    HoldOutItem,
    ListBatches,
    ListBatchItems,
    MakeBatch,
    ReturnBatch,
    TakeItemBack,
    WithdrawBatch,
)
from services.contracts.subsidy.confirmation import GetRefund, ListRefunds
from services.contracts.subsidy.notice import PublishNotice
from services.contracts.subsidy.registry import GetImport, ImportsView, ImportView, ListImports, ReceiveImport
from services.contracts.subsidy.screening import (
    GetScreening,
    ListVerdicts,
    ScreeningView,
    StartScreening,
    VerdictsView,
    VerdictView,
)
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_employer_pages import PAGE, waiting

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741


def test_clerks_sign_in_with_their_account(browser: Browser, bus: FakeBus) -> None:
    token = people.session(people.APPROVER, 61)
    bus.answers[SignInClerk] = SignInView(session=example(SessionView, token=token, actor=people.APPROVER))
    browser.get("/clerk/login")
    response = browser.post("/clerk/login", account=" li.approver ", password="x", picture_code="x")
    assert (response.status_code, response.headers["Location"]) == (303, "/clerk/")
    assert bus.last(SignInClerk).account == "li.approver"


# ---- imports


def upload(clerk: Browser, content: bytes, kind: str = "employers") -> Any:
    """Send the upload form."""
    clerk.get("/clerk/imports")
    data = {**clerk.hidden(), "kind": kind, "file": (io.BytesIO(content), "参保单位.csv")}
    return clerk.client.post("/clerk/imports", data=data, content_type="multipart/form-data")


def test_a_file_goes_to_the_blob_store_and_its_claim_check_to_the_service(
    clerk: Browser, bus: FakeBus, blobs: BlobStore
) -> None:
    response = upload(clerk, b"x" * 200_000)
    received = bus.last(ReceiveImport)
    assert response.headers["Location"].startswith("/clerk/imports/")
    assert (received.kind.value, received.filename, received.blob.size) == (
        "employers",
        "参保单位.csv",
        200_000,
    )
    assert blobs.read(received.blob) == b"x" * 200_000


def test_an_empty_file_and_a_missing_kind_are_refused(clerk: Browser, bus: FakeBus) -> None:
    assert "文件是空的" in upload(clerk, b"").text
    assert 'id="kind-wrong"' in upload(clerk, b"x", kind="").text
    assert not bus.requests(ReceiveImport)


def test_the_same_file_again_is_refused_with_words(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[ReceiveImport] = Refused("import_same", "", import_id=I)
    response = upload(clerk, b"x")
    assert response.status_code == 422
    assert "同样内容的文件已经导入过" in response.text


def test_an_import_under_way_is_followed_and_a_finished_one_is_not(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetImport] = example(ImportView, state="loading", finished_at=None)
    assert "data-live" in clerk.get(f"/clerk/imports/{I}").text
    bus.answers[GetImport] = example(ImportView, state="done")
    assert "data-live" not in clerk.get(f"/clerk/imports/{I}").text


def test_a_file_that_could_not_be_read_says_why_and_where(clerk: Browser, bus: FakeBus) -> None:
    facts = {"columns": "银行账号、开户行"}
    failed = example(ImportView, state="failed", problem="missing_column", problem_facts=facts, rejects=None)
    bus.answers[GetImport] = failed
    assert "表头缺少列：银行账号、开户行" in clerk.get(f"/clerk/imports/{I}").text


def test_the_refused_lines_can_be_downloaded(clerk: Browser, bus: FakeBus, blobs: BlobStore) -> None:
    ref = blobs.put("rejects", b"line,field,value,reason\r\n")
    bus.answers[GetImport] = example(ImportView, rejects=ref)
    response = clerk.get(f"/clerk/imports/{I}/rejects.csv")
    assert response.data == b"line,field,value,reason\r\n"
    assert response.headers["Content-Disposition"].startswith("attachment")


# ---- the workbench


def test_the_workbench_shows_what_waits_and_not_what_is_settled(clerk: Browser, bus: FakeBus) -> None:
    batches = (
        example(BatchView, number="PL-2023-0007", state="made"),
        example(BatchView, number="PL-2023-0006", state="approved"),
    )
    bus.answers[ListBatches] = BatchesView(batches=batches)
    bus.answers[ListImports] = ImportsView(imports=(example(ImportView, filename="bad.csv", state="failed"),))
    page = clerk.get("/clerk/").text
    assert "PL-2023-0007" in page and "bad.csv" in page and "PL-2023-0006" not in page


def test_the_workbench_asks_only_what_the_post_may_see(browser: Browser, bus: FakeBus) -> None:
    bus.answers[ListMaintenances] = MaintenancesView(maintenances=(), next_after=None)
    browser.sign_in(people.RECEPTION)
    page = browser.get("/clerk/").text
    assert "目前没有待处理的事项" in page
    assert bus.last(ListMaintenances).state == "declared"
    assert not bus.requests(ListBatches) and not bus.requests(ListImports)


# ---- screening


def test_a_screening_is_started_for_a_year(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/clerk/screenings")
    response = clerk.post("/clerk/screenings", programme_year="2023")
    assert bus.last(StartScreening).programme_year == 2023
    assert response.headers["Location"].startswith("/clerk/screenings/")


def test_a_running_screening_shows_its_progress(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetScreening] = example(
        ScreeningView, state="running", chunks=10, chunks_done=4, finished_at=None
    )
    page = clerk.get(f"/clerk/screenings/{I}").text
    assert 'max="10" value="4"' in page
    assert not bus.requests(ListVerdicts)


def test_the_filters_of_the_verdicts_live_in_the_address_and_stay_when_turning_the_page(
    clerk: Browser, bus: FakeBus
) -> None:
    bus.answers[ListVerdicts] = VerdictsView(verdicts=(example(VerdictView),), next_after="410181000327")
    page = clerk.get(
        f"/clerk/screenings/{I}?outcome=eligible&region=410181&find=恒远&after=410181000001"
    ).text
    asked = bus.last(ListVerdicts)
    assert (asked.outcome, asked.region, asked.find, asked.after) == (
        "eligible",
        "410181",
        "恒远",
        "410181000001",
    )
    filters = "outcome=eligible&amp;region=410181&amp;find=%E6%81%92%E8%BF%9C"
    assert f'href="/clerk/screenings/{I}?{filters}&amp;after=410181000327"' in page
    assert f'href="/clerk/screenings/{I}?{filters}"' in page


def test_a_filter_that_is_no_good_is_named(clerk: Browser, bus: FakeBus) -> None:
    response = clerk.get(f"/clerk/screenings/{I}?region=41")
    assert response.status_code == 422
    assert "6 位行政区划代码" in response.text
    assert not bus.requests(ListVerdicts)


def test_one_verdict_is_explained_criterion_by_criterion(clerk: Browser) -> None:
    page = clerk.get(f"/clerk/screenings/{I}/units/410181000327").text
    assert all(word in page for word in ("逐条说明", "金额由来", "所用数据", "237,137.15"))


# ---- batches


def test_a_batch_is_made_from_a_run_and_a_filter_with_yuan_as_fen(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/clerk/batches/new")
    response = clerk.post(
        "/clerk/batches/new",
        screening_id=I,
        region="410181",
        sizes=["large", "medium"],
        min_amount="1,000.5",
        max_amount="",
    )
    made = bus.last(MakeBatch).filter
    assert response.headers["Location"].startswith("/clerk/batches/")
    assert (made.region, made.sizes, made.min_amount, made.max_amount) == (
        "410181",
        ("large", "medium"),
        100_050,
        None,
    )


@pytest.mark.parametrize("amount", ["1.234", "-1", "一千", "1e3", "１２"])
def test_an_amount_that_is_none_is_caught_beside_its_field(clerk: Browser, bus: FakeBus, amount: str) -> None:
    clerk.get("/clerk/batches/new")
    response = clerk.post("/clerk/batches/new", screening_id=I, min_amount=amount)
    assert 'id="min_amount-wrong"' in response.text
    assert not bus.requests(MakeBatch)


def test_approving_sends_the_totals_that_the_page_showed(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made", checker=None, checked_at=None)
    clerk.get(f"/clerk/batches/{I}")
    response = clerk.post(f"/clerk/batches/{I}/approve")
    approved = bus.last(ApproveBatch)
    assert (approved.count, approved.amount, approved.digest) == (1, 23_713_715, example(BatchView).digest)
    assert response.headers["Location"] == f"/clerk/batches/{I}"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Forbidden("maker_is_checker", "", maker="li"), "核定人不能复核自己的批次"),
        (Conflict("totals_changed", "", count=2, amount=3), "总数或总额与页面不一致"),
    ],
)
def test_a_refused_approval_says_what_to_do(
    clerk: Browser, bus: FakeBus, problem: Exception, said: str
) -> None:
    bus.answers.update({GetBatch: example(BatchView, state="made"), ApproveBatch: problem})
    clerk.get(f"/clerk/batches/{I}")
    assert said in clerk.post(f"/clerk/batches/{I}/approve").text


def test_returning_a_batch_needs_a_reason(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    clerk.get(f"/clerk/batches/{I}")
    assert 'id="reason-wrong"' in clerk.post(f"/clerk/batches/{I}/return", reason=" ").text
    clerk.post(f"/clerk/batches/{I}/return", reason="账号缺失")
    assert [returned.reason for returned in bus.requests(ReturnBatch)] == ["账号缺失"]


def test_only_reviewers_see_the_review(browser: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    browser.sign_in(people.APPROVER)
    assert "复核通过" not in browser.get(f"/clerk/batches/{I}").text
    browser.sign_in(people.REVIEWER)
    assert "复核通过" in browser.get(f"/clerk/batches/{I}").text


def test_units_left_out_are_listed_with_what_they_lack(clerk: Browser, bus: FakeBus) -> None:
    item = example(BatchItemsView).items[0].model_copy(update={"missing": ("phone", "bank")})
    bus.answers[ListBatchItems] = BatchItemsView(items=(item,), next_after=None)
    page = clerk.get(f"/clerk/batches/{I}?left_out=1").text
    assert bus.last(ListBatchItems).left_out
    assert "联系电话、开户行" in page


def test_a_unit_is_held_out_by_its_number_with_a_reason(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    of_the_line = f"/clerk/batches/{example(BatchView).batch_id}/hold-out?unit_no=410181000327"
    assert of_the_line in clerk.get(f"/clerk/batches/{I}").text
    assert 'value="410181000327"' in clerk.get(f"/clerk/batches/{I}/hold-out?unit_no=410181000327").text
    wrong = clerk.post(f"/clerk/batches/{I}/hold-out", unit_no="41", reason=" ").text
    assert 'id="unit_no-wrong"' in wrong and 'id="reason-wrong"' in wrong
    response = clerk.post(f"/clerk/batches/{I}/hold-out", unit_no="410181000327", reason="账户待核实")
    assert response.headers["Location"] == f"/clerk/batches/{I}?held_out=1"
    [held_out] = bus.requests(HoldOutItem)
    assert (held_out.unit_no, held_out.reason) == ("410181000327", "账户待核实")


def test_units_held_out_are_listed_with_the_reason_and_taken_back(clerk: Browser, bus: FakeBus) -> None:
    item = example(BatchItemsView).items[0].model_copy(update={"held_out": "账户待核实"})
    bus.answers[ListBatchItems] = BatchItemsView(items=(item,), next_after=None)
    bus.answers[GetBatch] = example(BatchView, state="made", held_out=1)
    page = clerk.get(f"/clerk/batches/{I}?held_out=1").text
    assert bus.last(ListBatchItems).held_out
    assert "账户待核实" in page and "恢复列入" in page and "另有 1 家单位暂不列入" in page
    clerk.post(f"/clerk/batches/{I}/take-back", unit_no="410181000327")
    assert bus.last(TakeItemBack).unit_no == "410181000327"
    bus.answers[TakeItemBack] = Conflict("held_by_another_batch", "", unit_no="410181000327")
    said = clerk.post(f"/clerk/batches/{I}/take-back", unit_no="410181000327").text
    assert "单位 410181000327 已列入其他批次" in said


def test_withdrawing_a_batch_needs_a_reason(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetBatch] = example(BatchView, state="made")
    clerk.get(f"/clerk/batches/{I}/withdraw")
    assert 'id="reason-wrong"' in clerk.post(f"/clerk/batches/{I}/withdraw", reason="").text
    clerk.post(f"/clerk/batches/{I}/withdraw", reason="条件有误")
    assert [one.reason for one in bus.requests(WithdrawBatch)] == ["条件有误"]
    bus.answers[GetBatch] = example(BatchView, state="withdrawn", reason="条件有误")
    page = clerk.get(f"/clerk/batches/{I}").text
    assert "撤回原因：条件有误" in page and "已撤回" in page and "撤回批次" not in page


def test_the_post_of_the_maker_holds_out_and_only_the_maker_withdraws(browser: Browser, bus: FakeBus) -> None:
    colleague = people.APPROVER.model_copy(update={"id": "clerk:colleague"})
    bus.answers[GetBatch] = example(BatchView, state="made", maker_id=people.APPROVER.id)
    for actor, may in (
        (people.REVIEWER, (False, False)),
        (colleague, (False, True)),
        (people.APPROVER, (True, True)),
    ):
        browser.sign_in(actor)
        page = browser.get(f"/clerk/batches/{I}").text
        assert ("撤回批次" in page, "/hold-out" in page) == may


# ---- notices


def test_publishing_needs_the_tick_that_it_freezes(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/clerk/notices")
    assert 'id="understood-wrong"' in clerk.post("/clerk/notices", batch_id=I).text
    assert not bus.requests(PublishNotice)
    clerk.post("/clerk/notices", batch_id=I, understood="yes")
    assert str(bus.last(PublishNotice).batch_id) == I
    assert "公示已发布" in clerk.get("/clerk/notices").text


# ---- the counter


def test_a_maintenance_is_entered_and_said_once(clerk: Browser, bus: FakeBus) -> None:
    clerk.get("/clerk/maintenance")
    response = clerk.post(
        "/clerk/maintenance",
        credit_code=people.CODE.lower(),
        unit_no="410181000327",
        unit_name="巩义市恒远精密制造有限公司",
        handler_name="张敏",
        handler_phone="19903700001",
    )
    assert response.status_code == 303
    assert bus.last(EnterMaintenance).credit_code == people.CODE
    assert "199****0001" in clerk.get("/clerk/maintenance").text
    assert "维护成功" not in clerk.get("/clerk/maintenance").text


def test_a_refused_maintenance_keeps_what_was_typed(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[EnterMaintenance] = Refused("maintenance_limit_day", "", limit=2)
    clerk.get("/clerk/maintenance")
    given = {
        "unit_no": "410181000327",
        "unit_name": "某公司",
        "handler_name": "张敏",
        "handler_phone": "19903700001",
    }
    response = clerk.post("/clerk/maintenance", credit_code=people.CODE, **given)
    assert "今天已维护 2 次" in response.text
    assert 'value="某公司"' in response.text


def test_the_counter_finds_the_refunds_of_an_employer_and_answers_for_it(
    clerk: Browser, bus: FakeBus
) -> None:
    bus.answers[GetRefund] = waiting()
    page = clerk.get(f"/clerk/refunds?credit_code={people.CODE.lower()}").text
    assert bus.last(ListRefunds).employer == people.CODE
    assert f'href="{PAGE.replace("employer", "clerk")}"' in page
    assert 'type="radio"' in clerk.get(PAGE.replace("employer", "clerk")).text


def test_an_onlooker_sees_the_refund_but_no_form(browser: Browser, bus: FakeBus) -> None:
    bus.answers[GetRefund] = waiting()
    browser.sign_in(people.AUDITOR)
    page = browser.get(PAGE.replace("employer", "clerk")).text
    assert "237,137.15" in page
    assert 'type="radio"' not in page
