"""The JSON API: each route asks the right question and answers with the contract's view."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask_openapi3 import OpenAPI

from services.chassis.blobstore import BlobStore
from services.chassis.rpc_client import ServiceFailed, Unavailable
from services.contracts.archive import CheckSlip, ListSlips, SlipsView, SlipView
from services.contracts.base import Request
from services.contracts.errors import Conflict, Forbidden, Missing, Refused
from services.contracts.identity import (
    accounts,
    audit,
    certificates,
    clerks,
    credit_codes,
    persons,
    sessions,
)
from services.contracts.identity.accounts import RegisterEmployer, RequestSmsCode
from services.contracts.identity.credit_codes import EnterMaintenance
from services.contracts.identity.sessions import (
    RegisterAdministrator,
    SecondStepView,
    SignInClerk,
    SignInEmployer,
    SignInView,
    SignOut,
)
from services.contracts.identity.verification import IssuePictureCode, PictureCodeView
from services.contracts.notify import ListOutboxSms, ListPrompts
from services.contracts.subsidy import (
    approval,
    bank_accounts,
    confirmation,
    incomplete,
    notice,
    policy,
    quality,
    registry,
    screening,
    simulation,
    uploads,
    versions,
)
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser
from tests.gateway.test_sessions import admitted, session_cookie

I = "018a91b2-7c40-7000-8000-000000000006"  # noqa: E741

# method, address, request, status
ROUTES: list[tuple[str, str, type[Request[Any]], int]] = [
    ("POST", "/picture-codes", IssuePictureCode, 201),
    ("POST", "/employers", RegisterEmployer, 201),
    ("POST", "/administrators", RegisterAdministrator, 201),
    ("POST", "/sms-codes", RequestSmsCode, 202),
    ("POST", "/employers/password-reset", accounts.ResetEmployerPassword, 200),
    ("GET", "/employers/current", accounts.GetEmployer, 200),
    ("POST", "/employers/current/password", accounts.ChangeEmployerPassword, 200),
    ("POST", "/employers/current/handler", accounts.ChangeHandler, 200),
    ("POST", "/persons", persons.RegisterPerson, 201),
    ("POST", "/persons/sms-codes", persons.RequestPersonCode, 202),
    ("POST", "/persons/password-reset", persons.ResetPersonPassword, 200),
    ("GET", "/persons/current", persons.GetPerson, 200),
    ("POST", "/persons/current/phone", persons.ChangePersonPhone, 200),
    ("POST", "/persons/current/password", persons.ChangePersonPassword, 200),
    ("POST", "/certificate-challenges", certificates.IssueChallenge, 201),
    ("POST", "/sessions/employer", SignInEmployer, 202),
    ("POST", "/sessions/person", sessions.SignInPerson, 202),
    ("POST", "/sessions/clerk", SignInClerk, 202),
    ("POST", "/sessions/certificate", sessions.SignInCertificate, 201),
    ("POST", "/sessions/second-step", sessions.FinishSignIn, 201),
    ("POST", "/sessions/second-step/code", sessions.ResendSignInCode, 202),
    ("POST", "/sessions/enrolment", sessions.EnrolClerk, 201),
    ("GET", "/sessions?clerk=gongyi-hall", sessions.ListSessions, 200),
    ("DELETE", f"/sessions/{I}", sessions.EndSession, 200),
    ("POST", "/clerks/current/password", clerks.ChangeClerkPassword, 200),
    ("DELETE", "/sessions/current", SignOut, 200),
    ("POST", "/maintenances", EnterMaintenance, 201),
    ("POST", "/maintenances/declaration", credit_codes.DeclareMaintenance, 201),
    ("GET", "/maintenances?state=declared&find=410181000327", credit_codes.ListMaintenances, 200),
    ("POST", f"/maintenances/{I}/acceptance", credit_codes.AcceptMaintenance, 200),
    ("POST", f"/maintenances/{I}/refusal", credit_codes.RefuseMaintenance, 200),
    ("GET", "/clerks?find=gongyi&limit=20", clerks.ListClerks, 200),
    ("POST", "/clerks", clerks.AddClerk, 201),
    ("PUT", "/clerks/gongyi-hall", clerks.ChangeClerk, 200),
    ("POST", "/clerks/gongyi-hall/disabling", clerks.DisableClerk, 200),
    ("POST", "/clerks/gongyi-hall/enabling", clerks.EnableClerk, 200),
    ("POST", "/clerks/gongyi-hall/reset", clerks.ResetClerk, 200),
    ("GET", "/authorities", certificates.ListAuthorities, 200),
    ("POST", "/authorities", certificates.AddAuthority, 201),
    ("POST", f"/authorities/{I}/retirement", certificates.RetireAuthority, 200),
    ("POST", "/certificate-releases", certificates.ReleaseCertificate, 200),
    ("GET", "/audit-entries?act=locked&since=2023-09-01&limit=1000", audit.ListAuditEntries, 200),
    ("GET", "/units/410181000327", registry.GetUnit, 200),
    ("POST", "/uploads", uploads.BeginUpload, 201),
    ("GET", f"/uploads/{I}", uploads.GetUpload, 200),
    ("GET", "/imports?limit=7", registry.ListImports, 200),
    ("GET", f"/imports/{I}", registry.GetImport, 200),
    ("GET", f"/imports/{I}/diff", versions.GetImportDiff, 200),
    ("GET", f"/imports/{I}/changes?kind=changed&field=phone", versions.ListImportChanges, 200),
    ("POST", f"/imports/{I}/comparisons", versions.StartComparison, 202),
    ("GET", f"/imports/{I}/quality", quality.GetImportQuality, 200),
    ("GET", f"/imports/{I}/findings?kind=no_bank", quality.ListQualityFindings, 200),
    ("GET", f"/imports/{I}/preview", registry.GetImportPreview, 200),
    ("POST", f"/imports/{I}/preview", registry.GetImportPreview, 200),
    ("POST", f"/imports/{I}/confirmation", registry.ConfirmImport, 202),
    ("POST", f"/imports/{I}/discarding", registry.DiscardImport, 200),
    ("GET", "/policies", policy.ListPolicies, 200),
    ("GET", "/policies/2023", policy.GetPolicy, 200),
    ("GET", "/policies/2023/versions/1", policy.GetPolicy, 200),
    ("GET", "/layoff-formulas", policy.ListLayoffFormulas, 200),
    ("POST", "/policy-comparisons", policy.ComparePolicies, 200),
    ("POST", "/policy-drafts", policy.DraftPolicy, 201),
    ("GET", "/policy-drafts?limit=7", policy.ListPolicyDrafts, 200),
    ("GET", f"/policy-drafts/{I}", policy.GetPolicyDraft, 200),
    ("PUT", f"/policy-drafts/{I}", policy.ChangePolicyDraft, 200),
    ("POST", f"/policy-drafts/{I}/layoff-formula", policy.UseLayoffFormula, 200),
    ("POST", f"/policy-drafts/{I}/submission", policy.SubmitPolicyDraft, 202),
    ("POST", f"/policy-drafts/{I}/return", policy.ReturnPolicyDraft, 200),
    ("POST", f"/policy-drafts/{I}/entry-into-force", policy.PutPolicyInForce, 200),
    ("POST", f"/policy-drafts/{I}/discarding", policy.DiscardPolicyDraft, 200),
    ("POST", "/screenings", screening.StartScreening, 202),
    ("GET", "/screenings", screening.ListScreenings, 200),
    ("GET", f"/screenings/{I}", screening.GetScreening, 200),
    ("GET", f"/screenings/{I}/verdicts?outcome=unknown", screening.ListVerdicts, 200),
    ("GET", f"/screenings/{I}/verdicts/410181000327", screening.ExplainVerdict, 200),
    ("GET", f"/screenings/{I}/incomplete-units?missing=phone", incomplete.ListIncompleteUnits, 200),
    ("POST", f"/screenings/{I}/cancellation", screening.CancelScreening, 200),
    ("POST", f"/screenings/{I}/release", screening.ReleaseScreening, 200),
    ("GET", "/own-verdicts", screening.ListOwnVerdicts, 200),
    ("POST", "/simulations", simulation.SimulatePolicy, 200),
    ("POST", "/simulations/effects", simulation.ListEffects, 200),
    ("GET", f"/policy-drafts/{I}/simulation", simulation.GetKeptSimulation, 200),
    ("POST", "/batches", approval.MakeBatch, 202),
    ("GET", "/batches", approval.ListBatches, 200),
    ("GET", f"/batches/{I}", approval.GetBatch, 200),
    ("GET", f"/batches/{I}/items?left_out=true", approval.ListBatchItems, 200),
    ("GET", f"/batches/{I}/lines?outcome=held&after=7", approval.ListBatchLines, 200),
    ("POST", f"/batches/{I}/items/410181000327/hold-out", approval.HoldOutItem, 200),
    ("POST", f"/batches/{I}/items/410181000327/take-back", approval.TakeItemBack, 200),
    ("POST", f"/batches/{I}/withdrawal", approval.WithdrawBatch, 200),
    ("POST", f"/batches/{I}/approval", approval.ApproveBatch, 202),
    ("POST", f"/batches/{I}/return", approval.ReturnBatch, 200),
    ("GET", "/refunds", confirmation.ListRefunds, 200),
    ("GET", f"/refunds/{I}", confirmation.GetRefund, 200),
    ("POST", f"/refunds/{I}/statement", confirmation.OpenStatement, 201),
    ("POST", f"/refunds/{I}/choice", confirmation.SaveChoice, 201),
    ("GET", "/todos", confirmation.ListTodos, 200),
    ("POST", "/todos/submission", confirmation.SubmitTodos, 200),
    ("POST", "/todos/deletion", confirmation.DeleteTodos, 200),
    ("POST", "/notices", notice.PublishNotice, 201),
    ("GET", "/notices", notice.ListNotices, 200),
    ("GET", f"/notices/{I}/lines?limit=10", notice.ListNoticeLines, 200),
    ("GET", "/bank-accounts", bank_accounts.ListBankAccounts, 200),
    ("POST", "/bank-accounts/410181000327", bank_accounts.ChangeBankAccount, 200),
    ("GET", "/prompts?open_only=true", ListPrompts, 200),
    ("GET", f"/refunds/{I}/slips", ListSlips, 200),
    ("GET", "/slip-check?number=1&check_code=9F86D081884C7D65", CheckSlip, 200),
    ("GET", "/outbox-sms?phone=199", ListOutboxSms, 200),
]
IN_PATH = {"id", "batch_id", "refund_id", "screening_id", "import_id", "notice_id"}
IN_PATH |= {"maintenance_id", "authority_id", "account", "draft_id"}


def body_for(kind: type[Request[Any]], address: str) -> dict[str, Any]:
    """Return the golden example of a command without what the path says."""
    in_path = IN_PATH if I in address or "/clerks/gongyi" in address else {"id"}
    if "/410181000327" in address:
        in_path = {*in_path, "unit_no"}
    values = example(kind).to_wire()
    if kind is sessions.SignInCertificate:
        values |= values.pop("proof")
    # What binds a challenge to a browser comes from its cookie, the origin is ours; files come as they are.
    elsewhere = {*in_path, "binding", "origin", "units"}
    return {name: value for name, value in values.items() if name not in elsewhere}


@pytest.mark.parametrize(("method", "address", "kind", "status"), ROUTES)
def test_each_route_asks_its_question_and_answers_with_the_view(
    browser: Browser, bus: FakeBus, method: str, address: str, kind: type[Request[Any]], status: int
) -> None:
    browser.sign_in(people.clerk(*Post))
    sent = {"json": body_for(kind, address)} if method in ("POST", "PUT") else {}
    response = browser.client.open(f"/api/v1{address}", method=method, **sent)
    assert response.status_code == status, response.text
    assert bus.requests(kind)
    answer = SecondStepView if kind.answer_type() is SignInView else kind.answer_type()
    if "token" not in answer.model_fields:
        answer.model_validate(response.json)


def test_every_request_of_the_contracts_can_be_asked_by_the_api() -> None:
    asked = {kind for _, _, kind, _ in ROUTES} | {registry.ReceiveImport, uploads.AddPiece}
    by_cookie = {"RenewSession"}
    declared = {kind for kind in requests_of_the_contracts() if kind.__name__ not in by_cookie}
    assert declared == asked


def requests_of_the_contracts() -> set[type[Request[Any]]]:
    """Return all commands and queries."""
    found, waiting = set(), [Request]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "[" not in kind.__name__ and kind.__module__ != Request.__module__:
                found.add(kind)
    return found


def test_signing_in_puts_the_session_into_the_cookie(browser: Browser, bus: FakeBus) -> None:
    bus.answers[SignInEmployer] = admitted()
    response = browser.client.post("/api/v1/sessions/employer", json=body_for(SignInEmployer, ""))
    assert response.json["actor"]["employer"] == people.CODE
    assert "; HttpOnly" in session_cookie(response)
    assert browser.get("/api/v1/sessions/current").status_code == 200


def test_the_answer_of_a_picture_is_told_in_development_only(browser: Browser, bus: FakeBus) -> None:
    told = browser.client.post("/api/v1/picture-codes", json={})
    assert told.headers["X-Development-Answer"] == told.json["answer"]
    bus.answers[IssuePictureCode] = example(PictureCodeView, answer=None)
    assert "X-Development-Answer" not in browser.client.post("/api/v1/picture-codes", json={}).headers


def test_the_caller_may_name_the_command_so_that_a_repetition_changes_nothing(
    employer: Browser, bus: FakeBus
) -> None:
    address, key = f"/api/v1/refunds/{I}/statement", "018a91b2-7c40-7000-8000-0000000000aa"
    for headers in ({"Idempotency-Key": key}, {}, {}):
        employer.client.post(address, json={}, headers=headers)
    first, second, third = (asked.id for asked in bus.requests(confirmation.OpenStatement))
    assert first == UUID(key)
    assert len({first, second, third}) == 3
    response = employer.client.post(address, json={}, headers={"Idempotency-Key": "1"})
    assert (response.status_code, response.json["code"]) == (422, "idempotency_key_invalid")


# ---- problems


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("deadline_passed", "", deadline="2023-12-31"), 422, "deadline_passed"),
        (Missing("refund_missing", ""), 404, "refund_missing"),
        (Forbidden("not_your_refund", ""), 403, "not_your_refund"),
        (Forbidden("session_expired", ""), 401, "session_expired"),
        (Conflict("command_id_reused", ""), 409, "command_id_reused"),
        (Unavailable("get_refund"), 503, "unavailable"),
        (ServiceFailed("get_refund"), 500, "internal"),
        (RuntimeError("a secret of the house"), 500, "internal"),
    ],
)
def test_whatever_goes_wrong_is_a_problem_with_a_code_and_words(
    employer: Browser, bus: FakeBus, error: Exception, status: int, code: str
) -> None:
    bus.answers[confirmation.GetRefund] = error
    response = employer.get(f"/api/v1/refunds/{I}")
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    told = response.json
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:wengang:problem:{code}")
    assert told["title"] and told["detail"] and told["trace"] == response.headers["X-Request-Id"]
    assert "secret" not in response.text


def test_the_facts_of_a_problem_come_along(employer: Browser, bus: FakeBus) -> None:
    bus.answers[confirmation.SaveChoice] = Refused("statement_too_short", "", seconds_left=4)
    body = body_for(confirmation.SaveChoice, I)
    told = employer.client.post(f"/api/v1/refunds/{I}/choice", json=body).json
    assert told["seconds_left"] == 4
    assert "4 秒" in told["detail"]


@pytest.mark.parametrize(
    ("method", "address", "sent", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "page_missing"),
        ("GET", "/refunds/not-a-uuid", {}, 404, "page_missing"),
        ("PUT", "/refunds", {"json": {}}, 405, "method_not_allowed"),
        ("POST", "/todos/submission", {"data": "x", "content_type": "text/plain"}, 415, "content_type_wrong"),
        (
            "POST",
            "/todos/submission",
            {"data": "{", "content_type": "application/json"},
            422,
            "invalid_input",
        ),
        ("POST", "/todos/submission", {"json": {"todo_ids": []}}, 422, "invalid_input"),
        ("POST", "/todos/submission", {"json": {"todo_ids": [I], "more": 1}}, 422, "invalid_input"),
        ("GET", "/prompts?open_only=perhaps", {}, 422, "invalid_input"),
        (
            "POST",
            "/todos/submission",
            {"data": b" " * 2_000_000, "content_type": "application/json"},
            413,
            "too_large",
        ),
    ],
)
def test_http_itself_refuses_with_problems_too(
    employer: Browser, method: str, address: str, sent: dict[str, Any], status: int, code: str
) -> None:
    response = employer.client.open(f"/api/v1{address}", method=method, **sent)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json["code"] == code
    if status == 405:
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_bad_input_names_each_field_and_its_rule(browser: Browser, bus: FakeBus) -> None:
    body = {"purpose": "register_administrator", "credit_code": "91410181170508042A", "phone": "12345"}
    told = browser.client.post("/api/v1/sms-codes", json=body).json
    assert set(told["fields"]) == {"credit_code", "phone"}
    assert not bus.requests(RequestSmsCode)


# ---- files


class Endless(io.RawIOBase):
    """A body that is made while it is read; it remembers the largest piece that was asked for."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self.left)
        self.largest = max(self.largest, len(buffer))
        buffer[:size] = b"x" * size
        self.left -= size
        return size


def test_an_import_is_streamed_in_blocks(clerk: Browser, bus: FakeBus, blobs: BlobStore) -> None:
    body = Endless(20_000_000)
    response = clerk.client.post(
        "/api/v1/imports?kind=contributions&filename=2022.csv",
        content_type="application/octet-stream",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": "20000000"},
    )
    assert response.status_code == 202, response.text
    received = bus.last(registry.ReceiveImport)
    assert (received.kind, received.filename, received.blob.size) == ("contributions", "2022.csv", 20_000_000)
    assert body.largest <= 1024 * 1024
    with blobs.open(received.blob) as kept:
        assert kept.read(3) == b"xxx"


def test_an_import_over_the_limit_is_refused(make_app: Callable[..., OpenAPI], bus: FakeBus) -> None:
    with make_app(upload_limit=1000).test_client() as client:
        clerk = Browser(client)
        clerk.sign_in(people.APPROVER)
        address = "/api/v1/imports?kind=employers&filename=x.csv"
        response = client.post(address, data=b"x" * 1001, content_type="text/csv")
    assert (response.status_code, response.json["code"]) == (413, "too_large")
    assert not bus.requests(registry.ReceiveImport)


def test_nobody_but_a_clerk_can_send_more_than_a_form(employer: Browser, bus: FakeBus) -> None:
    address = "/api/v1/imports?kind=employers&filename=x.csv"
    response = employer.client.post(address, data=b"x" * 2_000_000, content_type="text/csv")
    assert response.status_code == 413
    assert not bus.requests(registry.ReceiveImport)


def test_a_slip_is_downloaded_from_the_blob_store(employer: Browser, bus: FakeBus, blobs: BlobStore) -> None:
    ref = blobs.put("slips", b"%PDF-1.7 the slip")
    bus.answers[ListSlips] = SlipsView(slips=(example(SlipView, pdf=ref, revision=3),))
    for address in (f"/api/v1/refunds/{I}/slips/3/pdf", f"/employer/refunds/{I}/slips/3.pdf"):
        response = employer.get(address)
        assert (response.data, response.mimetype) == (b"%PDF-1.7 the slip", "application/pdf")
    missing = employer.get(f"/api/v1/refunds/{I}/slips/4/pdf")
    assert (missing.status_code, missing.json["code"]) == (404, "slip_missing")


def test_swagger_ui_asks_nothing_from_outside(browser: Browser) -> None:
    assert "http" not in browser.get("/api/docs").text.replace("http-equiv", "")
    assert browser.get("/api/openapi.json").json["openapi"] == "3.1.0"
    assert browser.client.get("/api/swagger/js/swagger-ui-bundle.js", buffered=True).status_code == 200
