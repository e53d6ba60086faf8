"""What a problem means and what to do next, in Chinese and English, by its code.

Every code that a service can answer with has its words here (a test looks for them). Facts of the problem
may be put in by name: {seconds_left}.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.formats import moment, money
from gateway.language import current
from gateway.words import (
    certificates,
    console,
    identity,
    policy,
    refunds,
    registry,
    simulation,
    web,
)
from gateway.words.entries import Entry, Words
from gateway.words.fields import FIELDS
from services.contracts.catalogue import Way

PROBLEMS: dict[str, Entry] = {
    **web.PROBLEMS,
    **identity.PROBLEMS,
    **certificates.PROBLEMS,
    **registry.PROBLEMS,
    **policy.PROBLEMS,
    **refunds.PROBLEMS,
    **simulation.PROBLEMS,
    **console.PROBLEMS,
}

MOMENTS = {"until", "again_at", "not_before", "not_after"}
WAYS = {
    Way.CERTIFICATE: ("数字证书登录", "signing in with a certificate"),
    Way.CERTIFICATE_FREE: ("免数字证书登录", "signing in without a certificate"),
    Way.HALL: ("到就近的社保业务大厅受理岗", "going to the counter"),
}


def of(code: str, facts: Mapping[str, Any] | None = None) -> Words:
    """Return the words of a code in the language of the request; an unknown code still gets honest words."""
    entry = PROBLEMS.get(code, PROBLEMS["unexpected"])
    shown = defaultdict(lambda: "—", {name: _shown(name, value) for name, value in (facts or {}).items()})
    shown["code"] = code
    chosen = entry.en if current() == "en" else entry.zh
    return Words(chosen.what.format_map(shown), chosen.next.format_map(shown))


def field(name: str) -> str:
    """Return the rule of a form field; `c.2.zh`, a field of a numbered row, has that of `c.zh`."""
    parts = name.split(".")
    rule = FIELDS.get(name) or FIELDS.get(f"{parts[0]}.{parts[-1]}") or FIELDS.get(f"{parts[0]}.")
    zh, en = rule or ("请检查此项。", "Check this value.")
    return en if current() == "en" else zh


def ways_in_words(ways: Iterable[str]) -> str:
    """Return the ways in which a business can be done, for people."""
    is_english = current() == "en"
    return (", " if is_english else "、").join(WAYS[Way(way)][1 if is_english else 0] for way in ways)


def _shown(name: str, value: Any) -> str:
    if name in MOMENTS and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    if name == "ways":
        return ways_in_words(value)
    return money(value) if name == "amount" and isinstance(value, int) else str(value)
