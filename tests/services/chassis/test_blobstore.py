"""The claim check, on a folder and on an S3 server."""

import hashlib
import io
import os
import threading

import pytest

from services.chassis.blobstore import PIECE, BlobDamaged, BlobMissing, BlobStore

S3 = os.environ.get("TEST_S3_URL", "")


@pytest.fixture(
    params=["folder", pytest.param("s3", marks=pytest.mark.skipif(not S3, reason="TEST_S3_URL is not set"))]
)
def store(request, tmp_path):
    return BlobStore.at((tmp_path / "blobs").as_uri() if request.param == "folder" else S3)


class Pipe(io.RawIOBase):
    """A stream that can be read once, in small pieces, and says how many were asked for at most."""

    def __init__(self, content: bytes) -> None:
        self._rest, self.largest = io.BytesIO(content), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.largest = max(self.largest, size if size >= 0 else 10**12)
        return self._rest.read(min(size, 1000) if size >= 0 else -1)


CONTENT = os.urandom(3 * PIECE + 17)


@pytest.mark.parametrize("kind", [bytes, io.BytesIO, Pipe])
def test_what_is_put_can_be_read_opened_and_downloaded(store, kind, tmp_path):
    source = kind(CONTENT)
    ref = store.put("imports/2023", source)
    assert (ref.sha256, ref.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert ref.key == f"imports/2023/{ref.sha256}"
    assert store.read(ref) == store.read(ref.key) == CONTENT
    with store.open(ref) as file:
        assert file.read(10) == CONTENT[:10] and file.read() == CONTENT[10:]
    store.download(ref, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == CONTENT
    if kind is Pipe:
        assert source.largest <= PIECE, "a file is never whole in memory"
    if kind is io.BytesIO:
        assert not source.closed, "the file is its owner's"


def test_a_file_is_put_from_where_it_stands(store):
    file = io.BytesIO(b"head and body")
    file.seek(9)
    assert store.read(store.put("slips", file)) == b"body"


def test_the_same_bytes_have_the_same_place_and_nothing_replaces_them(store):
    first = store.put("slips", b"same")
    assert store.put("slips", b"same") == first
    assert store.put("other", b"same").key != first.key
    assert store.read(store.put("slips", b"")) == b""


def test_what_is_not_there_is_missing(store, tmp_path):
    key = "slips/" + "0" * 64
    for look in (store.open, store.read, lambda key: store.download(key, tmp_path / "copy")):
        with pytest.raises(BlobMissing):
            look(key)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("key", ["../" + "0" * 64, "/etc/passwd", "slips/../../x", "a/" + "0" * 63, ""])
def test_a_key_leads_nowhere_else(store, key):
    with pytest.raises(ValueError, match="not a key"):
        store.open(key)


@pytest.mark.parametrize("prefix", ["..", "/x", "a//b", "", "A", "a/../b"])
def test_nor_does_a_prefix(store, prefix):
    with pytest.raises(ValueError, match="not a prefix"):
        store.put(prefix, b"")


def test_damaged_bytes_are_found(tmp_path):
    store = BlobStore.at((tmp_path / "blobs").as_uri())
    ref = store.put("slips", b"original")
    path = tmp_path / "blobs" / ref.key
    assert path.stat().st_mode & 0o222 == 0, "nobody writes there by accident"
    path.chmod(0o644)
    path.write_bytes(b"changed!")
    with pytest.raises(BlobDamaged):
        store.read(ref)
    with pytest.raises(BlobDamaged):
        store.download(ref, tmp_path / "copy")
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".part-*"))


def test_a_server_that_kept_other_bytes_is_found_out(monkeypatch):
    from services.chassis.s3 import S3Shelf

    shelf = S3Shelf("bucket", "http://127.0.0.1:9", "key", "secret")
    monkeypatch.setattr(shelf, "_exists", lambda key: True)
    monkeypatch.setattr(shelf, "open", lambda key: io.BytesIO(b"other"))
    with pytest.raises(BlobDamaged):
        BlobStore(shelf).put("slips", b"original")


def test_many_who_put_the_same_at_once_leave_one_whole_blob(tmp_path):
    store = BlobStore.at((tmp_path / "blobs").as_uri())
    threads = [threading.Thread(target=store.put, args=("slips", CONTENT)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [only] = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert only.read_bytes() == CONTENT


@pytest.mark.parametrize("url", ["", "blobs", "file://host/x", "s3://", "http://x/y"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="BLOBS must be"):
        BlobStore.at(url)
