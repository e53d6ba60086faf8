"""An employer that comes with a certificate or a password, and what is left of it: for tests of accounts."""

from datetime import timedelta
from uuid import UUID

from services.chassis.sealing import unseal
from services.contracts.identity.accounts import GetEmployer
from services.contracts.identity.verification import SecurityNoticeDue
from services.contracts.values import Actor, ActorKind, Post
from services.identity.accounts import steps
from services.identity.audit.store import audit_entries
from services.identity.certificates.domain import Certified
from tests.people import CODE, clerk
from tests.services.portal import UNIT_NAME

OTHER_CODE, OTHER_UNIT = "91410100MA9K5T3R8R", "410181000328"
NEW_PHONE, NEW_PASSWORD = "13900000002", "Huang-He-2024"
MINUTE = timedelta(minutes=1)
WITH_CERTIFICATE = Actor(
    id=f"employer:{CODE}", kind=ActorKind.EMPLOYER, name="张敏", employer=CODE, certificate=True
)
CERTIFICATE_FREE = WITH_CERTIFICATE.model_copy(update={"certificate": False})
FAR_CLERK = clerk(Post.RECEPTION, region="410200")


def certified(credit_code: str = CODE, unit_name: str = UNIT_NAME) -> Certified:
    return Certified(
        credit_code=credit_code,
        unit_name=unit_name,
        authority_id=UUID(int=7),
        serial="0a1b",
        algorithm="sm2",
    )


def come(portal, agreement="2023-01", **other):
    return portal.step(steps.come_with_certificate, certified(**other), agreement)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def acts(world) -> list[str]:
    return [row.act for row in world.rows("identity", audit_entries)]


def last_line(world):
    return world.rows("identity", audit_entries)[-1]


def notices(world) -> list[tuple[str, str, dict]]:
    due = world.published(SecurityNoticeDue)
    return [(unseal(notice.phone), notice.template, notice.facts) for notice in due]


def get(world, by, employer=None):
    return world.ask(GetEmployer(employer=employer), by=by)
