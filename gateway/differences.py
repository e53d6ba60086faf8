"""What differs between two policies, as people read it: where, before, after."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from gateway import expressions, parameters
from gateway.labels import CRITERIA
from services.contracts.subsidy.policy import DifferenceView

_PLACES = {
    "base_year": _l("基准年度"),
    "title_zh": _l("名称（中文）"),
    "title_en": _l("名称（英文）"),
    "documents": _l("依据文件"),
    "deadline": _l("确认期限"),
    "parameters": _l("参数"),
    "region_overrides": _l("地区参数"),
    "layoff_rate": _l("裁员率算法"),
    "ratio": _l("返还比例算法"),
    "amount": _l("返还金额算法"),
    "criteria": _l("条件"),
    "statement_title": _l("政策说明标题"),
    "statement_sections": _l("政策说明"),
    "programme_year": _l("业务年度"),
    "version": _l("版本"),
}
_OF_CRITERIA = {
    "code": _l("条件代码"),
    "bit": _l("条件序号"),
    "clause": _l("依据条款"),
    "expression": _l("判断式"),
    "zh": _l("说明（中文）"),
    "en": _l("说明（英文）"),
}
_OF_SECTIONS = {"heading": _l("小标题"), "paragraphs": _l("段落")}
_RULES = ("layoff_rate", "ratio", "amount")


class Difference(NamedTuple):
    """One line: `path` as the service names it, for those who look at the data."""

    path: str
    where: str
    before: str
    after: str


def read(view: DifferenceView, before: Mapping[str, int], after: Mapping[str, int]) -> Difference:
    """Return a difference in words; `before`, `after`: the parameters of both sides, for expressions."""
    path = [part for part in view.path.split(".") if part] or [view.path]
    return Difference(
        path=view.path,
        where=_where(path),
        before=_value(path, view.before, before),
        after=_value(path, view.after, after),
    )


def _where(path: list[str]) -> str:
    head, rest = path[0], path[1:]
    words = [str(_PLACES.get(head, head)) if path != ["criteria"] else gettext("条件的顺序")]
    named: dict[str, Callable[[str], object]] = {
        "parameters": parameters.words_of,
        "criteria": lambda part: _OF_CRITERIA.get(part) or CRITERIA.get(part) or _number(part),
        "statement_sections": lambda part: _OF_SECTIONS.get(part) or _number(part),
        "region_overrides": lambda part: part if part.isdecimal() else parameters.words_of(part),
    }
    return " › ".join(words + [str(named.get(head, _number)(part)) for part in rest])


def _number(part: str) -> str:
    return gettext("第 %(n)s 项", n=int(part) + 1) if part.isdecimal() else part


def _value(path: list[str], value: Any, values: Mapping[str, int]) -> str:
    if value is None:
        return "—"
    if isinstance(value, int) and path[0] in ("parameters", "region_overrides"):
        return parameters.shown(path[-1], value)
    if path[-1] == "expression" or (len(path) == 1 and path[0] in _RULES):
        return expressions.in_words(value, values)
    if path == ["criteria"] and isinstance(value, list):
        return "\n".join(str(CRITERIA.get(str(code), code)) for code in value)
    return _text(value, values)


def _text(value: Any, values: Mapping[str, int]) -> str:
    """Return a whole thing that came or went: its parts, one a line."""
    if isinstance(value, list | tuple):
        return "\n".join(_text(each, values) for each in value)
    if isinstance(value, dict):
        return "\n".join(_entry(str(name), each, values) for name, each in value.items())
    return str(value)


def _entry(name: str, value: Any, values: Mapping[str, int]) -> str:
    if name == "expression":
        said = expressions.in_words(value, values)
    elif name in values and isinstance(value, int):
        return f"{parameters.words_of(name)}：{parameters.shown(name, value)}"
    else:
        said = _text(value, values)
    title = _OF_CRITERIA.get(name) or _OF_SECTIONS.get(name) or _PLACES.get(name) or name
    return f"{title}：{said}"
