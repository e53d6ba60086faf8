"""The claim check: large bytes lie here, write-once, and travel over the bus as key, sha256 and size.

A key is `<prefix>/<sha256 of the bytes>`: the same bytes have the same key, so putting them again changes
nothing. Bytes are checked against their address when they are read whole or downloaded.
"""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from services.contracts.values import BlobRef

PIECE = 1024 * 1024
_PREFIX = r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*"
_KEY = re.compile(_PREFIX + r"/[0-9a-f]{64}")


class BlobMissing(LookupError):
    """There are no bytes under this key."""


class BlobDamaged(RuntimeError):
    """The bytes under a key are not those that were put there."""


class Shelf(Protocol):
    """Where the bytes lie. Both methods stream."""

    def store(self, key: str, file: IO[bytes]) -> None:
        """Keep the bytes of `file` under `key`, durably; a key that exists is left as it is."""

    def open(self, key: str) -> IO[bytes]:
        """Return the bytes as a stream, or raise BlobMissing."""


class BlobStore:
    """Put, open, read, download: never the whole of a file in memory, but by `read`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @staticmethod
    def at(url: str) -> "BlobStore":
        """Return the store at `file:///folder` or `s3://bucket/?endpoint=…&key=…&secret=…[&region=…]`."""
        parts = urlsplit(url)
        if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
            return BlobStore(FolderShelf(Path(unquote(parts.path))))
        if parts.scheme == "s3" and parts.netloc:
            from services.chassis.s3 import S3Shelf  # boto3 takes its time to load: only where it is used

            return BlobStore(S3Shelf(parts.netloc, **dict(parse_qsl(parts.query))))
        raise ValueError("BLOBS must be file:///folder or s3://bucket/?endpoint=…&key=…&secret=…")

    def put(self, prefix: str, content: bytes | IO[bytes]) -> BlobRef:
        """Keep bytes, or what is left to read of a binary file; return their claim check."""
        if not re.fullmatch(_PREFIX, prefix):
            raise ValueError(f"not a prefix of a key: {prefix!r}")
        with _rewindable(content) as (file, start):
            sha256, size = digest(file)
            file.seek(start)
            key = f"{prefix}/{sha256}"
            self._shelf.store(key, file)
        return BlobRef(key=key, sha256=sha256, size=size)

    def open(self, ref: BlobRef | str) -> IO[bytes]:
        """Return the bytes as a stream to be closed by the caller; BlobMissing when there are none."""
        return self._shelf.open(_key(ref))

    def read(self, ref: BlobRef | str) -> bytes:
        """Return all bytes (small blobs only); BlobDamaged when they are not what was put."""
        with self.open(ref) as file:
            content = file.read()
        _check(ref, hashlib.sha256(content).hexdigest())
        return content

    def download(self, ref: BlobRef | str, path: Path | str) -> None:
        """Write the bytes to a file; it appears whole and checked, or not at all."""
        path = Path(path)
        with self.open(ref) as source, _temporary(path.parent) as target:
            hashed = hashlib.sha256()
            while piece := source.read(PIECE):
                hashed.update(piece)
                target.write(piece)
            _check(ref, hashed.hexdigest())
            target.flush()
            os.replace(target.name, path)


class FolderShelf:
    """A folder: written beside, synced, then linked into place, so that a crash leaves nothing half."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, key: str, file: IO[bytes]) -> None:
        path = self._folder / key
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(path.parent) as target:
            while piece := file.read(PIECE):
                target.write(piece)
            target.flush()
            os.fchmod(target.fileno(), 0o444)
            os.fsync(target.fileno())
            try:
                os.link(target.name, path)  # unlike rename it never replaces what is there
            except FileExistsError:
                return
        _sync_folder(path.parent)

    def open(self, key: str) -> IO[bytes]:
        try:
            return (self._folder / key).open("rb")
        except FileNotFoundError:
            raise BlobMissing(key) from None


def digest(file: IO[bytes]) -> tuple[str, int]:
    """Return sha256 and size of what is left to read."""
    hashed, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        hashed.update(piece)
        size += len(piece)
    return hashed.hexdigest(), size


@contextmanager
def _rewindable(content: bytes | IO[bytes]) -> Iterator[tuple[IO[bytes], int]]:
    """Yield a file that can be read twice and the position to start from; a stream goes over a disk file."""
    if isinstance(content, bytes):
        yield io.BytesIO(content), 0
    elif content.seekable():
        yield content, content.tell()
    else:
        with tempfile.TemporaryFile() as copy:
            while piece := content.read(PIECE):
                copy.write(piece)
            copy.seek(0)
            yield copy, 0


@contextmanager
def _temporary(folder: Path) -> Iterator[IO[bytes]]:
    """Yield a new file in `folder`; its name goes when we are done, if it is still there."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _key(ref: BlobRef | str) -> str:
    key = ref if isinstance(ref, str) else ref.key
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key!r}")
    return key


def _check(ref: BlobRef | str, sha256: str) -> None:
    if sha256 != _key(ref)[-64:] or (isinstance(ref, BlobRef) and sha256 != ref.sha256):
        raise BlobDamaged(f"{_key(ref)} holds other bytes: {sha256}")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
