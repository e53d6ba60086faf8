"""A large file arrives in pieces: in order, once each, whatever is sent again or at once."""

from datetime import timedelta

import pytest

from services.chassis.ids import new_id
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.uploads import AddPiece, BeginUpload, GetUpload
from services.subsidy.uploads import store
from services.subsidy.uploads.jobs import forget_uploads
from tests.people import APPROVER, REVIEWER, clerk
from tests.services.attempts import together

ANOTHER = clerk("approver", id="another")


def begin(world, size=10, by=APPROVER):
    return world.ask(BeginUpload(id=new_id(), filename="费款.csv", size=size), by)


def add(world, upload, offset, content, by=APPROVER):
    blob = world.blobs.put("uploads", content)
    command = AddPiece(id=new_id(), upload_id=upload.upload_id, offset=offset, blob=blob)
    return world.ask(command, by)


def received(world, upload, by=APPROVER):
    return world.ask(GetUpload(upload_id=upload.upload_id), by).received


def test_pieces_in_order_make_the_file_and_are_told_when_all_are_there(world):
    upload = begin(world)
    assert add(world, upload, 0, b"abcd").pieces == ()
    whole = add(world, upload, 4, b"efghij")
    assert whole.received == whole.size == 10
    assert b"".join(world.blobs.read(piece) for piece in whole.pieces) == b"abcdefghij"


def test_the_same_piece_again_changes_nothing(world):
    upload = begin(world)
    add(world, upload, 0, b"abcd")
    add(world, upload, 4, b"ef")
    assert add(world, upload, 0, b"abcd").received == 6


@pytest.mark.parametrize(("offset", "content"), [(0, b"xxxx"), (3, b"d"), (5, b"f"), (8, b"ij")])
def test_a_piece_that_does_not_follow_is_refused_with_how_far_it_is(world, offset, content):
    upload = begin(world)
    add(world, upload, 0, b"abcd")
    with pytest.raises(Refused) as refused:
        add(world, upload, offset, content)
    assert (refused.value.code, refused.value.facts["received"]) == ("upload_offset", 4)
    assert received(world, upload) == 4


@pytest.mark.parametrize(("content", "code"), [(b"", "upload_piece_empty"), (b"x" * 11, "upload_too_long")])
def test_a_piece_without_bytes_or_with_too_many_is_refused(world, content, code):
    upload = begin(world)
    with pytest.raises(Refused) as refused:
        add(world, upload, 0, content)
    assert refused.value.code == code and received(world, upload) == 0


def test_of_two_pieces_at_once_for_one_place_one_is_taken(world):
    upload = begin(world)
    outcomes = together(4, lambda i: add(world, upload, 0, bytes([97 + i]) * 5))
    assert sorted(outcomes).count("upload_offset") == 3
    assert received(world, upload) == 5 and len(world.rows("subsidy", store.upload_pieces)) == 1


def test_an_upload_is_its_owners(world):
    upload = begin(world)
    with pytest.raises(Missing, match="no such upload"):
        add(world, upload, 0, b"abcd", by=ANOTHER)
    with pytest.raises(Missing, match="no such upload"):
        received(world, upload, by=ANOTHER)
    with pytest.raises(Forbidden):
        begin(world, by=REVIEWER)


def test_an_upload_that_was_given_up_is_forgotten_after_a_week(world):
    old = begin(world)
    add(world, old, 0, b"abcd")
    world.now += timedelta(days=7, seconds=1)
    fresh = begin(world)
    world.sweep("subsidy", forget_uploads)
    assert [row.id for row in world.rows("subsidy", store.uploads)] == [fresh.upload_id]
    assert world.rows("subsidy", store.upload_pieces) == []
    with pytest.raises(Missing):
        received(world, old)
