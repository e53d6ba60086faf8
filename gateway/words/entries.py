"""The words of one code."""

from typing import NamedTuple


class Words(NamedTuple):
    """What happened, and what to do next."""

    what: str
    next: str


class Entry(NamedTuple):
    """The words of one code in both languages."""

    zh: Words
    en: Words


def entry(zh: str, zh_next: str, en: str, en_next: str) -> Entry:
    """Return an entry: what happened and what to do next, first in Chinese."""
    return Entry(Words(zh, zh_next), Words(en, en_next))
