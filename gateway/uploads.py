"""Large bodies are let in at a few doors only, and only from clerks who are signed in."""

import io
from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app, g, request

from services.chassis.blobstore import BlobStore
from services.contracts.values import ActorKind, BlobRef

UPLOADS = {"registry.receive_import", "clerk.upload", "uploads.add_piece"}
PIECE_LIMIT = 32 * 1024 * 1024
LISTS = {"approval.make_batch_of_units", "clerk.new_batch"}
LIST_LIMIT = 33 * 1024 * 1024  # 400,000 lines, and the form around them


def register(app: Flask) -> None:
    """Raise the limit before anything reads the body."""

    @app.before_request
    def admit_large_files() -> None:
        actor = g.get("actor")
        if not actor or actor.kind is not ActorKind.CLERK:
            return
        whole: int = current_app.extensions["settings"].upload_limit
        if request.endpoint in UPLOADS:
            is_piece = request.endpoint == "uploads.add_piece"
            request.max_content_length = min(whole, PIECE_LIMIT) if is_piece else whole
        elif request.endpoint in LISTS:
            request.max_content_length = min(whole, LIST_LIMIT)


class Joined(io.RawIOBase):
    """The bytes of several blobs as one stream; one of them is open at a time."""

    def __init__(self, blobs: BlobStore, pieces: Sequence[BlobRef]) -> None:
        self._blobs, self._pieces = blobs, iter(pieces)
        self._open: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the piece that is open, else from the next."""
        while True:
            if self._open is None:
                piece = next(self._pieces, None)
                if piece is None:
                    return 0
                self._open = self._blobs.open(piece)
            content: bytes = self._open.read(len(buffer))
            if content:
                buffer[: len(content)] = content
                return len(content)
            self._close_piece()

    def close(self) -> None:
        self._close_piece()
        super().close()

    def _close_piece(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
