"""The parameters of policies on screens: what each means, and in which unit people read and type it."""

import re
from enum import StrEnum
from typing import NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from gateway.formats import count, money, percent
from gateway.forms import InvalidForm
from services.contracts.subsidy.policy import PolicyBody

LARGEST = 2**31 - 1  # what a message carries


class Unit(StrEnum):
    """In what a parameter is counted. Percent is kept as basis points, yuan as fen."""

    PERCENT = "percent"
    PEOPLE = "people"
    MONTHS = "months"
    YUAN = "yuan"
    NUMBER = "number"


class Parameter(NamedTuple):
    """What a parameter means."""

    words: object
    unit: Unit


PARAMETERS = {
    "min_months": Parameter(_l("最少足额缴费月数"), Unit.MONTHS),
    "max_layoff_rate": Parameter(_l("裁员率上限"), Unit.PERCENT),
    "max_layoff_rate_few": Parameter(_l("裁员率上限（小规模单位）"), Unit.PERCENT),
    "few_people": Parameter(_l("小规模单位的参保人数上限"), Unit.PEOPLE),
    "max_headcount_drop": Parameter(_l("参保人数下降上限"), Unit.PERCENT),
    "ratio_large": Parameter(_l("返还比例：大型企业"), Unit.PERCENT),
    "ratio_other": Parameter(_l("返还比例：中小微企业和参照单位"), Unit.PERCENT),
    "ratio_medium": Parameter(_l("返还比例：中型企业"), Unit.PERCENT),
    "ratio_small": Parameter(_l("返还比例：小微企业"), Unit.PERCENT),
    "layoff_limit": Parameter(_l("裁员率上限"), Unit.PERCENT),
}
UNIT_WORDS = {
    Unit.PERCENT: _l("百分比"),
    Unit.PEOPLE: _l("人"),
    Unit.MONTHS: _l("个月"),
    Unit.YUAN: _l("元"),
    Unit.NUMBER: _l("数值"),
}
_PARTS = {Unit.PERCENT: 2, Unit.YUAN: 2}  # decimals


def words_of(name: str) -> str:
    """Return what a parameter means; one without words here is named as such."""
    known = PARAMETERS.get(name)
    return str(known.words) if known else gettext("其他参数 %(name)s", name=name)


def unit_of(name: str) -> Unit:
    """Return the unit of a parameter; of an unknown one by the custom of the policies: rates and ratios."""
    if name in PARAMETERS:
        return PARAMETERS[name].unit
    return Unit.PERCENT if re.search(r"(^|_)(rate|ratio)(_|$)", name) else Unit.NUMBER


def unit_words(name: str) -> str:
    """Return the unit in which a parameter is typed."""
    return str(UNIT_WORDS[unit_of(name)])


def shown(name: str, value: int) -> str:
    """Return a value with its unit: max_layoff_rate 550 → 5.5%, few_people 30 → 30 人."""
    match unit_of(name):
        case Unit.PERCENT:
            return percent(value)
        case Unit.YUAN:
            return gettext("%(n)s 元", n=money(value))
        case Unit.PEOPLE:
            return gettext("%(n)s 人", n=count(value))
        case Unit.MONTHS:
            return gettext("%(n)s 个月", n=count(value))
    return count(value)


def plain(name: str, value: int) -> str:
    """Return a value as it is typed: max_layoff_rate 550 → 5.5."""
    decimals = _PARTS.get(unit_of(name), 0)
    if not decimals:
        return str(value)
    whole, part = divmod(value, 10**decimals)
    return f"{whole}.{part:0{decimals}}".rstrip("0").rstrip(".")


def read(name: str, text: str, field: str) -> int:
    """Read what was typed for a parameter: "5.5" (or "5.5%") → 550. InvalidForm names the field."""
    decimals = _PARTS.get(unit_of(name), 0)
    given = text.strip().removesuffix("%").strip().replace(",", "")
    found = re.fullmatch(r"(\d{1,10})(?:\.(\d{1,2}))?", given, re.ASCII)
    if not found or (found[2] and not decimals):
        raise InvalidForm([field])
    value = int(found[1]) * 10**decimals + int((found[2] or "").ljust(decimals, "0") or "0")
    if value > LARGEST:
        raise InvalidForm([field])
    return value


def every_name(body: PolicyBody) -> list[str]:
    """Return the parameters of a draft in the order in which they are shown: the known ones first."""
    known = [name for name in PARAMETERS if name in body.parameters]
    return known + sorted(set(body.parameters) - set(known))
