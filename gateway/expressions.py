"""The expressions of a policy as people read them: 年初参保人数 − 年末参保人数 ≤ 参保人数下降上限（50%）."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from gateway import parameters
from gateway.labels import FACTS, LABELS
from services.contracts.values import SizeClass, UnitType

Expression = Any

# How tightly an operator binds; what binds less stands in brackets.
_BINDS = {"*": 3, "div_half_up": 3, "+": 2, "-": 2, "<": 1, "<=": 1, "==": 1, ">=": 1, ">": 1}
_SIGNS = {"*": "×", "div_half_up": "÷", "-": "−", "<=": "≤", ">=": "≥", "==": "＝"}
_ATOM = 4


def text_of(expression: Expression) -> str:
    """Return an expression as JSON text, as the expert form shows it."""
    return json.dumps(expression, ensure_ascii=False)


def in_words(expression: Expression, values: Mapping[str, int]) -> str:
    """Return an expression in words, the parameters with their values; what is none comes as its JSON."""
    return _part(expression, values)[0]


def _part(expression: Expression, values: Mapping[str, int]) -> tuple[str, int]:
    """Return the words and how tightly they hang together."""
    if isinstance(expression, str):
        return _name(expression, values), _ATOM
    if isinstance(expression, list | tuple) and expression and isinstance(expression[0], str):
        return _call(expression[0], list(expression[1:]), values)
    return text_of(expression), _ATOM


def _call(operator: str, operands: list[Expression], values: Mapping[str, int]) -> tuple[str, int]:
    parts = [_part(each, values) for each in operands]
    words = [part[0] for part in parts]
    if operator in _BINDS and len(parts) == 2:
        own = _BINDS[operator]
        left = _bracketed(*parts[0], own)
        right = _bracketed(*parts[1], own if operator in "+*" else own + 1)
        return f"{left} {_SIGNS.get(operator, operator)} {right}", own
    if operator == "if" and len(parts) == 3:
        how = gettext("若 %(condition)s，则 %(then)s，否则 %(otherwise)s")
        return how % {"condition": words[0], "then": words[1], "otherwise": words[2]}, 0
    if operator == "in" and len(parts) > 1:
        one_of = gettext("、").join(words[1:])
        return gettext("%(value)s 属于（%(list)s）", value=words[0], list=one_of), 1
    if operator == "min" and len(parts) == 2:
        return gettext("%(left)s 与 %(right)s 中较小的", left=words[0], right=words[1]), 0
    return text_of([operator, *operands]), _ATOM


def _bracketed(words: str, binds: int, at_least: int) -> str:
    return words if binds >= at_least else f"（{words}）"


def _name(name: str, values: Mapping[str, int]) -> str:
    if name.startswith("$"):
        parameter = name[1:]
        if parameter not in values:
            return parameters.words_of(parameter)
        return f"{parameters.words_of(parameter)}〔{parameters.shown(parameter, values[parameter])}〕"
    if name.startswith("'"):
        return _word(name[1:])
    return str(FACTS.get(name, name))


def _word(word: str) -> str:
    for kind in (UnitType, SizeClass):
        if word in list(kind):
            return str(LABELS[kind][word])
    return word
