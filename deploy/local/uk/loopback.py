"""A small HTTP server for programs and pages of this machine: loopback only, bounded, quiet."""

import signal
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deploy.local.terminal import Trouble

LIMIT = 64 * 1024  # bytes of a request's body
ADDRESS = "127.0.0.1"


class Visit(BaseHTTPRequestHandler):
    """A request. Whoever is slow for `timeout` seconds is left alone."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "wengang", ""
    timeout = 10

    def log_message(self, *_: Any) -> None:
        """Say nothing of what goes well."""

    def do_GET(self) -> None:
        """/readyz: it serves."""
        self.answer(200 if self.path == "/readyz" else 404)

    def body(self) -> bytes | None:
        """Return what was sent; None when that is too long or of no known length."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) > LIMIT:
            return None
        return self.rfile.read(int(length)) if "Transfer-Encoding" not in self.headers else None

    def answer(
        self, status: int, content: bytes = b"", kind: str = "text/plain", headers: Mapping[str, str] = {}
    ) -> None:
        """Send the answer. After a refusal the connection ends: the body may be unread."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        if status >= 400:
            self.send_header("Connection", "close")  # closes it here as well
        self.end_headers()
        self.wfile.write(content)


class Loopback(ThreadingHTTPServer):
    """Serves one kind of visit on a port of the loopback; Trouble if that is busy."""

    def __init__(self, port: int, visit: type[Visit]) -> None:
        try:
            super().__init__((ADDRESS, port), visit)
        except OSError as error:
            raise Trouble(f"port {port} cannot be had: {error.strerror}") from error

    def serve_until_stopped(self) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        signal.signal(signal.SIGTERM, _stop)
        try:
            self.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            pass
        finally:
            self.server_close()


def _stop(number: int, _frame: object) -> None:
    raise KeyboardInterrupt
