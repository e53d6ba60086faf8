"""The push process: an open page of an employer hears at once of something new, and nobody else does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gateway.push import Push
from services.contracts.notify import PromptsRaised
from tests import people
from tests.gateway.bus import example
from tests.gateway.conftest import settings

ORIGIN = "http://localhost"


class Nudges:
    """Hears what the test says instead of the broker."""

    def __init__(self, broker_url: str, kind: type, hear: Callable[[Any], None]) -> None:
        self.hear = hear
        self.listening = False

    def start(self) -> None:
        self.listening = True

    def stop(self) -> None:
        self.listening = False

    def is_connected(self) -> bool:
        return self.listening


class Stream:
    """One request to the push process, and what came back so far."""

    def __init__(
        self, push: Push, token: str | None = None, origin: str | None = ORIGIN, path: str = "/events"
    ):
        headers = [(b"cookie", f"other=1; wengang_session={token}".encode())] if token else []
        headers += [(b"origin", origin.encode())] if origin else []
        self.sent: list[dict[str, Any]] = []
        self._gone = asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        self.task = asyncio.create_task(push(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def leave(self) -> None:
        """Close the page."""
        self._gone.set()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


def run(story: Callable[[Push], Coroutine[Any, Any, None]]) -> None:
    """Run a story with a push process that has started."""

    async def whole() -> None:
        push = Push(settings(), listener=Nudges)  # type: ignore[arg-type]
        push.start(asyncio.get_running_loop())
        await asyncio.wait_for(story(push), 10)

    asyncio.run(whole())


def nudge(push: Push, *employers: str) -> None:
    """Say what notify says when prompts were raised."""
    push.nudges.hear(example(PromptsRaised, employers=employers).to_wire())  # type: ignore[attr-defined]


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so; the story's time limit is the only clock."""
    while not condition():
        await asyncio.sleep(0.01)


def test_the_pages_of_the_employer_are_told_and_no_others() -> None:
    async def story(push: Push) -> None:
        pages = [Stream(push, people.session(people.EMPLOYER)) for _ in range(2)]
        stranger = Stream(push, people.session(people.STRANGER))
        await until(lambda: len(push.listeners) == 3)
        nudge(push, people.CODE, "91410100MA0000000X")
        await until(lambda: all("event: prompts" in page.text for page in pages))
        nudge(push, str(people.STRANGER.employer))
        await until(lambda: "event: prompts" in stranger.text)
        assert [page.text.count("event: prompts") for page in (*pages, stranger)] == [1, 1, 1]
        for page in (*pages, stranger):
            page.leave()
            await page.task

    run(story)


def test_a_page_that_closes_is_forgotten() -> None:
    async def story(push: Push) -> None:
        page = Stream(push, people.session(people.EMPLOYER))
        await until(lambda: len(push.listeners) == 1)
        page.leave()
        await page.task
        assert len(push.listeners) == 0

    run(story)


def test_a_stream_ends_with_its_session_and_says_so() -> None:
    async def story(push: Push) -> None:
        page = Stream(push, people.session(people.EMPLOYER, lifetime=0.5))
        await page.task
        assert page.text.endswith("event: expired\ndata: {}\n\n")
        assert page.sent[-1]["more_body"] is False
        assert len(push.listeners) == 0

    run(story)


@pytest.mark.parametrize("token", [None, "nonsense", people.session(people.EMPLOYER, lifetime=-10)])
def test_without_a_good_session_there_is_no_stream(token: str | None) -> None:
    async def story(push: Push) -> None:
        page = Stream(push, token)
        await page.task
        assert page.status == 401
        assert page.headers[b"access-control-allow-origin"] == ORIGIN.encode()

    run(story)


def test_clerks_have_no_prompts_to_wait_for() -> None:
    async def story(push: Push) -> None:
        page = Stream(push, people.session(people.APPROVER))
        await page.task
        assert page.status == 403

    run(story)


def test_only_the_pages_of_the_gateway_may_listen() -> None:
    async def story(push: Push) -> None:
        foreign = Stream(push, people.session(people.EMPLOYER), origin="https://evil.example")
        await foreign.task
        assert foreign.status == 403
        assert b"access-control-allow-origin" not in foreign.headers
        ours = Stream(push, people.session(people.EMPLOYER))
        await until(lambda: ours.sent)
        assert ours.headers[b"access-control-allow-origin"] == ORIGIN.encode()
        assert ours.headers[b"access-control-allow-credentials"] == b"true"
        assert ours.headers[b"content-type"].startswith(b"text/event-stream")
        ours.leave()
        await ours.task

    run(story)


def test_health_is_the_process_and_readiness_the_broker() -> None:
    async def story(push: Push) -> None:
        answers = {}
        for listening in (True, False):
            push.nudges.listening = listening  # type: ignore[attr-defined]
            for path in ("/healthz", "/readyz", "/elsewhere"):
                page = Stream(push, path=path)
                await page.task
                answers[path, listening] = page.status
        assert answers == {
            ("/healthz", True): 200,
            ("/readyz", True): 200,
            ("/elsewhere", True): 404,
            ("/healthz", False): 200,
            ("/readyz", False): 503,
            ("/elsewhere", False): 404,
        }

    run(story)


def test_it_starts_and_stops_with_its_server() -> None:
    async def whole() -> None:
        push = Push(settings(), listener=Nudges)  # type: ignore[arg-type]
        told: list[str] = []
        messages = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, Any]:
            return {"type": next(messages)}

        async def send(message: dict[str, Any]) -> None:
            told.append(message["type"])

        await push({"type": "lifespan"}, receive, send)
        assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert not push.nudges.is_connected()

    asyncio.run(whole())
