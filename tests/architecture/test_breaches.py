"""The guards of the architecture guard: each rule is broken once on purpose, in a copy of the tree."""

import shutil

import pytest

from tests.architecture import tree
from tests.architecture.test_imports import CONTRACTS, ROOT, lint

# id of the contract, file, and what it must not import
BREACHES = [
    ("gateway", "gateway/app.py", "services.subsidy.schema"),
    ("gateway", "gateway/app.py", "services.identity.settings"),
    ("independent", "services/archive/slips/store.py", "services.subsidy.confirmation.store"),
    ("independent", "services/notify/sms/domain.py", "services.identity.verification.domain"),
    ("corners", "services/subsidy/confirmation/domain.py", "services.subsidy.confirmation.store"),
    ("corners", "services/subsidy/confirmation/store.py", "services.subsidy.confirmation.views"),
    ("corners", "services/subsidy/confirmation/views.py", "services.subsidy.confirmation.handlers"),
    ("corners", "services/archive/slips/handlers.py", "services.archive.slips.jobs"),
    ("corners", "services/archive/slips/adapters/__init__.py", "services.archive.slips.views"),
    ("pipeline-identity", "services/identity/verification/store.py", "services.identity.accounts.store"),
    ("pipeline-subsidy", "services/subsidy/confirmation/store.py", "services.subsidy.notice.store"),
    ("pipeline-subsidy", "services/subsidy/settings.py", "services.subsidy.registry.store"),
    ("pipeline-notify", "services/notify/sms/store.py", "services.notify.prompts.store"),
    ("pipeline-archive", "services/archive/slips/store.py", "services.archive.service"),
    ("pure", "services/subsidy/confirmation/domain.py", "services.chassis.clock"),
    ("pure", "services/notify/prompts/domain.py", "sqlalchemy"),
    ("pure", "services/contracts/values.py", "flask"),
    ("rooms", "services/archive/slips/handlers.py", "flask"),
    ("rooms", "services/archive/slips/jobs.py", "kombu"),
    ("bus", "services/archive/slips/adapters/__init__.py", "nameko"),
    ("bus", "gateway/auth.py", "kombu"),
    ("plain", "services/chassis/worker_host.py", "services.chassis.consumer"),
    ("plain", "services/archive/worker.py", "services.chassis.service"),
    ("plain", "gateway/auth.py", "services.chassis.service"),
    ("house", "services/contracts/base.py", "services.chassis.ids"),
    ("house", "services/chassis/ids.py", "services.archive.schema"),
    ("house", "services/notify/sms/store.py", "services.__main__"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A copy of the tree with all the breaches and strange new packages in it; the report on it."""
    copy = tmp_path_factory.mktemp("broken")
    ignore = shutil.ignore_patterns("__pycache__", "static", "templates", "translations")
    for folder in ("services", "gateway"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for _, path, imported in BREACHES:
        with (copy / path).open("a") as file:
            file.write(f"\nimport {imported}\n")
    for package in ("services/banking", "services/subsidy/weather"):
        (copy / package).mkdir()
        (copy / package / "__init__.py").touch()
    (copy / "services/archive/slips/utils.py").touch()
    report = lint(copy)
    assert report.returncode == 1
    names = {contract["name"]: contract["id"] for contract in CONTRACTS}
    return copy, _sections(report.stdout.split("Broken contracts")[1], names)


def _sections(text: str, names: dict[str, str]) -> dict[str, str]:
    """Return the report by the id of its contract; lines that were wrapped are joined."""
    sections: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        current = names.get(line.strip(), current)
        sections[current] = sections.get(current, "") + " " + line.strip()
    return sections


@pytest.mark.parametrize(("contract", "path", "imported"), BREACHES, ids=lambda value: str(value))
def test_a_planted_breach_is_caught(broken, contract, path, imported):
    _, report = broken
    importer = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {imported}" in report[contract]


def test_each_contract_is_broken_by_a_breach(broken):
    assert {contract["id"] for contract in CONTRACTS} <= set(broken[1])


def test_a_new_room_corner_or_service_must_be_placed(broken):
    _, report = broken
    assert "services.banking" in report["complete"] or "banking" in report["complete"]
    assert "weather" in report["pipeline-subsidy"] and "utils" in report["corners"]


def test_what_import_linter_cannot_say_is_caught_as_well(tmp_path):
    room = tmp_path / "services/subsidy/confirmation"
    room.mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "domain.py").write_text("import random\nfrom os import path\nprint(datetime.now(), uuid4())\n")
    (room / "store.py").write_text("from services.subsidy.notice.handlers import publish_notice\n")
    (room / "views.py").write_text("import importlib\n")
    assert tree.rooms(tmp_path) == ["services.subsidy.confirmation"]
    [domain] = tree.domains(tmp_path)
    assert tree.strangers_in_domain(domain) == {"random", "os.path"}
    assert tree.impure_calls(domain) == {"now", "uuid4", "print"}
    assert tree.callers_of_handlers(tmp_path) == [
        "services/subsidy/confirmation/store.py: services.subsidy.notice.handlers.publish_notice"
    ]
    assert tree.dynamic_imports(tmp_path) == ["services/subsidy/confirmation/views.py"]
