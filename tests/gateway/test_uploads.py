"""Uploads in pieces at the gateway: bounded pieces, the whole handed in once it is there."""

import pytest

from services.chassis.blobstore import BlobStore
from services.contracts.errors import Refused
from services.contracts.subsidy.registry import ReceiveImport
from services.contracts.subsidy.uploads import AddPiece, GetUpload, UploadView
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser

UPLOAD = "/api/v1/uploads/018a91b2-7c40-7000-8000-000000000020"
BYTES = "application/octet-stream"


def test_a_piece_goes_to_the_blob_store_and_its_claim_check_to_the_service(
    clerk: Browser, bus: FakeBus, blobs: BlobStore
) -> None:
    response = clerk.client.post(f"{UPLOAD}/pieces?offset=4", data=b"efgh", content_type=BYTES)
    assert response.status_code == 200, response.text
    piece = bus.last(AddPiece)
    assert (piece.offset, blobs.read(piece.blob)) == (4, b"efgh")


def test_a_piece_that_does_not_follow_says_where_to_go_on(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[AddPiece] = Refused("upload_offset", "elsewhere", received=8_388_608)
    response = clerk.client.post(f"{UPLOAD}/pieces?offset=0", data=b"x", content_type=BYTES)
    assert (response.status_code, response.json["code"]) == (422, "upload_offset")
    assert "8388608" in response.json["title"]


def test_a_piece_is_bounded(clerk: Browser, bus: FakeBus) -> None:
    response = clerk.client.post(
        f"{UPLOAD}/pieces?offset=0", data=b"x" * (32 * 1024 * 1024 + 1), content_type=BYTES
    )
    assert response.status_code == 413 and not bus.requests(AddPiece)


def test_all_pieces_become_one_import(clerk: Browser, bus: FakeBus, blobs: BlobStore) -> None:
    pieces = tuple(blobs.put("uploads", content) for content in (b"abc" * 100_000, b"", b"def"))
    whole = example(UploadView, size=300_003, received=300_003, pieces=pieces)
    bus.answers[GetUpload] = whole
    response = clerk.client.post(f"{UPLOAD}/import?kind=employers", json={})
    assert response.status_code == 202, response.text
    received = bus.last(ReceiveImport)
    assert blobs.read(received.blob) == b"abc" * 100_000 + b"def"


def test_an_incomplete_file_is_no_import(clerk: Browser, bus: FakeBus) -> None:
    bus.answers[GetUpload] = example(UploadView, size=10, received=4, pieces=())
    response = clerk.client.post(f"{UPLOAD}/import?kind=employers", json={})
    assert (response.status_code, response.json["code"]) == (422, "upload_incomplete")
    assert not bus.requests(ReceiveImport)


@pytest.mark.parametrize("path", ["", "/pieces?offset=0"])
def test_nobody_but_those_signed_in_comes_near(browser: Browser, path: str) -> None:
    method = browser.client.post if path else browser.client.get
    assert method(UPLOAD + path, **({"data": b"x", "content_type": BYTES} if path else {})).status_code == 401
