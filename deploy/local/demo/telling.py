"""How a chapter tells what it does, and stops at the first thing that is not as the manual promises."""

import json
from collections.abc import Callable
from typing import Any

from deploy.local.demo.visitor import SaidNo


class Differs(Exception):
    """What came back is not what was promised."""


def heading(text: str) -> None:
    """Begin a step."""
    print(f"\n{text}", flush=True)


def tell(text: str) -> None:
    """Say what came back."""
    print(f"   {text}", flush=True)


def expect(what: str, got: Any, promised: Any) -> None:
    """Tell it, or stop."""
    if got != promised:
        raise Differs(f"{what}: promised {promised!r}, got {got!r}")
    tell(f"✓ {what}: {json.dumps(got, ensure_ascii=False, default=str)}")


def expect_refused(what: str, code: str, act: Callable[..., Any], *given: Any, **named: Any) -> SaidNo:
    """The answer to `act(*given, **named)` has to be no, for this reason."""
    try:
        answer = act(*given, **named)
    except SaidNo as no:
        if no.code != code:
            raise Differs(f"{what}: promised a refusal ({code}), got {no}") from no
        tell(f"✓ {what}: refused ({no.code}) {no.facts.get('title', '')}")
        return no
    raise Differs(f"{what}: promised a refusal ({code}), got {answer!r}")
