"""Look at the shape of DER before a parser does: how deep, how many parts, whether lengths can be true.

One pass over the bytes without recursion; a parser that descends only sees what has passed. BER's indefinite
lengths pass too (some middleware writes them); their depth and number are counted alike.
"""

MAX_DEPTH = 32
MAX_PARTS = 4000
LONG_TAG, INDEFINITE, CONSTRUCTED = 0x1F, 0x80, 0x20
END_OF_CONTENTS = b"\x00\x00"


class Malformed(ValueError):
    """This is not DER, or not any that a certificate or signature needs."""


def require_shape(content: bytes, *, max_parts: int = MAX_PARTS) -> None:
    """Raise Malformed unless this is one value of bounded depth and number of parts, and nothing after it."""
    position, parts = 0, 0
    ends: list[int | None] = []  # where what is open ends; None: at an end-of-contents
    while True:
        position = _closed(content, position, ends)
        if not ends and parts:
            break
        parts += 1
        if parts > max_parts or len(ends) >= MAX_DEPTH:
            raise Malformed("too deep, or too many parts")
        limit = next((end for end in reversed(ends) if end is not None), len(content))
        tag, length, position = _header(content, position, limit)
        if tag & CONSTRUCTED:
            ends.append(None if length is None else position + length)
        elif length is None:
            raise Malformed("a simple value without a length")
        else:
            position += length
    if position != len(content):
        raise Malformed("something follows")


def _closed(content: bytes, position: int, ends: list[int | None]) -> int:
    """Close what ends here; return where the next part begins."""
    while ends:
        if ends[-1] is None:
            if content[position : position + 2] != END_OF_CONTENTS:
                break
            position += 2
        elif position != ends[-1]:
            break
        ends.pop()
    return position


def _header(content: bytes, position: int, limit: int) -> tuple[int, int | None, int]:
    """Return (tag, length, where the value begins); the length is None if it is indefinite."""
    if position + 2 > limit:
        raise Malformed("a part has no room")
    tag, length = content[position], content[position + 1]
    position += 2
    if tag & LONG_TAG == LONG_TAG:
        raise Malformed("a tag that nothing here uses")
    if length == INDEFINITE:
        return tag, None, position
    if length & INDEFINITE:
        octets = length & ~INDEFINITE
        if octets > 4 or position + octets > limit:
            raise Malformed("a length that cannot be true")
        length = int.from_bytes(content[position : position + octets])
        position += octets
    if position + length > limit:
        raise Malformed("a part is longer than the whole")
    return tag, length, position
