"""SoftHSM2, a hardware token in software: for the tests of UKs behind PKCS#11.

The system's; else apt-get install, as root; else the Debian packages unpacked, without root.
"""

from pathlib import Path

from deploy.local import debian

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var/cache/softhsm"
PLACES = ("usr/lib/softhsm/libsofthsm2.so", "usr/lib/*/softhsm/libsofthsm2.so")


def prepare() -> Path | None:
    """Return the PKCS#11 module; None where none can be had."""
    found = find()
    if found is None and debian.can_install():
        debian.install("softhsm2")
    elif found is None and debian.can_unpack():
        debian.unpack(CACHE, "softhsm2", absent=("softhsm2", "libsofthsm2"))
    return found or find()


def find() -> Path | None:
    """Return the module that is there, the system's first."""
    found = (path for root in (Path("/"), CACHE) for place in PLACES for path in root.glob(place))
    return next(found, None)


def util_of(module: Path) -> Path:
    """Return the program that makes tokens for a module."""
    root = next(parent.parent for parent in module.parents if parent.name == "usr")
    return root / "usr/bin/softhsm2-util"
