"""Fetch what an authority tells of revocations: from places that an administrator named only."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 15.0  # seconds, until something comes
LONGEST_FETCH = 90.0  # seconds in all: within the lease of whoever fetches
LARGEST_LIST, LARGEST_ANSWER = 20 * 1024 * 1024, 64 * 1024  # bytes
PIECE = 64 * 1024
MOST_REDIRECTS = 3


class Unusable(Exception):
    """What came is nothing to rest on; `problem` is the code of the reason."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def fetch_list(url: str) -> bytes:
    """Return the bytes of a list."""
    return _fetch(lambda where: _open("GET", where), url, LARGEST_LIST)


def ask_responder(url: str, request: bytes) -> bytes:
    """Return the bytes of an answer of OCSP."""
    kind = {"Content-Type": "application/ocsp-request"}
    return _fetch(lambda where: _open("POST", where, data=request, headers=kind), url, LARGEST_ANSWER)


def _open(method: str, url: str, **options: Any) -> requests.Response:
    timeouts = (CONNECT_TIMEOUT, READ_TIMEOUT)
    return requests.request(method, url, stream=True, allow_redirects=False, timeout=timeouts, **options)


def _fetch(open_url: Callable[[str], requests.Response], url: str, largest: int) -> bytes:
    """Read at most `largest` bytes within the time; redirects only on the same host."""
    until = time.monotonic() + LONGEST_FETCH
    try:
        for _ in range(MOST_REDIRECTS + 1):
            with open_url(url) as response:
                if not response.is_redirect:
                    return _read(response, largest, until)
                url = _same_host(url, response.headers["Location"])
    except (requests.RequestException, ValueError) as error:
        raise Unusable(problem="revocation_unreachable") from error
    raise Unusable(problem="revocation_redirected")


def _read(response: requests.Response, largest: int, until: float) -> bytes:
    if response.status_code != requests.codes.ok:
        raise Unusable(problem="revocation_unreachable")
    content = bytearray()
    for piece in response.iter_content(PIECE):
        content += piece
        if len(content) > largest:
            raise Unusable(problem="revocation_too_large")
        if time.monotonic() > until:
            raise Unusable(problem="revocation_unreachable")
    return bytes(content)


def _same_host(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target).hostname != urlsplit(url).hostname or urlsplit(target).scheme not in (
        "http",
        "https",
    ):
        raise Unusable(problem="revocation_redirected")
    return target
