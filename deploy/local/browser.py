"""A Chromium for the browser tests and the demo, with the project's own fonts.

The first of these that works: TEST_CHROMIUM, a browser that is there; Chromium installed on the machine;
apt-get install, as root; the Debian packages unpacked, without root; Playwright's own download.
"""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.local import debian
from deploy.local.terminal import Trouble, step

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var/cache/chromium"
LAUNCHER = ROOT / "var/browser/chromium"
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{root}/var/fonts</dir>
  <dir>{cache}/usr/share/fonts</dir>
  <cachedir>{root}/var/browser/fontconfig</cachedir>
</fontconfig>
"""
SCRIPT = """\
#!/bin/sh
export FONTCONFIG_FILE={folder}/fonts.conf {libraries}
exec {program} "$@"
"""


def prepare() -> Path:
    """Return a launcher for a browser that starts; raises Trouble where none can be had."""
    given = os.environ.get("TEST_CHROMIUM")
    if given:
        return Path(given)
    for find in (_launcher, _system, _installed, _unpacked, _playwright):
        program = find()
        if program and _starts(program):
            return program
    raise Trouble("no browser: install chromium, or set TEST_CHROMIUM to one")


def _launcher() -> Path | None:
    return LAUNCHER if LAUNCHER.exists() else None


def _system() -> Path | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return _launch(Path(found)) if found else None


def _installed() -> Path | None:
    if not debian.can_install():
        return None
    debian.install("chromium", "fonts-dejavu-core")
    return _system()


def _unpacked() -> Path | None:
    if not debian.can_unpack():
        return None
    debian.unpack(CACHE, "chromium", "fonts-dejavu-core", absent=("chromium", "fonts-dejavu-core"))
    return _launch(CACHE / "usr/lib/chromium/chromium", f"LD_LIBRARY_PATH={debian.library_path(CACHE)}")


def _playwright() -> Path | None:
    """Ubuntu's package chromium is only a pointer to a snap; Playwright brings its own."""
    home = ROOT / "var/cache/playwright"
    with step("playwright install chromium"):
        subprocess.run(
            [ROOT / ".venv/bin/playwright", "install", "chromium"],
            env={**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(home)},
            capture_output=True,
        )
    found = sorted(home.glob("chromium-*/chrome-linux*/chrome"))
    return _launch(found[-1]) if found else None


def _launch(program: Path, libraries: str = "") -> Path:
    """Write the launcher: the browser with the fonts that everybody has."""
    LAUNCHER.parent.mkdir(parents=True, exist_ok=True)
    (LAUNCHER.parent / "fonts.conf").write_text(FONTS.format(root=ROOT, cache=CACHE))
    LAUNCHER.write_text(SCRIPT.format(folder=LAUNCHER.parent, libraries=libraries, program=program))
    LAUNCHER.chmod(0o755)
    return LAUNCHER


def _starts(program: Path) -> bool:
    words: list[str | Path] = [
        program,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--dump-dom",
    ]
    try:
        shown = subprocess.run([*words, "data:text/html,<p>up"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "up" in shown.stdout
