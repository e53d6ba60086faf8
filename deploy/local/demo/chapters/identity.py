"""Everybody's door: persons, credit-code maintenance, registration, certificate-free and by UK, clerks."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from deploy.local.demo.doors import Administrator, Auditor, Person, Reception, Uk, UkHolder
from deploy.local.demo.people import Employer
from deploy.local.demo.telling import Differs, expect, expect_refused, heading, tell
from deploy.local.demo.visitor import SaidNo, wait_for
from deploy.local.house import House
from deploy.local.sample.bring_in import CLERK_PASSWORD, COUNTY, RECEPTION
from deploy.local.sample.codes import citizen_id
from deploy.local.sample.showcase import THE_EMPLOYER, showcase
from deploy.local.sample.units import Unit
from deploy.local.uk.provision import KINDS, UK_PIN, uk_units
from services.contracts.identity.audit import Act
from services.contracts.identity.credit_codes import MaintenanceState

YEAR = 2023
ID_NUMBER = citizen_id(region="410181", born="19900307", order=105)
PERSON_PHONE, PERSON_PASSWORD = "13603710001", "Huang-He-2023"
PASSWORD = "Luo-River-2023"
NEW_HANDLER, NEW_PHONE = "周静", "13603710002"
NEW_CLERK, CLERKS_OWN_PASSWORD = "gao.reception", "Shao-Lin-2023"
NO_SESSION = 401
TOKEN_LIVES = 60  # seconds: how long a session is good without asking identity


def play(house: House) -> None:
    """Play chapter one of the manual step by step, then the doors beyond it."""
    url = house.gateway_url
    units = {shown.unit.unit_no: shown.unit for shown in showcase(YEAR)}
    unit = units[THE_EMPLOYER]
    person = register_person(url)
    maintain(url, person, unit)
    employer = register_employer(url, unit)
    certificate_free(employer)
    administrator = Administrator(url)
    administrator.sign_in("admin", CLERK_PASSWORD)
    by_certificate(house, administrator)
    look_after_clerks(url, administrator)
    audit(url)


# ---- 1 to 4: the manual's chapter one


def register_person(url: str) -> Person:
    """个人网厅注册和登录."""
    heading("1  个人网厅 Personal portal: register with the id number, sign in")
    person = Person(url, id_number=ID_NUMBER, full_name="王喆", phone=PERSON_PHONE)
    person.register(PERSON_PASSWORD)
    tell("✓ registered, with a code on the phone")
    expect_refused("a wrong password", "sign_in_failed", person.sign_in, "Huang-He-2022")
    person.sign_in(PERSON_PASSWORD)
    shown = person.account()
    expect("the id number is shown masked", shown.id_number_masked, f"410***********{ID_NUMBER[-4:]}")
    return person


def maintain(url: str, person: Person, unit: Unit) -> None:
    """维护统一社会信用代码: declared by the person, refused once with a reason, then accepted."""
    heading("2  信用代码维护 Maintenance: declared by the person, decided by the reception post")
    reception = Reception(url)
    reception.sign_in(RECEPTION, CLERK_PASSWORD)
    facts = {
        "credit_code": unit.credit_code,
        "unit_no": unit.unit_no,
        "unit_name": unit.name,
        "handler_name": unit.contact,
        "handler_phone": unit.phone,
    }
    wrong = person.declare(**{**facts, "unit_name": "巩义市恒远公司"})
    expect("the declaration waits", [one.unit_name for one in reception.waiting()], [wrong.unit_name])
    expect_refused("a second one meanwhile", "maintenance_pending", lambda: person.declare(**facts))
    reception.refuse(wrong.maintenance_id, "单位名称与参保登记不一致")
    [seen] = person.maintenances()
    expect("the person reads why", seen.reason, "单位名称与参保登记不一致")
    expect("nothing of it counts", seen.state, MaintenanceState.REFUSED)
    right = person.declare(**facts)
    expect("accepted", reception.accept(right.maintenance_id).state, MaintenanceState.ACCEPTED)
    again = person.declare(**facts)
    expect("the second of the day", reception.accept(again.maintenance_id).state, MaintenanceState.ACCEPTED)
    expect_refused("a third that day", "maintenance_limit_day", lambda: person.declare(**facts))


def register_employer(url: str, unit: Unit) -> Employer:
    """开通单位网上服务: what is typed must equal the latest maintenance."""
    heading("3  开通单位网上服务 Registration: against the latest accepted maintenance")
    known = {"credit_code": unit.credit_code, "unit_name": unit.name}
    stranger = Employer(url, **known, phone="13900000009")
    expect_refused("another phone", "registration_mismatch", stranger.register)
    employer = Employer(url, **known, phone=unit.phone)
    employer.register()
    tell("✓ the online service is open")
    expect_refused("once more", "already_registered", employer.register)
    return employer


def certificate_free(employer: Employer) -> None:
    """免数字证书登录: 单位管理员注册 at the first time, then password and a code from a new device."""
    heading("4  免数字证书登录 Without a certificate: the administrator registers, then signs in")
    employer.become_administrator(PASSWORD)
    tell("✓ 单位管理员注册: straight to the home page")
    employer.sign_out()
    other_browser = UkHolder(
        employer.api.removesuffix("/api/v1"),
        credit_code=employer.credit_code,
        unit_name=employer.unit_name,
        phone=employer.phone,
    )
    other_browser.sign_in(PASSWORD)
    tell("✓ from another browser: password, picture, and a code by SMS")
    expect("signed in without a certificate", [one.certificate for one in other_browser.sessions()], [False])
    no = expect_refused(
        "经办人变更 without a certificate",
        "business_other_way",
        other_browser.change_handler,
        NEW_HANDLER,
        NEW_PHONE,
    )
    expect("the refusal names what is needed", no.facts["ways"], ["certificate", "hall"])


# ---- by UK


def by_certificate(house: House, administrator: Administrator) -> None:
    """数字证书登录 with each kind of UK; what needs the certificate is done with it."""
    heading("5  数字证书登录 With a certificate: RSA, P-256 and SM2")
    tell(f"✓ {len(administrator.wait_for_lists())} CAs are trusted, their lists of what is revoked are fresh")
    holders = {}
    for algorithm, unit in uk_units().items():
        uk = Uk(house.environment["GATEWAY_UK_AGENT_URL"], origin=house.gateway_url, holder=unit.name)
        holder = UkHolder(
            house.gateway_url, credit_code=unit.credit_code, unit_name=unit.name, phone=unit.phone
        )
        enter(holder, uk, KINDS[algorithm])
        holders[algorithm] = (holder, uk)
    holder, uk = holders["sm2"]
    refuse_what_is_wrong(holder, uk)
    changed = holder.change_handler(NEW_HANDLER, NEW_PHONE)
    expect("经办人变更", (changed.handler_name, changed.handler_phone_masked), (NEW_HANDLER, "136****0002"))


def enter(holder: UkHolder, uk: Uk, kind: str) -> None:
    """The first sign-in opens the account, once the agreement is ticked; the same proof serves then."""
    proof = holder.sign_challenge(uk, UK_PIN)
    expect_refused(
        f"{kind}: the first time without the agreement",
        "agreement_missing",
        partial(holder.enter, proof, agree=False),
    )
    holder.enter(proof)
    account = holder.account()
    expect(f"{kind}: the account is open", account.credit_code, holder.credit_code)
    expect(f"{kind}: signed in by certificate", [one.certificate for one in holder.sessions()], [True])


def refuse_what_is_wrong(holder: UkHolder, uk: Uk) -> None:
    """A signature is good once, and only for the text that was asked for."""
    used = holder.sign_challenge(uk, UK_PIN)
    holder.enter(used)
    expect_refused("the same signature again", "challenge_expired", holder.enter, used)
    fresh = holder.sign_challenge(uk, UK_PIN)
    expect_refused(
        "an old signature on a new challenge",
        "signature_invalid",
        holder.enter,
        {**fresh, "signature": used["signature"]},
    )
    holder.enter(holder.sign_challenge(uk, UK_PIN, form="p1"))
    tell("✓ a bare signature of older middleware with its certificate")


# ---- clerks


def look_after_clerks(url: str, administrator: Administrator) -> None:
    """An administrator makes a clerk; a disabled one is out everywhere within a minute."""
    heading("6  人员 Clerks: made by an administrator, a second factor, out within a minute")
    new = administrator.add_clerk(account=NEW_CLERK, full_name="高洁", posts=["reception"], region=COUNTY)
    clerk = Reception(url)
    clerk.enrol(NEW_CLERK, new.initial_password, CLERKS_OWN_PASSWORD)
    expect("the new clerk works", clerk.waiting(), ())
    elsewhere = partial(clerk.enter_maintenance, credit_code="91410181170508042W", unit_no="410102000501")
    expect_refused(
        "a unit of another region",
        "not_your_region",
        partial(elsewhere, unit_name="郑州", handler_name="李四", handler_phone="13900000009"),
    )
    administrator.disable_clerk(NEW_CLERK)
    began = time.monotonic()
    for service, ask in (("subsidy", clerk.look_up_unit), ("identity", clerk.waiting)):
        wait_for(f"the end of the clerk's session at {service}", partial(is_out, ask))
        took = time.monotonic() - began
        if took > TOKEN_LIVES:
            raise Differs(f"a disabled clerk was in at {service} for {took:.0f} s")
        tell(f"✓ disabled: out at {service} after {took:.0f} s")


def is_out(ask: Callable[[], Any]) -> bool | None:
    """Ask; True when there is no session any more, None when there is an answer, or another refusal."""
    try:
        ask()
    except SaidNo as no:
        return no.status == NO_SESSION or None
    return None


# ---- the trail


def audit(url: str) -> None:
    """The auditor reads all of it, and can change nothing."""
    heading("7  审计 Audit: every sign-in, failure and change")
    auditor = Auditor(url)
    auditor.sign_in("auditor", CLERK_PASSWORD)
    trail = auditor.trail()
    acts = {entry.act for entry in trail}
    wanted = {
        *(Act.PERSON_REGISTERED, Act.SIGN_IN_FAILED, Act.SIGNED_IN, Act.MAINTENANCE_REFUSED),
        *(Act.MAINTENANCE_ACCEPTED, Act.EMPLOYER_REGISTERED, Act.ADMINISTRATOR_REGISTERED),
        *(Act.CERTIFICATE_BOUND, Act.CERTIFICATE_REFUSED, Act.HANDLER_CHANGED, Act.CLERK_ADDED),
        *(Act.CLERK_ENROLLED, Act.CLERK_DISABLED),
    }
    expect("acts that are missing in the trail", sorted(wanted - acts), [])
    plain = [entry.seq for entry in trail if ID_NUMBER in str(entry) or PERSON_PHONE in str(entry)]
    expect("lines with a plain id number or phone", plain, [])
    expect("found by the id number", bool(auditor.trail(subject=ID_NUMBER)), True)
    disable = partial(auditor._ask, "POST", "/clerks/admin/disabling", json={})
    expect_refused("the auditor disables somebody", "post_required", disable)
