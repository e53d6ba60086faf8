"""Processes that die in the middle of a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock


class Killed(BaseException):
    """The process died here."""


@contextmanager
def deadly(module: ModuleType, step: str, *, after: int = 0) -> Iterator[None]:
    """Let the process die once this function of a module has been called more often than `after`."""
    real, calls = getattr(module, step), []

    def kill(*values: Any, **named: Any) -> Any:
        calls.append(1)
        done = real(*values, **named)
        if len(calls) > after:
            raise Killed
        return done

    with mock.patch.object(module, step, kill):
        yield
