"""Who comes in by the other doors: persons, employers with a UK, those who look after clerks."""

from typing import Any
from uuid import UUID

import requests

from deploy.local.demo.people import Clerk, Employer
from deploy.local.demo.visitor import Visitor, wait_for
from services.contracts.identity.accounts import EmployerView
from services.contracts.identity.audit import AuditEntriesView, AuditEntryView
from services.contracts.identity.certificates import AuthoritiesView, AuthorityView, ChallengeView, Freshness
from services.contracts.identity.clerks import ClerkView, NewClerkView
from services.contracts.identity.credit_codes import MaintenancesView, MaintenanceView
from services.contracts.identity.persons import PersonView
from services.contracts.identity.sessions import SessionsView, SignInRecordView
from services.contracts.subsidy.bank_accounts import BankAccountsView, BankAccountView
from services.contracts.subsidy.registry import UnitView

PERSONS_AGREEMENT, EMPLOYERS_AGREEMENT = "2023-01", "2023-01"


class Person(Visitor):
    """Somebody on the personal portal (个人网厅)."""

    def __init__(self, gateway_url: str, *, id_number: str, full_name: str, phone: str) -> None:
        super().__init__(gateway_url)
        self.id_number, self.full_name, self.phone = id_number, full_name, phone

    def register(self, password: str) -> None:
        """注册: a code on the phone, then the account."""
        known = {sms.sms_id for sms in self.outbox_sms(self.phone)}
        who = {"id_number": self.id_number, "phone": self.phone}
        self._ask("POST", "/persons/sms-codes", json={**who, "purpose": "register_person"})
        code = self.code_on(self.phone, known)
        rest = {"full_name": self.full_name, "password": password, "sms_code": code}
        self._ask("POST", "/persons", json={**who, **rest, "agreement": PERSONS_AGREEMENT})

    def sign_in(self, password: str) -> None:
        """Sign in with the id number; from a new device with a code by SMS."""
        self._sign_in("person", phone=self.phone, id_number=self.id_number, password=password)

    def account(self) -> PersonView:
        """See the own account."""
        return self._get(PersonView, "/persons/current")

    def declare(self, **maintenance: str) -> MaintenanceView:
        """维护申报."""
        return self._post(MaintenanceView, "/maintenances/declaration", **maintenance)

    def maintenances(self) -> tuple[MaintenanceView, ...]:
        """See what became of the own declarations."""
        return self._get(MaintenancesView, "/maintenances").maintenances


class Reception(Clerk):
    """The reception post at its queue."""

    def waiting(self) -> tuple[MaintenanceView, ...]:
        """See what persons have declared."""
        return self._get(MaintenancesView, "/maintenances", state="declared").maintenances

    def look_up_unit(self, unit_no: str = "410181000327") -> UnitView:
        """See what the registry says of a unit."""
        return self._get(UnitView, f"/units/{unit_no}")

    def accept(self, maintenance_id: UUID) -> MaintenanceView:
        """受理通过."""
        return self._post(MaintenanceView, f"/maintenances/{maintenance_id}/acceptance")

    def refuse(self, maintenance_id: UUID, reason: str) -> MaintenanceView:
        """不予受理."""
        return self._post(MaintenanceView, f"/maintenances/{maintenance_id}/refusal", reason=reason)


class Administrator(Clerk):
    """Looks after clerks and authorities."""

    def add_clerk(self, **clerk: Any) -> NewClerkView:
        """Make an account."""
        return self._post(NewClerkView, "/clerks", **clerk)

    def disable_clerk(self, account: str) -> ClerkView:
        """Let nobody in with this account any more."""
        return self._post(ClerkView, f"/clerks/{account}/disabling")

    def authorities(self) -> tuple[AuthorityView, ...]:
        """See who is trusted."""
        return self._get(AuthoritiesView, "/authorities").authorities

    def wait_for_lists(self) -> tuple[AuthorityView, ...]:
        """Wait until the word of each CA on what it has revoked has come: a moment after a house is open."""

        def look() -> tuple[AuthorityView, ...] | None:
            seen = self.authorities()
            return seen if all(one.freshness is Freshness.FRESH for one in seen) else None

        return wait_for("the lists of the CAs", look)


class Auditor(Clerk):
    """Reads all, changes nothing."""

    def trail(self, **query: Any) -> tuple[AuditEntryView, ...]:
        """Read the latest lines of the audit trail."""
        return self._get(AuditEntriesView, "/audit-entries", limit=1000, **query).entries


class UkHolder(Employer):
    """An employer with a UK in its machine."""

    def sign_challenge(self, uk: "Uk", pin: str, *, form: str = "cms") -> dict[str, Any]:
        """Ask for a challenge and let the UK sign it; return the proof as the API takes it."""
        challenge = self._post(ChallengeView, "/certificate-challenges")
        signature = uk.sign(challenge.text, pin, form=form)
        return {"challenge_id": str(challenge.challenge_id), "form": form, **signature}

    def enter(self, proof: dict[str, Any], *, agree: bool = True) -> None:
        """数字证书登录; the first time it opens the account."""
        agreement = {"agreement": EMPLOYERS_AGREEMENT} if agree else {}
        self._ask("POST", "/sessions/certificate", json={**proof, **agreement})

    def sign_in_with(self, uk: "Uk", pin: str) -> None:
        """Sign in with the UK."""
        self.enter(self.sign_challenge(uk, pin))

    def account(self) -> EmployerView:
        """See the own account."""
        return self._get(EmployerView, "/employers/current")

    def change_handler(self, handler_name: str, phone: str) -> EmployerView:
        """经办人变更, with a code on the new phone."""
        known = {sms.sms_id for sms in self.outbox_sms(phone)}
        asked = {"purpose": "change_handler", "credit_code": self.credit_code, "phone": phone}
        self._ask("POST", "/sms-codes", json=asked)
        code = self.code_on(phone, known)
        body = {"handler_name": handler_name, "phone": phone, "sms_code": code}
        return self._post(EmployerView, "/employers/current/handler", **body)

    def bank_accounts(self) -> tuple[BankAccountView, ...]:
        """See where the money goes."""
        return self._get(BankAccountsView, "/bank-accounts").accounts

    def change_bank_account(self, unit_no: str, **account: str) -> BankAccountView:
        """单位银行账户变更."""
        return self._post(BankAccountView, f"/bank-accounts/{unit_no}", **account)

    def sessions(self) -> tuple[SignInRecordView, ...]:
        """See where one is signed in."""
        return self._get(SessionsView, "/sessions").sessions


class Uk:
    """A UK behind the local agent, as a page of the portal speaks to it."""

    def __init__(self, agent_url: str, *, origin: str, holder: str) -> None:
        self._url, self._origin = agent_url, origin
        self.certificate = self._certificate_of(holder)

    def sign(self, text: str, pin: str, *, form: str) -> dict[str, str]:
        """Return the signature (and the certificate beside a bare one); RuntimeError when the UK says no."""
        self._ask("SOF_Login", CertID=self.certificate, PassWd=pin)
        method = "SOF_SignDataByP7" if form == "cms" else "SOF_SignData"
        signed = {"signature": self._ask(method, CertID=self.certificate, InData=text)}
        if form == "p1":
            signed["certificate"] = self._ask("SOF_ExportUserCert", CertID=self.certificate)
        return signed

    def _certificate_of(self, holder: str) -> str:
        for entry in self._ask("SOF_GetUserList").split("&&&"):
            name, _, certificate = entry.partition("||")
            if holder in name:
                return certificate
        raise RuntimeError(f"no certificate of {holder} in any UK")

    def _ask(self, method: str, **parameters: str) -> str:
        headers = {"Origin": self._origin}
        answer = requests.post(f"{self._url}/{method}", json=parameters, headers=headers, timeout=30)
        said = answer.json()
        if said.get("retVal") is None or "error" in said:
            raise RuntimeError(f"{method}: {said.get('error', answer.status_code)}")
        return str(said["retVal"])
