"""Things that are refused, and things that are tried at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.contracts.errors import Problem


def refusal(action: Callable[..., Any], *arguments: Any, **facts: Any) -> tuple[type, str, str, dict]:
    """Return all that a caller sees of a problem: kind, code, message, facts."""
    with pytest.raises(Problem) as problem:
        action(*arguments, **facts)
    return type(problem.value), problem.value.code, problem.value.message, problem.value.facts


def together(count: int, action: Callable[[int], Any]) -> list[str]:
    """Do it `count` times at the same moment; return the codes of the refusals, '' for success."""

    def attempt(number: int) -> str:
        try:
            action(number)
        except Problem as problem:
            return problem.code
        return ""

    with ThreadPoolExecutor(count) as threads:
        return sorted(threads.map(attempt, range(count)))
