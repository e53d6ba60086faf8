"""What can be read from a tree of sources without importing it."""

import ast
import re
from pathlib import Path

PURE = {
    *("collections", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib", "itertools", "re"),
    "typing",
}
IMPURE_CALLS = {"now", "utcnow", "today", "uuid4", "new_id", "open", "print", "getenv", "import_module"}
NOT_SERVICES = {"chassis", "contracts"}


def rooms(root: Path) -> list[str]:
    """Return the rooms of all services as module names."""
    found = (path.parent.relative_to(root) for path in root.glob("services/*/*/__init__.py"))
    return sorted(".".join(room.parts) for room in found if room.parts[1] not in NOT_SERVICES)


def domains(root: Path) -> list[Path]:
    """Return the domain modules: `domain.py`, or what is in a folder `domain`."""
    single, split = root.glob("services/*/*/domain.py"), root.glob("services/*/*/domain/*.py")
    return sorted([*single, *split])


def strangers_in_domain(path: Path) -> set[str]:
    """Return what a domain imports beside plain Python, contracts and domains: an allow-list, where
    import-linter can only forbid the libraries somebody thought of."""
    return {
        name
        for name in imports(path)
        if name.split(".")[0] not in PURE
        and name != "uuid.UUID"  # the type; making one is chance
        and not name.startswith("services.contracts.")
        and ".domain." not in f"{name}."
    }


def impure_calls(path: Path) -> set[str]:
    """Return where a domain asks clock, chance or the outside."""
    nodes = list(ast.walk(parse(path)))
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    names |= {call.id for call in calls if isinstance(call, ast.Name)}
    return names & IMPURE_CALLS


def callers_of_handlers(root: Path) -> list[str]:
    """Return rooms that import handlers or jobs: only doors may; layers cannot name the corners of others."""
    found = []
    for path in sorted(root.glob("services/*/*/**/*.py")):
        if path.relative_to(root).parts[1] not in NOT_SERVICES:
            names = [name for name in imports(path) if {"handlers", "jobs"} & set(name.split(".")[3:])]
            found += [f"{path.relative_to(root)}: {name}" for name in names if name.startswith("services.")]
    return found


def dynamic_imports(root: Path) -> list[str]:
    """Return the files that import by name, where no rule can follow."""
    paths = [*root.glob("services/**/*.py"), *root.glob("gateway/**/*.py")]
    marks = re.compile(r"__import__|import_module|importlib\.util|^import importlib$", re.MULTILINE)
    return sorted(str(path.relative_to(root)) for path in paths if marks.search(path.read_text()))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> list[str]:
    """Return the full names that a module imports."""
    found = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found
