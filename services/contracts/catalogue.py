"""The catalogue of business: what there is to do, and who may start it by which way.

Data, enforced by the service that owns the business: `catalogue.require(actor, "handler_change")`.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from services.contracts.errors import Refused
from services.contracts.values import Actor, ActorKind, Post


class Way(StrEnum):
    """How somebody stands before us."""

    CERTIFICATE = "certificate"
    CERTIFICATE_FREE = "certificate_free"
    HALL = "hall"


class Business(BaseModel):
    """One business. `instant`: finished at once (即时办结), else a clerk approves it."""

    model_config = ConfigDict(frozen=True)
    code: str
    zh: str
    en: str
    ways: frozenset[Way]
    instant: bool


_ALL = frozenset(Way)
_NEVER_CERTIFICATE_FREE = frozenset({Way.CERTIFICATE, Way.HALL})

# The manual (1.2.3): 使用免数字证书登录办理业务有限制，仅可办理普通稳岗返还申报，应急稳岗返还申报，
# 单位缓交登记申报业务. The confirmation is a step of the ordinary refund.
CATALOGUE = {
    business.code: business
    for business in (
        Business(
            code="refund_confirmation",
            zh="享受稳岗返还信息确认",
            en="Confirmation of the job-retention refund",
            ways=_ALL,
            instant=True,
        ),
        Business(
            code="ordinary_refund",
            zh="普通稳岗返还申报",
            en="Declaration for the ordinary refund",
            ways=_ALL,
            instant=False,
        ),
        Business(
            code="emergency_refund",
            zh="应急稳岗返还申报",
            en="Declaration for the emergency refund",
            ways=_ALL,
            instant=False,
        ),
        Business(
            code="contribution_deferral",
            zh="单位缓交登记申报",
            en="Deferral of contributions",
            ways=_ALL,
            instant=False,
        ),
        Business(
            code="bank_account_change",
            zh="单位银行账户变更",
            en="Change of the bank account",
            ways=_NEVER_CERTIFICATE_FREE,
            instant=True,
        ),
        Business(
            code="handler_change",
            zh="经办人变更",
            en="Change of the handler",
            ways=_NEVER_CERTIFICATE_FREE,
            instant=True,
        ),
    )
}


def way_of(actor: Actor) -> Way | None:
    """Return how somebody stands before us; None: neither an employer nor the reception post."""
    if actor.kind is ActorKind.EMPLOYER:
        return Way.CERTIFICATE if actor.certificate else Way.CERTIFICATE_FREE
    return Way.HALL if actor.kind is ActorKind.CLERK and Post.RECEPTION in actor.posts else None


def require(actor: Actor, code: str) -> None:
    """Refuse a business that cannot be started this way, and say by which ways it can."""
    business = CATALOGUE[code]
    if way_of(actor) not in business.ways:
        raise Refused(
            "business_other_way",
            f"{code} needs another way",
            business=code,
            business_zh=business.zh,
            business_en=business.en,
            ways=sorted(business.ways),
        )
