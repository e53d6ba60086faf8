"""Debian packages: installed by apt-get as root, otherwise unpacked into a folder."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.terminal import Trouble, step

POLICY = Path("/usr/sbin/policy-rc.d")  # its answer 101: no service starts on install
# Every Debian has these, and a second copy on the library path would not fit the first.
ALWAYS_THERE = ("libc6_", "libgcc-s1_", "libstdc++6_", "perl", "debconf", "adduser_", "openssl_")


def is_root() -> bool:
    """May we install packages?"""
    return os.geteuid() == 0


def can_install() -> bool:
    """Is this a Debian or Ubuntu, and are we root?"""
    return is_root() and shutil.which("apt-get") is not None


def can_unpack() -> bool:
    """Is this a Debian or Ubuntu?"""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def install(*packages: str) -> None:
    """Install packages; the services that they bring are not started."""
    with step(f"apt-get install {' '.join(packages)}"), kept_file(POLICY, "#!/bin/sh\nexit 101\n", 0o755):
        _apt_get("update")
        _apt_get("install", "-y", "--no-install-recommends", *packages)


def unpack(
    folder: Path,
    *packages: str,
    absent: tuple[str, ...] = (),
    finish: Callable[[Path], None] = lambda _: None,
) -> Path:
    """Unpack packages and what they need beyond this machine's own into `folder`; nothing is installed.

    absent: beginnings of package names that are unpacked even where installed.
    finish: what is left to do in the folder, before anybody sees it.
    """
    if folder.is_dir():
        return folder
    with step(f"unpack {' '.join(packages)} (no root needed)"):
        part, work = folder.with_suffix(".part"), folder.with_suffix(".apt")
        for path in (part, work):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
        for deb in _download(work, packages, absent):
            subprocess.run(["dpkg-deb", "-x", deb, part], check=True)
        finish(part)
        part.rename(folder)  # complete, or not there at all
        shutil.rmtree(work)
    return folder


def library_path(root: Path) -> str:
    """Return LD_LIBRARY_PATH for programs of an unpacked folder."""
    places = ("usr/lib/*-linux-gnu", "lib/*-linux-gnu", "usr/lib/*-linux-gnu/pulseaudio")
    return ":".join(str(path) for place in places for path in root.glob(place))


def _download(work: Path, packages: tuple[str, ...], absent: tuple[str, ...]) -> list[Path]:
    """Let apt-get fetch what is missing, with package lists, status and archives of its own in `work`."""
    for name in ("lists/partial", "archives/partial"):
        (work / name).mkdir(parents=True)
    installed = Path("/var/lib/dpkg/status").read_text(errors="replace").strip().split("\n\n")
    kept = [
        entry for entry in installed if not entry.startswith(tuple(f"Package: {name}" for name in absent))
    ]
    (work / "status").write_text("\n\n".join(kept) + "\n")
    options = {
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Debug::NoLocking": 1,
        "DPkg::Post-Invoke": "",
        "APT::Update::Post-Invoke": "",
        "APT::Sandbox::User": "root" if is_root() else os.environ.get("USER", ""),
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    _apt_get(*words, "update")
    _apt_get(*words, "install", "-y", "--download-only", "--no-install-recommends", *packages)
    return [deb for deb in (work / "archives").glob("*.deb") if not deb.name.startswith(ALWAYS_THERE)]


def _apt_get(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        errors = [line for line in result.stderr.splitlines() if line.startswith("E:")]
        raise Trouble(f"apt-get failed: {errors[0] if errors else result.stderr.strip()[-300:]}")


@contextmanager
def kept_file(path: Path, text: str, mode: int = 0o644) -> Iterator[None]:
    """Have a file of this content for a while, unless there is one already."""
    ours = not path.exists()
    if ours:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
    try:
        yield
    finally:
        if ours:
            path.unlink(missing_ok=True)
