"""Files out of the blob store, in blocks."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, current_app

from services.contracts.values import BlobRef

BLOCK = 64 * 1024


def download(ref: BlobRef, filename: str, content_type: str, *, inline: bool = False) -> Response:
    """Send a blob as a file; the blob is opened before the first byte is promised."""
    file = current_app.extensions["blobs"].open(ref)

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(BLOCK):
                yield block

    response = Response(blocks(), content_type=content_type)
    response.content_length = ref.size
    response.headers["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(filename)}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
