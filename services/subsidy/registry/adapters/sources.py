"""What kind of file it is: told by its content, whatever its name says."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

from services.subsidy.registry.adapters import headers
from services.subsidy.registry.adapters.blocks import Source, Unreadable, Wanted
from services.subsidy.registry.adapters.columns import Layout
from services.subsidy.registry.adapters.lines import BLOCK, open_lines
from services.subsidy.registry.adapters.parquet import open_parquet
from services.subsidy.registry.adapters.workbook import open_workbook

_ZIP, _OLE, _PARQUET = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"PAR1"
_SECTOR, _DIRECTORY_AT = 512, 48


def open_source(path: Path, layout: Layout, block: int = BLOCK) -> Source:
    """Find out what a file is and where its header stands; Unreadable when it is nothing we can read."""
    with path.open("rb") as file:
        start = file.read(8)
        if start == _OLE:
            raise Unreadable("encrypted_workbook" if _is_encrypted(file) else "old_workbook")
    if start.startswith(_PARQUET):
        return open_parquet(path)
    if start.startswith(_ZIP):
        return open_workbook(path, layout)
    return open_lines(path, layout, block)


def places(source: Source, layout: Layout, mapping: Mapping[str, str] | None) -> Wanted:
    """Return where our columns are: by their exact names, or as a clerk said."""
    if mapping is None:
        return headers.exact(source.names, layout)
    return headers.mapped(source.names, layout, mapping)


def _is_encrypted(file: IO[bytes]) -> bool:
    """An encrypted xlsx lies in the same container as an old xls: its directory names the package."""
    file.seek(_DIRECTORY_AT)
    sector = int.from_bytes(file.read(4), "little")
    file.seek((sector + 1) * _SECTOR)
    return "EncryptedPackage".encode("utf-16-le") in file.read(8 * _SECTOR)
