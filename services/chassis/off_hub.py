"""Computing that takes long would stop all green threads of a process: a real thread takes it."""

from collections.abc import Callable
from typing import TypeVar

from eventlet import tpool
from eventlet.patcher import is_monkey_patched

T = TypeVar("T")


def off_the_hub(function: Callable[..., T], *arguments: object) -> T:
    """Return function(*arguments), computed in a real thread while the other messages go on.

    For code that lets go of the interpreter (hashing, pictures) and touches no database. Where nothing is
    patched for eventlet (workers, tests) it is called directly.
    """
    if is_monkey_patched("thread"):
        result: T = tpool.execute(function, *arguments)
        return result
    return function(*arguments)
