"""What people do, by HTTP: an employer's handler, a clerk. Each has a session of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.demo.visitor import Visitor, wait_for
from services.contracts.archive import SlipsView, SlipView
from services.contracts.identity.credit_codes import MaintenanceView
from services.contracts.notify import PromptsView, PromptView
from services.contracts.subsidy.approval import BatchesView, BatchItemsView, BatchState, BatchView
from services.contracts.subsidy.confirmation import (
    RefundsView,
    RefundView,
    StatementView,
    SubmissionView,
    TodosView,
    TodoView,
)
from services.contracts.subsidy.notice import NoticeView
from services.contracts.subsidy.registry import ImportState, ImportsView, ImportView
from services.contracts.subsidy.screening import (
    ExplanationView,
    ScreeningState,
    ScreeningsView,
    ScreeningView,
    VerdictsView,
    VerdictView,
)
from services.contracts.values import Choice


class Employer(Visitor):
    """The handler (经办人) of an employer."""

    def __init__(self, gateway_url: str, *, credit_code: str, unit_name: str, phone: str) -> None:
        super().__init__(gateway_url)
        self.credit_code, self.unit_name, self.phone = credit_code, unit_name, phone

    def register(self, *, agreement: str = "2023-01") -> None:
        """开通单位网上服务."""
        body = {"credit_code": self.credit_code, "unit_name": self.unit_name, "phone": self.phone}
        self._ask("POST", "/employers", json={**body, "agreement": agreement})

    def become_administrator(self, password: str) -> None:
        """单位管理员注册: ask for the code, read it from the phone, set the password; signed in at once."""
        known = {sms.sms_id for sms in self.outbox_sms(self.phone)}
        who = {"credit_code": self.credit_code, "phone": self.phone}
        self._ask("POST", "/sms-codes", json={**who, "purpose": "register_administrator"})
        self.set_password(password, self.code_on(self.phone, known))

    def set_password(self, password: str, sms_code: str) -> None:
        """The last step of 单位管理员注册."""
        who = {"credit_code": self.credit_code, "phone": self.phone}
        self._ask("POST", "/administrators", json={**who, "password": password, "sms_code": sms_code})

    def sign_in(self, password: str) -> None:
        """免数字证书登录, with the code on the phone where it is asked for."""
        self._sign_in("employer", phone=self.phone, credit_code=self.credit_code, password=password)

    def prompts(self, *, open_only: bool = False) -> tuple[PromptView, ...]:
        """See what the portal pops up."""
        return self._get(PromptsView, "/prompts", open_only=open_only).prompts

    def refunds(self) -> tuple[RefundView, ...]:
        """See the own refunds."""
        return self._get(RefundsView, "/refunds").refunds

    def refund(self, refund_id: UUID) -> RefundView:
        """Look at one refund."""
        return self._get(RefundView, f"/refunds/{refund_id}")

    def open_statement(self, refund_id: UUID) -> StatementView:
        """Open the policy statement: reading begins."""
        return self._post(StatementView, f"/refunds/{refund_id}/statement")

    def save(self, statement: StatementView, choice: Choice, *, agreed: bool = True) -> TodoView:
        """保存: the choice waits in 待办."""
        body = {"reading_id": str(statement.reading_id), "agreed": agreed, "choice": choice}
        return self._post(TodoView, f"/refunds/{statement.refund_id}/choice", **body)

    def todos(self) -> tuple[TodoView, ...]:
        """Look into 待办."""
        return self._get(TodosView, "/todos").todos

    def submit(self, *todos: TodoView) -> SubmissionView:
        """提交."""
        return self._post(SubmissionView, "/todos/submission", todo_ids=[str(todo.todo_id) for todo in todos])

    def delete(self, *todos: TodoView) -> TodosView:
        """删除."""
        return self._post(TodosView, "/todos/deletion", todo_ids=[str(todo.todo_id) for todo in todos])

    def slips(self, refund_id: UUID) -> tuple[SlipView, ...]:
        """See the archived slips, the one that counts first."""
        return self._get(SlipsView, f"/refunds/{refund_id}/slips").slips

    def slip_pdf(self, slip: SlipView) -> bytes:
        """Fetch a slip."""
        return self._ask("GET", f"/refunds/{slip.refund_id}/slips/{slip.revision}/pdf").content


class Clerk(Visitor):
    """A clerk of the agency."""

    def sign_in(self, account: str, password: str) -> "Clerk":
        """Sign in to the clerk console; development tells the code of the authenticator."""
        self._sign_in("clerk", account=account, password=password)
        return self

    def enrol(self, account: str, initial_password: str, password: str) -> "Clerk":
        """The first sign-in: an own password, and an authenticator whose code development tells."""
        step = self._begin_to_sign_in("clerk", account=account, password=initial_password)
        assert step, "a clerk is always asked for more"
        body = {"sign_in_id": str(step.sign_in_id), "password": password, "code": step.answer}
        self._ask("POST", "/sessions/enrolment", json=body)
        return self

    def upload(self, kind: str, path: Path) -> ImportView:
        """Hand in a file; it is loaded in the background."""
        with open(path, "rb") as file:
            answer = self._ask(
                "POST",
                "/imports",
                params={"kind": kind, "filename": path.name},
                headers={"Content-Type": "application/octet-stream"},
                data=file,
            )
        return ImportView.model_validate(answer.json())

    def imports(self) -> tuple[ImportView, ...]:
        """See the latest imports."""
        return self._get(ImportsView, "/imports", limit=200).imports

    def wait_for_import(self, import_id: UUID) -> ImportView:
        """Wait until a file is loaded."""

        def look() -> ImportView | None:
            view = self._get(ImportView, f"/imports/{import_id}")
            return view if view.state in (ImportState.DONE, ImportState.FAILED) else None

        return wait_for("the end of the import", look)

    def rejects(self, import_id: UUID) -> str:
        """Fetch what is wrong: CSV of line, field, value, reason, in the encoding of the file."""
        answer = self._ask("GET", f"/imports/{import_id}/rejects")
        answer.encoding = answer.encoding and answer.encoding.replace("utf-8", "utf-8-sig")
        return answer.text

    def screenings(self) -> tuple[ScreeningView, ...]:
        """See the latest runs."""
        return self._get(ScreeningsView, "/screenings").screenings

    def start_screening(self, year: int) -> ScreeningView:
        """Freeze the registry and screen it."""
        return self._post(ScreeningView, "/screenings", programme_year=year)

    def wait_for_screening(
        self, screening_id: UUID, tell: Callable[[ScreeningView], None] = lambda view: None
    ) -> ScreeningView:
        """Wait until a run ends; `tell` sees how far it is whenever that changes."""
        seen: list[ScreeningView] = []

        def look() -> ScreeningView | None:
            view = self._get(ScreeningView, f"/screenings/{screening_id}")
            if view not in seen:
                seen.append(view)
                tell(view)
            return view if view.state in (ScreeningState.DONE, ScreeningState.FAILED) else None

        return wait_for("the end of the screening", look)

    def verdicts(self, screening_id: UUID, **query: Any) -> tuple[VerdictView, ...]:
        """See a page of verdicts."""
        return self._get(VerdictsView, f"/screenings/{screening_id}/verdicts", **query).verdicts

    def explain(self, screening_id: UUID, unit_no: str) -> ExplanationView:
        """See why."""
        return self._get(ExplanationView, f"/screenings/{screening_id}/verdicts/{unit_no}")

    def make_batch(self, screening_id: UUID, **chosen: Any) -> BatchView:
        """稳岗返还批量核定: freeze a batch of the units chosen by region, size or amount."""
        return self._post(BatchView, "/batches", screening_id=str(screening_id), filter=chosen)

    def batches(self) -> tuple[BatchView, ...]:
        """See the latest batches."""
        return self._get(BatchesView, "/batches").batches

    def wait_for_batch(self, batch_id: UUID, *states: BatchState) -> BatchView:
        """Wait until a batch is in one of these states; RuntimeError when it was sent back instead."""

        def look() -> BatchView | None:
            view = self._get(BatchView, f"/batches/{batch_id}")
            if view.state is BatchState.RETURNED and view.state not in states:
                raise RuntimeError(f"batch {view.number} was sent back: {view.reason}")
            return view if view.state in states else None

        return wait_for(f"batch {' or '.join(states)}", look)

    def batch_items(self, batch_id: UUID, **query: Any) -> BatchItemsView:
        """See the first lines of a batch."""
        return self._get(BatchItemsView, f"/batches/{batch_id}/items", **query)

    def approve(self, batch: BatchView) -> BatchView:
        """复核: approve exactly what was looked at."""
        path = f"/batches/{batch.batch_id}/approval"
        return self._post(BatchView, path, count=batch.count, amount=batch.amount, digest=batch.digest)

    def publish_notice(self, batch_id: UUID) -> NoticeView:
        """公示."""
        return self._post(NoticeView, "/notices", batch_id=str(batch_id))

    def enter_maintenance(
        self, *, credit_code: str, unit_no: str, unit_name: str, handler_name: str, handler_phone: str
    ) -> MaintenanceView:
        """统一社会信用代码维护 at the counter."""
        return self._post(
            MaintenanceView,
            "/maintenances",
            credit_code=credit_code,
            unit_no=unit_no,
            unit_name=unit_name,
            handler_name=handler_name,
            handler_phone=handler_phone,
        )
