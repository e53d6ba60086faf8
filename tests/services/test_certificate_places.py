"""Fetching from the places that administrators have named, from a server that does what servers do."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.identity.certificates.adapters import http
from services.identity.certificates.adapters.http import Unusable


class Server(BaseHTTPRequestHandler):
    """Answers each path with (status, headers, body); a path that is not there is 404."""

    pages: dict = {}

    def do_GET(self):
        status, headers, body = self.pages.get(self.path, (404, {}, b"not here"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.pages["asked"] = self.rfile.read(int(self.headers["Content-Length"]))
        self.pages["kind"] = self.headers["Content-Type"]
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(Server, "pages", {})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def problem(fetch, *arguments):
    with pytest.raises(Unusable) as unusable:
        fetch(*arguments)
    return unusable.value.problem


def test_a_list_and_an_answer_are_fetched(server):
    Server.pages |= {"/a.crl": (200, {}, b"list"), "/ocsp": (200, {}, b"answer")}
    assert http.fetch_list(f"{server}/a.crl") == b"list"
    assert http.ask_responder(f"{server}/ocsp", b"question") == b"answer"
    assert (Server.pages["asked"], Server.pages["kind"]) == (b"question", "application/ocsp-request")


def test_what_is_not_there_is_unreachable(server):
    Server.pages["/broken"] = (500, {}, b"oops")
    for path in ("/missing", "/broken"):
        assert problem(http.fetch_list, server + path) == "revocation_unreachable"
    assert problem(http.fetch_list, "http://127.0.0.1:1/") == "revocation_unreachable"
    assert problem(http.fetch_list, "http://[/") == "revocation_unreachable"


def test_a_redirect_on_the_same_host_is_followed_and_none_to_another(server):
    Server.pages |= {
        "/old": (302, {"Location": "/new"}, b""),
        "/new": (200, {}, b"list"),
        "/away": (302, {"Location": "http://169.254.169.254/latest"}, b""),
        "/name": (301, {"Location": server.replace("127.0.0.1", "localhost") + "/new"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
    }
    assert http.fetch_list(f"{server}/old") == b"list"
    for path in ("/away", "/name", "/file", "/round"):
        assert problem(http.fetch_list, server + path) == "revocation_redirected"


def test_what_is_too_large_is_not_read_to_its_end(server, monkeypatch):
    Server.pages["/large"] = (200, {}, bytes(300_000))
    monkeypatch.setattr(http, "LARGEST_LIST", 299_999)
    assert problem(http.fetch_list, f"{server}/large") == "revocation_too_large"
    assert problem(http.ask_responder, f"{server}/large", b"") == "revocation_too_large"
    monkeypatch.setattr(http, "LARGEST_LIST", 300_000)
    assert len(http.fetch_list(f"{server}/large")) == 300_000


def test_what_takes_too_long_is_given_up(server, monkeypatch):
    Server.pages["/slow"] = (200, {}, bytes(300_000))
    monkeypatch.setattr(http, "LONGEST_FETCH", -1.0)
    assert problem(http.fetch_list, f"{server}/slow") == "revocation_unreachable"
