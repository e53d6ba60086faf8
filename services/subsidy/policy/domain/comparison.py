"""What differs between two policies, in the order of the text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.subsidy.policy.domain.policies import Policy

NUMBERS = {"programme_year", "version"}  # which policy it is: no part of what it says


@dataclass(frozen=True)
class Difference:
    """Where two policies differ, `criteria.months.zh`, and what either has there; None: it is not there."""

    path: str
    before: Any
    after: Any


def differences(left: Policy, right: Policy) -> tuple[Difference, ...]:
    """Return all that differs but year and version. Criteria are compared by code, paragraphs by place."""
    before, after = _outline(left), _outline(right)
    return (*_compare("", before, after), *_compare_order(before["criteria"], after["criteria"]))


def _outline(policy: Policy) -> dict[str, Any]:
    data = {name: value for name, value in policy.to_data().items() if name not in NUMBERS}
    data["documents"] = list(data["documents"])
    data["criteria"] = _named((each["code"], each) for each in data["criteria"])
    sections = ({**each, "paragraphs": _placed(each["paragraphs"])} for each in data["statement_sections"])
    return {**data, "statement_sections": _placed(sections)}


def _placed(values: Iterable[Any]) -> dict[str, Any]:
    return {str(place): value for place, value in enumerate(values)}


def _named(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return values by name; what repeats a name, as in a faulty draft, stands beside it."""
    found: dict[str, Any] = {}
    for name, value in values:
        while name in found:
            name += "+"
        found[name] = value
    return found


def _compare(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _compare(f"{path}.{name}".lstrip("."), before.get(name), after.get(name))
    elif before != after:
        yield Difference(path, before, after)


def _compare_order(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    left, right = [each for each in before if each in after], [each for each in after if each in before]
    if left != right:
        yield Difference("criteria", left, right)
