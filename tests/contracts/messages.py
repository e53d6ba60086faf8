"""Every message of the shared language, found by importing the contracts."""

import importlib
import pkgutil
from pathlib import Path

from services import contracts
from services.contracts.base import Message

HERE = Path(__file__).parent


def all_messages() -> list[type[Message]]:
    """Return the message classes that the contracts declare, in the order of owner and name."""
    for module in pkgutil.walk_packages(contracts.__path__, f"{contracts.__name__}."):
        importlib.import_module(module.name)
    found = [kind for kind in _descendants(Message) if _is_declared(kind)]
    return sorted(found, key=lambda kind: (kind.owner, kind.name))


def example_file(kind: type[Message]) -> Path:
    """Return where the golden example of a message lies."""
    return HERE / "examples" / kind.owner / f"{kind.name}.json"


def schema_file(kind: type[Message]) -> Path:
    """Return where the snapshot of a message's JSON schema lies."""
    return HERE / "schemas" / kind.owner / f"{kind.name}.json"


def _descendants(kind: type[Message]) -> set[type[Message]]:
    found = set(kind.__subclasses__())
    return found.union(*(_descendants(child) for child in found))


def _is_declared(kind: type[Message]) -> bool:
    """Neither a base of base.py, nor `Command[SomeView]`, nor the common part of two events."""
    return (
        kind.__module__.startswith(f"{contracts.__name__}.")
        and kind.__module__ != Message.__module__
        and not kind.__name__.startswith("_")
        and "[" not in kind.__name__
    )
