"""Words with {placeholders}: which may stand in them, and how figures are shown."""

import re
from collections.abc import Iterable, Mapping

from services.subsidy.policy.domain.expressions import FACTS, PolicyFault, Value

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(?::(?:yuan|percent))?\}")


def require_text(text: str, names: Iterable[str]) -> None:
    """Raise PolicyFault unless every placeholder has one of these names, and no brace is left over."""
    known = set(names)
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            raise PolicyFault("policy_text_name_unknown", name=name)
    if rest := re.search(r"[{}].{0,20}", _PLACEHOLDER.sub("", text)):
        raise PolicyFault("policy_text_broken", text=rest.group())


class _Figure(int):
    """A number in a text: {months_full} as it is, {base:yuan} from fen, {ratio:percent} from basis points."""

    def __format__(self, style: str) -> str:
        if style == "yuan":
            return f"{self // 100:,}.{self % 100:02d}"
        if style == "percent":
            return f"{self // 100}.{self % 100:02d}".rstrip("0").rstrip(".") + "%"
        return f"{int(self):,}"


class _Text(str):
    """A word in a text, however it was to be formatted: `unknown` has no digits."""

    def __format__(self, style: str) -> str:
        return str(self)


def figures(values: Mapping[str, Value]) -> tuple[dict[str, object], dict[str, object]]:
    """Return values ready for the Chinese and the English texts; None becomes 未知, unknown."""
    return _figures(values, 0), _figures(values, 1)


def _figures(values: Mapping[str, Value], language: int) -> dict[str, object]:
    return {name: _shown(name, value, language) for name, value in values.items()}


def _shown(name: str, value: Value, language: int) -> object:
    if isinstance(value, int):
        return _Text(_YES_NO[bool(value)][language]) if FACTS.get(name) == 1 else _Figure(value)
    if value is None or name in ("unit_type", "size_class"):
        return _Text(_WORDS[value][language])
    return _Text(value)


_YES_NO = (("否", "no"), ("是", "yes"))
_WORDS: Mapping[Value, tuple[str, str]] = {
    None: ("未知", "unknown"),
    "large": ("大型", "large"),
    "medium": ("中型", "medium"),
    "small": ("小型", "small"),
    "micro": ("微型", "micro"),
    "none": ("不划分", "none: not an enterprise"),
    "enterprise": ("企业", "enterprise"),
    "social_organisation": ("社会团体", "social organisation"),
    "foundation": ("基金会", "foundation"),
    "social_service": ("社会服务机构", "social service"),
    "law_firm": ("律师事务所", "law firm"),
    "accounting_firm": ("会计师事务所", "accounting firm"),
    "individual_business": ("个体工商户", "individual business"),
    "government": ("机关", "government body"),
    "institution": ("事业单位", "public institution"),
}
