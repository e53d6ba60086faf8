"""The push process (ASGI, uvicorn): tells the pages of an employer that there is something new.

One stream of server-sent events for each open page, thousands in one process. It says "prompts" and nothing
more: the page asks the gateway what is open. A stream lives as long as the session it began with; then it
says "expired" and ends, and the page comes back with the session that the gateway has renewed.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from gateway.auth import COOKIE, expiry_of
from gateway.settings import GatewaySettings
from services.chassis.clock import clock_from
from services.chassis.logs import set_up_logs
from services.chassis.nudges import NudgeListener
from services.chassis.sessions import SessionVerifier
from services.contracts.errors import Forbidden
from services.contracts.notify import PromptsRaised

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 20
GRACE_SECONDS = 2  # for the clocks of two machines
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Listeners:
    """The open pages by the credit code of their employer. Two nudges before a page wakes are one."""

    def __init__(self) -> None:
        self._pages: dict[str, set[asyncio.Event]] = defaultdict(set)

    def add(self, employer: str) -> asyncio.Event:
        """A page listens."""
        page = asyncio.Event()
        self._pages[employer].add(page)
        return page

    def remove(self, employer: str, page: asyncio.Event) -> None:
        """A page has gone."""
        self._pages[employer].discard(page)
        if not self._pages[employer]:
            del self._pages[employer]

    def wake(self, employers: Iterable[str]) -> None:
        """Wake the pages of these employers."""
        for employer in employers:
            for page in self._pages.get(employer, ()):
                page.set()

    def __len__(self) -> int:
        return sum(map(len, self._pages.values()))


class Push:
    """The ASGI application. Settings are read at start, so that the module can be imported anywhere."""

    def __init__(
        self, settings: GatewaySettings | None = None, listener: type[NudgeListener] = NudgeListener
    ) -> None:
        self._settings, self._listener = settings, listener
        self.listeners = Listeners()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    # -- life

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.start(asyncio.get_running_loop())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self.nudges.stop)
        await send({"type": "lifespan.shutdown.complete"})

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read the settings and begin to hear."""
        settings = self._settings or GatewaySettings.read()
        set_up_logs("push", settings.log_level)
        self.origin = settings.url
        self.clock = clock_from(settings)
        self.verifier = SessionVerifier(settings.session_public_key, self.clock)

        def hear(body: Any) -> None:
            raised = PromptsRaised.model_validate(body)
            loop.call_soon_threadsafe(self.listeners.wake, raised.employers)

        self.nudges = self._listener(settings.broker_url, PromptsRaised, hear)
        self.nudges.start()

    # -- answers

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"]
        if path == "/healthz":
            await _say(send, 200, "ok")
        elif path == "/readyz":
            ready = self.nudges.is_connected()
            await _say(send, 200 if ready else 503, "ok" if ready else "broker")
        elif path != "/events" or scope["method"] != "GET":
            await _say(send, 404, "not found")
        else:
            await self._stream(headers, receive, send)

    async def _stream(self, headers: dict[str, str], receive: Receive, send: Send) -> None:
        origin = headers.get("origin")
        if origin is not None and origin != self.origin:
            return await _say(send, 403, "foreign origin")
        cors = _cors(self.origin) if origin else []
        try:
            employer, seconds = self._recognise(_cookie(headers.get("cookie", "")))
        except Forbidden as problem:
            return await _say(send, 401 if problem.code != "employer_required" else 403, problem.code, cors)
        page = self.listeners.add(employer)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM + cors})
            await _tell(page, seconds + GRACE_SECONDS, receive, send)
        finally:
            self.listeners.remove(employer, page)

    def _recognise(self, token: str | None) -> tuple[str, float]:
        """Return the employer of a session and how many seconds it has left; Forbidden without one."""
        actor = self.verifier.verify(token)
        if actor is None or token is None:
            raise Forbidden("session_required", "sign in first")
        return actor.require_employer(), expiry_of(token) - self.clock().timestamp()


async def _tell(page: asyncio.Event, seconds: float, receive: Receive, send: Send) -> None:
    """Write the stream until the session has run out or the browser has gone."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await _write(send, b"retry: 3000\n\n")
        while (left := end - loop.time()) > 0 and not gone.done():
            woken = asyncio.ensure_future(page.wait())
            await asyncio.wait(
                {gone, woken}, timeout=min(left, HEARTBEAT_SECONDS), return_when=asyncio.FIRST_COMPLETED
            )
            woken.cancel()
            if page.is_set():
                page.clear()
                await _write(send, b"event: prompts\ndata: {}\n\n")
            elif not gone.done():
                await _write(send, b": still here\n\n")
        if not gone.done():
            await _write(send, b"event: expired\ndata: {}\n\n", more=False)
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _say(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    plain = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": plain + (headers or [])})
    await _write(send, text.encode(), more=False)


def _cors(origin: str) -> list[tuple[bytes, bytes]]:
    """Only the gateway's own pages may listen from another origin."""
    return [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def _cookie(header: str) -> str | None:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


app = Push()
