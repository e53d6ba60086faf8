"""Computing that takes long would stop all green threads of a process: a real thread takes it."""

from _thread import RLock
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
ThreadLock = RLock  # for what runs off the hub: real threads cannot wait for the locks of green ones


def off_the_hub(function: Callable[..., T], *arguments: object) -> T:
    """Return function(*arguments), computed in a real thread while the other messages go on.

    For code that lets go of the interpreter (hashing, pictures) and touches no database. Workers and tests
    have no hub: there it is called directly.
    """
    result: T = _run(function, *arguments)
    return result


def use(run: Callable[..., Any]) -> None:
    """Say how a real thread is had in this process; the host of services does."""
    global _run
    _run = run


def _directly(function: Callable[..., T], *arguments: object) -> T:
    return function(*arguments)


_run: Callable[..., Any] = _directly
