"""`python -m deploy.local.uk.authority`: the CA of development. On the loopback it tells what it has revoked:

    GET  /rsa.crl       a list (CRL), made at that moment and good for a day; also rsa-root, p256, sm2 …
    POST /ocsp/rsa      OCSP

and `… authority list`, `… authority revoke SERIAL` administer it, also while it serves.

    CA_PORT             8002
    UK_AUTHORITY        var/run/uk/authority: its folder
"""

import os
import sys
from pathlib import Path
from typing import cast

from deploy.local.terminal import Trouble, run_command, say
from deploy.local.uk.authority_books import Books
from deploy.local.uk.clock import house_clock
from deploy.local.uk.loopback import Loopback, Visit
from deploy.local.uk.pki import asked_serial
from services.chassis.clock import Clock


class AuthorityVisit(Visit):
    """Somebody asks what counts no more."""

    def do_GET(self) -> None:
        """A list of what is revoked."""
        name = self.path.removeprefix("/").removesuffix(".crl")
        if self.path.endswith(".crl") and name in self._authority.books.names():
            content = self._authority.books.revoked_list(name, self._authority.clock())
            return self.answer(200, content, "application/pkix-crl")
        super().do_GET()

    def do_POST(self) -> None:
        """OCSP"""
        name, body = self.path.removeprefix("/ocsp/"), self.body()
        if name not in self._authority.books.names():
            return self.answer(404)
        if body is None:
            return self.answer(413)
        try:
            serial = asked_serial(body)
        except (ValueError, TypeError, IndexError):
            return self.answer(400)
        content = self._authority.books.answer(name, serial, self._authority.clock())
        self.answer(200, content, "application/ocsp-response")

    @property
    def _authority(self) -> "Authority":
        return cast(Authority, self.server)


class Authority(Loopback):
    """The CA on its port."""

    def __init__(self, port: int, *, books: Books, clock: Clock) -> None:
        super().__init__(port, AuthorityVisit)
        self.books, self.clock = books, clock


def main() -> None:
    """Serve until SIGTERM, or administer."""
    books = Books(Path(os.environ.get("UK_AUTHORITY", "var/run/uk/authority")))
    match sys.argv[1:]:
        case []:
            _serve(books)
        case ["list"]:
            for line in books.issued_lines():
                print(line)
        case ["revoke", serial]:
            _revoke(books, serial)
        case _:
            raise Trouble("usage: python -m deploy.local.uk.authority [list | revoke SERIAL]")


def _serve(books: Books) -> None:
    authority = Authority(int(os.environ.get("CA_PORT", "8002")), books=books, clock=house_clock())
    say(f"the development CA answers on port {authority.server_port}")
    authority.serve_until_stopped()


def _revoke(books: Books, serial: str) -> None:
    try:
        books.revoke(int(serial, 16))
    except (ValueError, KeyError):
        raise Trouble(f"{serial} is no serial number of a certificate issued here: see `list`") from None
    say(f"{serial} is revoked")


if __name__ == "__main__":
    run_command(main)
