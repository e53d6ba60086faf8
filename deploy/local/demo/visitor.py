"""Anybody at the door of the gateway: what needs no account, and how the others get in."""

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import requests

from services.contracts.archive import SlipCheckView
from services.contracts.base import View
from services.contracts.identity.sessions import Factor, SecondStepView
from services.contracts.identity.verification import PictureCodeView
from services.contracts.notify import OutboxSmsPageView, OutboxSmsView
from services.contracts.subsidy.notice import NoticeLinesView, NoticesView, NoticeView
from services.contracts.subsidy.policy import PoliciesView, PolicyView

PATIENCE = 180  # seconds: longer than anything takes on a slow machine
AWAY, TRIES = 503, 6
ASKED_FOR_MORE = 202
UNTIL_ANOTHER_CODE = 5.0  # seconds: an authenticator shows another one every 30

V = TypeVar("V", bound=View)
T = TypeVar("T")


class SaidNo(Exception):
    """The gateway answered with a problem."""

    def __init__(self, status: int, code: str, facts: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}: {facts.get('title', '')} {facts.get('detail', '')}".strip())
        self.status, self.code, self.facts = status, code, facts


def wait_for(what: str, look: Callable[[], T | None], *, seconds: float = PATIENCE, pause: float = 0.2) -> T:
    """Look again and again until there is something; TimeoutError names what did not come."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(pause)
    return found


class Visitor:
    """Anybody at the door of the gateway."""

    def __init__(self, gateway_url: str) -> None:
        self.api = f"{gateway_url.rstrip('/')}/api/v1"
        self.http = requests.Session()

    def notices(self) -> tuple[NoticeView, ...]:
        """Read what is published."""
        return self._get(NoticesView, "/notices").notices

    def notice_lines(self, notice: NoticeView) -> NoticeLinesView:
        """Read the first page of a notice."""
        return self._get(NoticeLinesView, f"/notices/{notice.notice_id}/lines")

    def check_slip(self, number: str, check_code: str) -> SlipCheckView:
        """Verify a slip."""
        return self._get(SlipCheckView, "/slip-check", number=number, check_code=check_code)

    def outbox_sms(self, phone: str) -> tuple[OutboxSmsView, ...]:
        """Read the development outbox: what the phone got, the latest first."""
        return self._get(OutboxSmsPageView, "/outbox-sms", phone=phone).messages

    def policies(self) -> tuple[PolicyView, ...]:
        """Read the policies in force, the latest programme first."""
        return self._get(PoliciesView, "/policies").policies

    def policy(self, year: int) -> PolicyView:
        """Read the policy in force of a programme."""
        return self._get(PolicyView, f"/policies/{year}")

    def sign_out(self) -> None:
        """End the session."""
        self._ask("DELETE", "/sessions/current")

    def code_on(self, phone: str, known: set[UUID]) -> str:
        """Return the code in a message on a phone that is not among the known ones."""

        def look() -> str | None:
            for sms in self.outbox_sms(phone):
                if sms.sms_id not in known and (code := re.search(r"验证码(\d{6})", sms.text)):
                    return code[1]
            return None

        return wait_for(f"the code on {phone}", look)

    def _sign_in(self, door: str, *, phone: str = "", **who: str) -> None:
        """Sign in, by the second step where it is asked for: a code on the phone, or of the authenticator,
        which development tells. There is one SMS a minute, and a code is good once: wait for the next."""
        while wait := self._try_to_sign_in(door, phone, **who):
            time.sleep(wait)

    def _try_to_sign_in(self, door: str, phone: str, **who: str) -> float:
        """Return 0 when it is done, else after how many seconds to try again."""
        known = {sms.sms_id for sms in self.outbox_sms(phone)} if phone else set()
        try:
            step = self._begin_to_sign_in(door, **who)
        except SaidNo as no:
            if no.code != "sms_too_soon":
                raise
            return float(no.facts["seconds_left"])
        if step is None:
            return 0
        code = self.code_on(phone, known) if step.factor is Factor.SMS else step.answer
        if code is None:
            return UNTIL_ANOTHER_CODE
        body = {"sign_in_id": str(step.sign_in_id), "code": code}
        self._ask("POST", "/sessions/second-step", json=body)
        return 0

    def _begin_to_sign_in(self, door: str, **who: str) -> SecondStepView | None:
        """The first step; None: nothing more is asked for."""
        answer = self._ask("POST", f"/sessions/{door}", json={**who, **self._read_picture()})
        return SecondStepView.model_validate(answer.json()) if answer.status_code == ASKED_FOR_MORE else None

    def _read_picture(self) -> dict[str, str]:
        """Read a picture code: development tells it."""
        picture = self._post(PictureCodeView, "/picture-codes")
        if picture.answer is None:
            raise RuntimeError("only a house in development tells its picture codes")
        return {"picture_id": str(picture.picture_id), "picture_code": picture.answer}

    def _get(self, view: type[V], path: str, **query: Any) -> V:
        return view.model_validate(self._ask("GET", path, params=query).json())

    def _post(self, view: type[V], path: str, **body: Any) -> V:
        return view.model_validate(self._ask("POST", path, json=body).json())

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask; while a service is away, ask the same thing again: its key makes that safe."""
        headers = {"Idempotency-Key": str(uuid4()), **options.pop("headers", {})}
        for _ in range(TRIES):
            if "data" in options:
                options["data"].seek(0)
            answer = self.http.request(method, self.api + path, timeout=PATIENCE, headers=headers, **options)
            if answer.status_code != AWAY:
                break
        if answer.ok:
            return answer
        is_problem = "json" in answer.headers.get("Content-Type", "")
        facts = answer.json() if is_problem else {"title": answer.text[:300]}
        raise SaidNo(answer.status_code, facts.get("code", "no_problem_document"), facts)
