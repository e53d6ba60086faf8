"""The rules of an upload. Pure. Sizes and offsets in bytes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.contracts.errors import Missing, Refused
from services.contracts.values import Actor, BlobRef, UploadId

KEPT = timedelta(days=7)  # what is not complete by then was given up


@dataclass(frozen=True)
class Piece:
    """Bytes of a file from `offset` on."""

    offset: int
    blob: BlobRef

    @property
    def end(self) -> int:
        """Return the offset of what comes next."""
        return self.offset + self.blob.size


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way; its pieces lie one behind the other, without a gap."""

    id: UploadId
    by: str
    filename: str
    size: int
    begun_at: datetime
    pieces: tuple[Piece, ...] = ()

    @property
    def received(self) -> int:
        """Return how many bytes have arrived."""
        return self.pieces[-1].end if self.pieces else 0

    @property
    def is_complete(self) -> bool:
        """Has all of it arrived?"""
        return self.received == self.size

    def require_owner(self, *, by: Actor) -> None:
        """To anybody else there is no such upload."""
        if by.id != self.by:
            raise missing()

    def add(self, *, piece: Piece) -> "Upload":
        """Take the next piece; one that is there already changes nothing."""
        if piece in self.pieces:
            return self
        if piece.offset != self.received:
            raise Refused("upload_offset", "the next piece begins elsewhere", received=self.received)
        if not piece.blob.size:
            raise Refused("upload_piece_empty", "a piece without bytes", received=self.received)
        if piece.end > self.size:
            raise Refused("upload_too_long", "more bytes than announced", size=self.size)
        return replace(self, pieces=(*self.pieces, piece))


def missing() -> Missing:
    """There is no such upload, or not for this clerk."""
    return Missing("upload_missing", "there is no such upload: begin anew")
