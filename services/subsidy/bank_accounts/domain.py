"""The rules of 单位银行账户变更. Pure."""

from services.contracts.errors import Forbidden, Refused
from services.contracts.values import Actor, ActorKind, CreditCode, Post
from services.subsidy.confirmation.domain import require_counter
from services.subsidy.registry.domain import Unit

_BRACKETS = str.maketrans("（）［］〔〕【】", "()[]()[]")


def require_owner(*, actor: Actor, employer: CreditCode | None) -> CreditCode:
    """Return whose accounts are meant: the employer's that acts, or at the counter those of the named one."""
    if actor.kind is ActorKind.CLERK:
        return require_counter(actor=actor, employer=employer)
    return actor.require_employer()


def may_deal_with(*, unit: Unit, actor: Actor) -> bool:
    """Is this unit within the region of the counter? (An employer deals with all of its own.)"""
    return actor.kind is not ActorKind.CLERK or actor.covers(unit.region)


def require_unit(*, unit: Unit | None, actor: Actor) -> Unit:
    """Return a unit of the employer; refuse one that is not, in the same words as one that does not exist."""
    if unit is None:
        raise Forbidden("not_your_unit", "this unit does not belong to this employer")
    if not may_deal_with(unit=unit, actor=actor):
        actor.require_post(Post.RECEPTION, region=unit.region)
    return unit


def require_own_name(*, account_name: str, unit: Unit) -> None:
    """Money does not go to a stranger's account: its name is the unit's, up to bracket width and blanks."""
    if _plain(account_name) != _plain(unit.unit_name):
        raise Refused(
            "account_name_differs", "the account has another name than the unit", unit_name=unit.unit_name
        )


def one_line(text: str) -> str:
    """Return a text with single blanks, as it is kept and printed."""
    return " ".join(text.split())


def _plain(name: str) -> str:
    return "".join(name.split()).translate(_BRACKETS)
